/** What an ELF is written from. */
import type { SbpfVersion } from "../sbpf/executable.ts";

/** A program before it is linked. Calls of internal functions stand in `text` as distances in slots, in every version. */
export interface ElfSource {
  readonly version: SbpfVersion;
  readonly text: Uint8Array;
  /** Slot of the first instruction to run; 0 unless named. */
  readonly entryPc?: number;
  /** Bytes of `.rodata`. */
  readonly readOnlyData?: Uint8Array;
  /** Slots of functions by name, for debuggers and traces. */
  readonly functions?: ReadonlyMap<string, number>;
  /** V0 to V2: the `call` at a slot means a syscall. In V3 its hash stands in the instruction. */
  readonly syscalls?: readonly SyscallReference[];
  /** Slots that load an address in `readOnlyData` with their own immediate and that of the next one. */
  readonly dataReferences?: readonly DataReference[];
}

export interface SyscallReference {
  readonly pc: number;
  readonly name: string;
}

export interface DataReference {
  readonly pc: number;
  /** Offset in `readOnlyData`. */
  readonly offset: number;
}
