/** The plain engine: one instruction after another, as anza-xyz/sbpf's interpreter.rs. It is the specification of the compiler. */
import { bigEndian, conditions, littleEndian, operationsOf } from "./arithmetic.ts";
import type { Engine, Machine, PreparedProgram, ProgramInstance, RunOutcome, SyscallTable } from "./engine.ts";
import type { Executable } from "./executable.ts";
import { createGuestMemory, type MemoryBacking, type ReusableMemory } from "./guest-memory.ts";
import { instructionAt, slotLength, textView, type Instruction } from "./instruction.ts";
import { compactLayout, framePointerStep, initialFramePointer, maxCallFrames } from "./memory-layout.ts";
import { accessLength, callTargetRegister, opcodesOf } from "./opcodes.ts";
import { ProgramFault } from "./program-fault.ts";
import { vmFault } from "./vm-fault.ts";

export interface InterpreterOptions {
  /** Called before every instruction with r0 to r10, valid during the call, and the slot that is about to run. */
  readonly onInstruction?: (registers: BigUint64Array, pc: number) => void;
}

/** An engine that interprets. */
export function createInterpreter({ onInstruction }: InterpreterOptions = {}): Engine {
  return {
    name: "interpreter",
    prepare<M extends Machine>(executable: Executable, syscalls: SyscallTable<M>): PreparedProgram<M> {
      const layout = compactLayout(executable.readOnly.length);
      const free: ReusableMemory[] = [];
      const decode = createDecoder(executable.text);
      return {
        acquire(heapLength) {
          const memory = free.pop() ?? createGuestMemory(executable, layout, createPlainBacking(layout.length));
          memory.open(heapLength);
          return createInstance(executable, decode, syscalls, onInstruction, memory, () => {
            memory.clear();
            free.push(memory);
          });
        },
      };
    },
  };
}

function createPlainBacking(length: number): MemoryBacking {
  let buffer = new ArrayBuffer(length);
  return {
    get buffer() {
      return buffer;
    },
    grow(byteLength) {
      const grown = new ArrayBuffer(byteLength);
      new Uint8Array(grown).set(new Uint8Array(buffer));
      buffer = grown;
    },
  };
}

/** Decoded slots that are kept, a power of two: 10 MiB of text have twenty times as many. */
const mostDecoded = 0x1_0000;

/** Reads slots, in a short text each once. */
function createDecoder(text: Uint8Array): (pc: number) => Instruction {
  const view = textView(text);
  const slots: Instruction[] = [];
  const owners = new Int32Array(mostDecoded).fill(-1);
  return (pc) => {
    const at = pc & (mostDecoded - 1);
    if (owners[at] === pc) return slots[at]!;
    owners[at] = pc;
    return (slots[at] = instructionAt(view, pc));
  };
}

function createInstance<M extends Machine>(
  executable: Executable,
  decode: (pc: number) => Instruction,
  syscalls: SyscallTable<M>,
  onInstruction: InterpreterOptions["onInstruction"],
  memory: ReusableMemory,
  release: () => void,
): ProgramInstance<M> {
  const state = new BigUint64Array(framePointer + 1);
  state[framePointer] = BigInt(initialFramePointer(executable.version));
  return {
    memory,
    // Halves and whole registers share their bytes: the machine under JavaScript is little-endian wherever WebAssembly runs.
    registers: new Uint32Array(state.buffer),
    run(machine) {
      const step = createStep(executable, decode, syscalls, machine, state, onInstruction);
      try {
        while (step());
        return { kind: "exit" };
      } catch (error) {
        if (error instanceof ProgramFault) return { kind: "fault", fault: error.fault } satisfies RunOutcome;
        throw error;
      }
    },
    release,
  };
}

const framePointer = 10;
const firstSaved = 6;

interface Frame {
  /** r6 to r10 of the caller. */
  readonly saved: BigUint64Array;
  readonly returnPc: number;
}

/** A function that runs one instruction and tells whether there is another; it throws a `ProgramFault`. */
function createStep<M extends Machine>(
  { version, text, textAddress, entryPc, functions }: Executable,
  decode: (pc: number) => Instruction,
  syscalls: SyscallTable<M>,
  machine: M,
  registers: BigUint64Array,
  onInstruction: InterpreterOptions["onInstruction"],
): () => boolean {
  const { memory, meter } = machine;
  const opcodes = opcodesOf(version);
  const immediateOperations = operationsOf(version, "immediate");
  const registerOperations = operationsOf(version, "register");
  const slots = text.length / slotLength;
  const frameStep = BigInt(framePointerStep(version));
  const frames: Frame[] = [];
  let pc = entryPc;

  return () => {
    if (meter.remaining <= 0) throw new ProgramFault(vmFault("ExceededMaxInstructions"));
    meter.remaining--;
    if (pc >= slots) throw new ProgramFault(vmFault("ExecutionOverrun"));
    onInstruction?.(registers, pc);
    const slot = decode(pc);
    const opcode = opcodes[slot.opcode];
    if (opcode === undefined) throw new ProgramFault(vmFault("UnsupportedInstruction"));
    const { name, form } = opcode;
    const { dst, src, offset, immediate } = slot;
    pc++;
    switch (form) {
      case "wide":
        registers[dst] = BigInt.asUintN(32, BigInt(immediate)) | (BigInt(decode(pc).immediate) << 32n);
        pc++;
        break;
      case "immediate":
        registers[dst] = immediateOperations[name]!(registers[dst]!, wide(immediate));
        break;
      case "register":
        registers[dst] = registerOperations[name]!(registers[dst]!, registers[src]!);
        break;
      case "unary":
        registers[dst] = name === "neg32" ? BigInt.asUintN(32, -registers[dst]!) : -registers[dst]!;
        break;
      case "endian":
        registers[dst] = (name === "le" ? littleEndian : bigEndian)(registers[dst]!, immediate);
        break;
      case "load":
        registers[dst] = load(registers[src]! + BigInt(offset), accessLength(name));
        break;
      case "storeImmediate":
        store(registers[dst]! + BigInt(offset), accessLength(name), wide(immediate));
        break;
      case "storeRegister":
        store(registers[dst]! + BigInt(offset), accessLength(name), registers[src]!);
        break;
      case "jump":
        pc += offset;
        break;
      case "jumpImmediate":
        if (conditions[name]!(registers[dst]!, wide(immediate))) pc += offset;
        break;
      case "jumpRegister":
        if (conditions[name]!(registers[dst]!, registers[src]!)) pc += offset;
        break;
      case "call":
        call(slot);
        break;
      case "callRegister": {
        const target = BigInt.asUintN(64, registers[callTargetRegister(version, slot)]! - BigInt(textAddress));
        enter(target / BigInt(slotLength));
        break;
      }
      case "exit":
        return leave();
    }
    return true;
  };

  function call({ src, immediate }: Instruction): void {
    if (version === 3) return callStatic(src, immediate);
    const key = immediate >>> 0;
    const syscall = syscalls.get(key);
    syscall?.(machine);
    // A key may name both: then both run (interpreter.rs).
    const target = functions.get(key);
    if (target !== undefined) enter(BigInt(target));
    else if (syscall === undefined) throw new ProgramFault(vmFault("UnsupportedInstruction"));
  }

  /** SIMD-0178: the source register tells a syscall from a call. */
  function callStatic(src: number, immediate: number): void {
    const syscall = src === 0 ? syscalls.get(immediate >>> 0) : undefined;
    const target = pc + immediate;
    if (syscall !== undefined) syscall(machine);
    else if (src === 1 && target >= 0 && target < slots) enter(BigInt(target));
    else throw new ProgramFault(vmFault("UnsupportedInstruction"));
  }

  function enter(target: bigint): void {
    frames.push({ saved: registers.slice(firstSaved), returnPc: pc });
    if (frames.length === maxCallFrames) throw new ProgramFault(vmFault("CallDepthExceeded"));
    registers[framePointer] = registers[framePointer]! + frameStep;
    if (target >= BigInt(slots)) throw new ProgramFault(vmFault("CallOutsideTextSegment"));
    pc = Number(target);
  }

  /** Restores r6 to r10 of the caller; r0 to r5 stay as the callee left them. */
  function leave(): boolean {
    const frame = frames.pop();
    if (frame === undefined) return false;
    registers.set(frame.saved, firstSaved);
    pc = frame.returnPc;
    return true;
  }

  function load(address: bigint, length: 1 | 2 | 4 | 8): bigint {
    const at = translate(address, length, "load");
    const { view: bytes } = memory;
    switch (length) {
      case 1:
        return BigInt(bytes.getUint8(at));
      case 2:
        return BigInt(bytes.getUint16(at, true));
      case 4:
        return BigInt(bytes.getUint32(at, true));
      case 8:
        return bytes.getBigUint64(at, true);
    }
  }

  function store(address: bigint, length: 1 | 2 | 4 | 8, value: bigint): void {
    const at = translate(address, length, "store");
    const { view: bytes } = memory;
    const low = Number(BigInt.asUintN(32, value));
    if (length === 8) bytes.setBigUint64(at, value, true);
    else if (length === 4) bytes.setUint32(at, low, true);
    else if (length === 2) bytes.setUint16(at, low, true);
    else bytes.setUint8(at, low);
  }

  function translate(address: bigint, length: number, access: "load" | "store"): number {
    return memory.translate(Number(BigInt.asUintN(32, address)), Number(BigInt.asUintN(32, address >> 32n)), length, access);
  }
}

/** An immediate as 64 bits, sign-extended. */
function wide(immediate: number): bigint {
  return BigInt.asUintN(64, BigInt(immediate));
}
