/**
 * The toy environment: a machine with one buffer and a few operations, which no package of the framework knows. It
 * shows that the contracts in core suffice for a VM from outside, and it calls out, so that others can be re-entered.
 */
import {
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  emptyBytes,
  gasLeftOf,
  outputOf,
  type Address,
  type CallMessage,
  type CallScheme,
  type EnvironmentId,
  type ExecutionEnvironment,
  type ExecutionResult,
  type HaltReason,
  type Host,
} from "@trireme/core";
import { toyOpcodes, toyPrefix, toySchemes } from "./toy-program.ts";

/** Options of a toy environment; two with different prefixes are two VMs. */
export interface ToyEnvironmentOptions {
  readonly id?: EnvironmentId;
  /** Starts with 0xEF. */
  readonly prefix?: Uint8Array;
  /** A broken toy that forgets static frames: the host has to guard itself. */
  readonly ignoresStatic?: boolean;
}

/** Gas of every operation. */
export const toyGasPerOperation = 10n;
const STORE_GAS = 100n;
const CALL_GAS = 50n;

interface Frame {
  readonly message: CallMessage;
  readonly code: Uint8Array;
  readonly host: Host;
  readonly forbidsWrites: boolean;
  pc: number;
  gas: bigint;
  buffer: Uint8Array;
  hasFailedCall: boolean;
}

/** A toy environment. */
export function createToyEnvironment(options: ToyEnvironmentOptions = {}): ExecutionEnvironment {
  const prefix = options.prefix ?? toyPrefix;
  return {
    id: options.id ?? "toy",
    claims: { kind: "prefix", prefix },
    execute(message, host) {
      if (message.kind !== "call") return halt("invalidCode");
      const frame: Frame = {
        message,
        host,
        code: host.getCode(message.codeAddress),
        forbidsWrites: message.isStatic && options.ignoresStatic !== true,
        pc: prefix.length,
        gas: message.gas,
        buffer: emptyBytes,
        hasFailedCall: false,
      };
      for (;;) {
        const result = step(frame, prefix.length);
        if (result !== undefined) return result;
      }
    },
  };
}

function step(frame: Frame, start: number): ExecutionResult | undefined {
  const { message, host } = frame;
  const opcode = frame.code[frame.pc++] ?? toyOpcodes.stop;
  if (!spend(frame, toyGasPerOperation)) return halt("outOfGas");
  switch (opcode) {
    case toyOpcodes.stop:
      return success(frame);
    case toyOpcodes.push: {
      const length = Number(bytesToBigint(immediate(frame, 2)));
      frame.buffer = immediate(frame, length);
      return undefined;
    }
    case toyOpcodes.input:
      frame.buffer = message.input;
      return undefined;
    case toyOpcodes.revert:
      return { kind: "revert", gasLeft: frame.gas, output: frame.buffer };
    case toyOpcodes.restart:
      frame.pc = start;
      return undefined;
    case toyOpcodes.load:
      frame.buffer = host.getStorage(message.recipient, immediate(frame, 32));
      return undefined;
    case toyOpcodes.loadTransient:
      frame.buffer = host.getTransientStorage(message.recipient, immediate(frame, 32));
      return undefined;
    case toyOpcodes.store:
    case toyOpcodes.storeTransient:
    case toyOpcodes.log:
      return write(frame, opcode);
    case toyOpcodes.call: {
      const scheme = toySchemes[frame.code[frame.pc++] ?? 0] ?? "call";
      const target = immediate(frame, 20) as Address;
      const value = bytesToBigint(immediate(frame, 32));
      return call(frame, target, frame.buffer, scheme, value, bytesToBigint(immediate(frame, 8)));
    }
    case toyOpcodes.bubble:
      return frame.hasFailedCall ? { kind: "revert", gasLeft: frame.gas, output: frame.buffer } : undefined;
    case toyOpcodes.context:
      frame.buffer = concatBytes(word(bytesToBigint(message.recipient)), word(bytesToBigint(message.sender)), word(message.value));
      return undefined;
    case toyOpcodes.gas:
      frame.buffer = word(frame.gas);
      return undefined;
    case toyOpcodes.countdown: {
      const number = bytesToBigint(frame.buffer);
      frame.buffer = word(number === 0n ? 0n : number - 1n);
      return number === 0n ? success(frame) : undefined;
    }
    case toyOpcodes.callSelf:
      return call(frame, message.recipient, frame.buffer, "call", 0n, 0n);
    case toyOpcodes.succeeded:
      frame.buffer = word(frame.hasFailedCall ? 0n : bytesToBigint(frame.buffer) + 1n);
      return undefined;
    case toyOpcodes.relay:
      if (frame.buffer.length < 32) return success(frame);
      return call(frame, frame.buffer.slice(12, 32) as Address, frame.buffer.slice(32), "call", 0n, 0n);
    case toyOpcodes.status:
      frame.buffer = concatBytes(word(frame.hasFailedCall ? 0n : 1n), frame.buffer);
      return undefined;
    case toyOpcodes.reserve:
      return host.reserveMemory(Number(bytesToBigint(immediate(frame, 4)))) ? undefined : halt("memoryLimit");
    default:
      return halt("invalidOpcode");
  }
}

function write(frame: Frame, opcode: number): ExecutionResult | undefined {
  const { message, host } = frame;
  const key = immediate(frame, 32);
  if (frame.forbidsWrites) return halt("writeProtection");
  if (!spend(frame, STORE_GAS)) return halt("outOfGas");
  if (opcode === toyOpcodes.log) host.emitLog({ address: message.recipient, topics: [key], data: frame.buffer });
  else if (opcode === toyOpcodes.store) host.setStorage(message.recipient, key, word(bytesToBigint(frame.buffer)));
  else host.setTransientStorage(message.recipient, key, word(bytesToBigint(frame.buffer)));
  return undefined;
}

function call(
  frame: Frame,
  target: Address,
  input: Uint8Array,
  scheme: CallScheme,
  value: bigint,
  limit: bigint,
): ExecutionResult | undefined {
  const { message, host } = frame;
  if (!spend(frame, CALL_GAS)) return halt("outOfGas");
  if (frame.forbidsWrites && scheme === "call" && value > 0n) return halt("writeProtection");
  const most = frame.gas - frame.gas / 64n;
  const gas = limit === 0n || limit > most ? most : limit;
  frame.gas -= gas;
  const isBorrowing = scheme === "callcode" || scheme === "delegatecall";
  const result = host.call({
    kind: "call",
    scheme,
    sender: scheme === "delegatecall" ? message.sender : message.recipient,
    recipient: isBorrowing ? message.recipient : target,
    codeAddress: target,
    value: scheme === "delegatecall" ? message.value : scheme === "staticcall" ? 0n : value,
    input,
    gas,
    depth: message.depth + 1,
    isStatic: message.isStatic || scheme === "staticcall",
  });
  frame.gas += gasLeftOf(result);
  frame.buffer = outputOf(result);
  frame.hasFailedCall = result.kind !== "success";
  return undefined;
}

function success(frame: Frame): ExecutionResult {
  return { kind: "success", gasLeft: frame.gas, gasRefund: 0n, output: frame.buffer };
}

function halt(reason: HaltReason): ExecutionResult {
  return { kind: "halt", reason };
}

function spend(frame: Frame, gas: bigint): boolean {
  if (frame.gas < gas) return false;
  frame.gas -= gas;
  return true;
}

function immediate(frame: Frame, length: number): Uint8Array {
  const bytes = frame.code.slice(frame.pc, frame.pc + length);
  frame.pc += length;
  return bytes;
}

function word(value: bigint): Uint8Array {
  return bigintToBytes(BigInt.asUintN(256, value), 32);
}
