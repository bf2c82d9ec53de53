/** What the two engines have in common: a machine to run on, syscalls, outcomes. */
import type { Executable } from "./executable.ts";
import type { ProgramFaultCause } from "./program-fault.ts";

/** Compute units that are left, shared by all programs of a transaction. An integer below 2^53. */
export interface ComputeMeter {
  remaining: number;
}

/**
 * Memory of one running program. All regions stand in one `bytes`; a guest address is translated by its high half (the
 * region) and checked against the region's length. Host offsets stay valid until the program ends.
 */
export interface GuestMemory {
  readonly bytes: Uint8Array;
  readonly view: DataView;
  /** Host offset at which the input region (0x4_0000_0000) begins; the serializer writes there. */
  readonly inputOffset: number;
  /** Sets the length of the input region; bytes below it are the caller's to write. Grows `bytes` where needed. */
  setInputLength(length: number): void;
  /**
   * Host offset of `length` bytes at the guest address `high:low` (unsigned halves).
   * @throws ProgramFault `AccessViolation` | `StackAccessViolation` with Agave's text.
   */
  translate(low: number, high: number, length: number, access: "load" | "store"): number;
}

/**
 * What a syscall sees. Registers are pairs of unsigned 32-bit halves: register i has its low half at `2 * i`, its high
 * half at `2 * i + 1`. A syscall reads r1 to r5 and writes r0.
 */
export interface Machine {
  readonly memory: GuestMemory;
  readonly registers: Uint32Array;
  readonly meter: ComputeMeter;
}

/** A syscall. Takes its own units from the meter before it works. @throws ProgramFault */
export type Syscall<M extends Machine = Machine> = (machine: M) => void;

/** Syscalls by murmur3 hash of their name. */
export type SyscallTable<M extends Machine = Machine> = ReadonlyMap<number, Syscall<M>>;

/** How a run ended. The meter holds the exact count; who depletes it after a `vm` fault is the runtime. */
export type RunOutcome = { readonly kind: "exit" } | { readonly kind: "fault"; readonly fault: ProgramFaultCause };

/** A program with memory of its own, ready to run once. */
export interface ProgramInstance<M extends Machine = Machine> {
  readonly memory: GuestMemory;
  /** r0 to r10 as halves, 22 entries. Read at the start (`acquire` sets r10, the caller r1 and r2), written at the exit. */
  readonly registers: Uint32Array;
  /** Runs to the end. `machine.memory` and `machine.registers` are this instance's. @throws only faults of the host. */
  run(machine: M): RunOutcome;
  /** Gives the memory back; stack, heap and input read as zeros for the next one. */
  release(): void;
}

/** A program that an engine has prepared, kept by program hash. */
export interface PreparedProgram<M extends Machine = Machine> {
  /** An instance with zeroed stack and heap of `heapLength` bytes (32,768 to 262,144) and an empty input region. May be called again while others run. */
  acquire(heapLength: number): ProgramInstance<M>;
}

/** An engine: the interpreter, or the compiler to WebAssembly. */
export interface Engine<M extends Machine = Machine> {
  readonly name: "interpreter" | "compiler";
  prepare(executable: Executable, syscalls: SyscallTable<M>): PreparedProgram<M>;
}
