/** How a program's fault becomes the failure of its instruction. */
import { InstructionFault, type InstructionError } from "../errors/instruction-error.ts";
import type { ProgramFault } from "../sbpf/program-fault.ts";

/** Why an instruction failed, and what its log line says of it. */
export class ExecutionFault extends InstructionFault {
  readonly text: string;

  constructor(error: InstructionError, text: string) {
    super(error);
    this.text = text;
  }
}

/** What a fault of a program is for its caller. */
export function faultOfProgram({ fault }: ProgramFault): ExecutionFault {
  return new ExecutionFault(fault.kind === "instruction" ? fault.error : "ProgramFailedToComplete", fault.message);
}
