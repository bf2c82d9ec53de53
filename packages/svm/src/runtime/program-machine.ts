/** What a syscall sees of the program that runs, beside memory, registers and meter. */
import type { Machine } from "../sbpf/engine.ts";
import type { Execution } from "./execution.ts";
import type { InstructionFrame } from "./instruction-frame.ts";
import type { SerializedAccount } from "./serialize-parameters.ts";

/** The machine of one running program. */
export interface ProgramMachine extends Machine {
  readonly execution: Execution;
  readonly frame: InstructionFrame;
  /** Whether pointers to words must be aligned: not for programs of loader v1. */
  readonly isAligned: boolean;
  /** Where the accounts of the instruction stand in the input, duplicates included. */
  readonly serialized: readonly SerializedAccount[];
  readonly heapLength: number;
  /** What `sol_alloc_free_` has given away, from the start of the heap. */
  heapPosition: number;
}
