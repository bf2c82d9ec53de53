/** Own VM: a stack machine with 256-bit words, byte memory, and the host's storage, logs and calls. */
import {
  bigintToBytes,
  bytesToBigint,
  emptyBytes,
  gasLeftOf,
  outputOf,
  type Address,
  type CallMessage,
  type CallScheme,
  type ExecutionResult,
  type HaltReason,
  type Host,
} from "@trireme/core";
import { ownVmPrefix } from "./assembler.ts";
import { instructionSet, mnemonics, type Mnemonic } from "./instruction-set.ts";

const MAX_STACK = 256;
const MAX_MEMORY = 1 << 20;
const VALUE_GAS = 9_000n;

/** Ends the frame; thrown by an instruction, never seen outside. */
class Halt {
  readonly reason: HaltReason;
  constructor(reason: HaltReason) {
    this.reason = reason;
  }
}

/** Runs one frame. */
export function runMachine(message: CallMessage, host: Host): ExecutionResult {
  try {
    return new Machine(message, host).run();
  } catch (error) {
    // Whatever else is thrown came from the host and is the host's to see.
    if (!(error instanceof Halt)) throw error;
    return { kind: "halt", reason: error.reason };
  }
}

class Machine {
  private readonly code: Uint8Array;
  private readonly stack: bigint[] = [];
  private memory: Uint8Array = emptyBytes;
  private output: Uint8Array = emptyBytes;
  private gas: bigint;
  private pc = ownVmPrefix.length;
  private readonly message: CallMessage;
  private readonly host: Host;

  constructor(message: CallMessage, host: Host) {
    this.message = message;
    this.host = host;
    this.gas = message.gas;
    this.code = host.getCode(message.codeAddress);
  }

  run(): ExecutionResult {
    for (;;) {
      const mnemonic = mnemonics.get(this.code[this.pc] ?? instructionSet.stop.opcode);
      if (mnemonic === undefined) throw new Halt("invalidOpcode");
      const { gas, immediate } = instructionSet[mnemonic];
      this.spend(gas);
      const operand = this.code.subarray(this.pc + 1, this.pc + 1 + immediate);
      this.pc += 1 + immediate;
      const result = this.step(mnemonic, operand);
      if (result !== undefined) return result;
    }
  }

  private step(mnemonic: Mnemonic, operand: Uint8Array): ExecutionResult | undefined {
    const { message, host } = this;
    const self = message.recipient;
    switch (mnemonic) {
      case "stop":
        return { kind: "success", gasLeft: this.gas, gasRefund: 0n, output: emptyBytes };
      case "return":
        return { kind: "success", output: this.range(this.pop(), this.pop()), gasLeft: this.gas, gasRefund: 0n };
      case "revert":
        return { kind: "revert", output: this.range(this.pop(), this.pop()), gasLeft: this.gas };
      case "push":
        return this.push(bytesToBigint(operand));
      case "pop":
        return void this.pop();
      case "dup":
        return this.push(this.stack[this.stack.length - 1 - (operand[0] ?? 0)] ?? underflow());
      case "add":
        return this.push(this.pop() + this.pop());
      case "sub":
        return this.push(this.pop() - this.pop());
      case "lt":
        return this.push(this.pop() < this.pop() ? 1n : 0n);
      case "iszero":
        return this.push(this.pop() === 0n ? 1n : 0n);
      case "jump":
        return this.jump(operand);
      case "jumpif":
        return this.pop() === 0n ? undefined : this.jump(operand);
      case "mload":
        return this.push(bytesToBigint(this.range(this.pop(), 32n)));
      case "mstore":
        return this.writeMemory(this.pop(), toWord(this.pop()));
      case "inputsize":
        return this.push(BigInt(message.input.length));
      case "inputcopy":
        return this.copy(message.input);
      case "outputsize":
        return this.push(BigInt(this.output.length));
      case "outputcopy":
        return this.copy(this.output);
      case "address":
        return this.push(bytesToBigint(self));
      case "sender":
        return this.push(bytesToBigint(message.sender));
      case "value":
        return this.push(message.value);
      case "gas":
        return this.push(this.gas);
      case "sload":
        return this.push(bytesToBigint(host.getStorage(self, toWord(this.pop()))));
      case "sstore":
        this.assertWritable();
        return host.setStorage(self, toWord(this.pop()), toWord(this.pop())) ?? undefined;
      case "tload":
        return this.push(bytesToBigint(host.getTransientStorage(self, toWord(this.pop()))));
      case "tstore":
        this.assertWritable();
        return host.setTransientStorage(self, toWord(this.pop()), toWord(this.pop())) ?? undefined;
      case "log": {
        this.assertWritable();
        const topic = toWord(this.pop());
        return host.emitLog({ address: self, topics: [topic], data: this.range(this.pop(), this.pop()) }) ?? undefined;
      }
      case "call":
        return this.call("call", this.pop(), this.pop(), this.pop());
      case "delegatecall":
        return this.call("delegatecall", this.pop(), this.pop(), message.value);
      case "staticcall":
        return this.call("staticcall", this.pop(), this.pop(), 0n);
    }
  }

  private call(scheme: CallScheme, limit: bigint, target: bigint, value: bigint): undefined {
    const { message } = this;
    const input = this.range(this.pop(), this.pop());
    if (scheme === "call" && value > 0n) {
      this.assertWritable();
      this.spend(VALUE_GAS);
    }
    const most = this.gas - this.gas / 64n;
    const gas = limit === 0n || limit > most ? most : limit;
    this.spend(gas);
    const codeAddress = toWord(target).slice(12) as Address;
    const isDelegated = scheme === "delegatecall";
    const result = this.host.call({
      kind: "call",
      scheme,
      sender: isDelegated ? message.sender : message.recipient,
      recipient: isDelegated ? message.recipient : codeAddress,
      codeAddress,
      value,
      input,
      gas,
      depth: message.depth + 1,
      isStatic: message.isStatic || scheme === "staticcall",
    });
    this.gas += gasLeftOf(result);
    this.output = outputOf(result);
    return this.push(result.kind === "success" ? 1n : 0n);
  }

  private copy(source: Uint8Array): undefined {
    const [to, from, size] = [this.pop(), this.pop(), this.pop()];
    if (from + size > BigInt(source.length)) throw new Halt("returnDataOutOfBounds");
    return this.writeMemory(to, source.subarray(Number(from), Number(from + size)));
  }

  private jump(operand: Uint8Array): undefined {
    this.pc = Number(bytesToBigint(operand));
    if (this.pc < ownVmPrefix.length || this.pc >= this.code.length) throw new Halt("invalidJump");
  }

  private range(offset: bigint, size: bigint): Uint8Array {
    this.grow(offset, size);
    return this.memory.slice(Number(offset), Number(offset + size));
  }

  private writeMemory(offset: bigint, bytes: Uint8Array): undefined {
    this.grow(offset, BigInt(bytes.length));
    if (bytes.length > 0) this.memory.set(bytes, Number(offset));
  }

  /** Memory grows by words of 32 bytes, each for 3 gas, out of the transaction's one budget. */
  private grow(offset: bigint, size: bigint): void {
    const words = (offset + size + 31n) / 32n - BigInt(this.memory.length / 32);
    if (size === 0n || words <= 0n) return;
    this.spend(words * 3n);
    const length = this.memory.length + Number(words) * 32;
    if (length > MAX_MEMORY || !this.host.reserveMemory(Number(words) * 32)) throw new Halt("memoryLimit");
    const grown = new Uint8Array(length);
    grown.set(this.memory);
    this.memory = grown;
  }

  private assertWritable(): void {
    if (this.message.isStatic) throw new Halt("writeProtection");
  }

  private spend(gas: bigint): void {
    if (gas > this.gas) throw new Halt("outOfGas");
    this.gas -= gas;
  }

  private push(value: bigint): undefined {
    if (this.stack.length >= MAX_STACK) throw new Halt("stackOverflow");
    this.stack.push(BigInt.asUintN(256, value));
  }

  private pop(): bigint {
    return this.stack.pop() ?? underflow();
  }
}

function underflow(): never {
  throw new Halt("stackUnderflow");
}

function toWord(value: bigint): Uint8Array {
  return bigintToBytes(value, 32);
}
