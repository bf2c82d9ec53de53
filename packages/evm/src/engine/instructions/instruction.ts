/** Instructions of ours: what they cost and what they do, without a promise where the engine's give one. */
import type { OpcodeEntry } from "../ethereumjs.ts";

/** What stands in for the engine's; what is left out stays the engine's. */
export type Instruction = Partial<Pick<OpcodeEntry, "gasHandler" | "opHandler">>;

/** By opcode. */
export type Instructions = readonly (readonly [opcode: number, instruction: Instruction])[];
