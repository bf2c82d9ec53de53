/** Runs a program of sBPF as the current frame: memory, input, engine, what it left (agave `program-runtime/src/vm.rs`). */
import { instructionErrorText } from "../errors/instruction-error-text.ts";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { PreparedProgram, RunOutcome } from "../sbpf/engine.ts";
import { inputRegion, maxInputLength, stackLength } from "../sbpf/memory-layout.ts";
import { ProgramFault } from "../sbpf/program-fault.ts";
import { bytesToBase64 } from "./base64.ts";
import { deserializeParameters } from "./deserialize-parameters.ts";
import type { Execution } from "./execution.ts";
import { faultOfProgram } from "./execution-fault.ts";
import { heapCost, maxInstructionAccounts } from "./limits.ts";
import type { ProgramMachine } from "./program-machine.ts";
import { errorOfProgram } from "./program-result.ts";
import { base58Of } from "./pubkey-names.ts";
import { parametersLength, serializeParameters } from "./serialize-parameters.ts";

/** Runs the program to its end. @throws InstructionFault */
export function runProgram(execution: Execution, program: PreparedProgram<ProgramMachine>, loader: 1 | 2 | 3): void {
  const { current: frame, heapLength, host, meter } = execution;
  if (frame.accounts.length > maxInstructionAccounts) throw new InstructionFault("MaxAccountsExceeded");
  const isAligned = loader !== 1;
  const inputLength = parametersLength(frame, isAligned);
  const before = meter.remaining;
  try {
    execution.consume(heapCost(heapLength));
  } catch (error) {
    if (error instanceof InstructionFault) throw setupFailure(execution, instructionErrorText(error.error));
    throw error;
  }
  const reserved = stackLength + heapLength + inputLength;
  if (inputLength > maxInputLength || !host.reserveMemory(reserved))
    throw setupFailure(execution, "the memory of the transaction is spent");
  const instance = program.acquire(heapLength);
  try {
    const { memory, registers } = instance;
    memory.setInputLength(inputLength);
    const { accounts: serialized, dataOffset } = serializeParameters(frame, memory, isAligned);
    registers[2] = 0;
    registers[3] = inputRegion;
    registers[4] = dataOffset;
    registers[5] = inputRegion;
    const machine: ProgramMachine = { memory, registers, meter, execution, frame, isAligned, serialized, heapLength, heapPosition: 0 };
    frame.machine = machine;
    const available = meter.remaining;
    const outcome = instance.run(machine);
    const name = base58Of(frame.program);
    execution.log(`Program ${name} consumed ${available - meter.remaining} of ${before} compute units`);
    const { returnData } = execution.state.record;
    if (returnData !== undefined && returnData.data.length > 0) {
      execution.log(`Program return: ${name} ${bytesToBase64(returnData.data)}`);
    }
    assertSucceeded(execution, outcome, registers);
    deserializeParameters(frame, memory, serialized, isAligned, execution.growth);
  } finally {
    instance.release();
    host.releaseMemory(reserved);
  }
}

/** @throws InstructionFault when the program faulted or returned an error. A fault of the machine takes all units that are left. */
function assertSucceeded(execution: Execution, outcome: RunOutcome, registers: Uint32Array): void {
  if (outcome.kind === "fault") {
    if (outcome.fault.kind === "vm") {
      execution.meter.remaining = 0;
      execution.vmFault = outcome.fault.name;
    }
    throw faultOfProgram(new ProgramFault(outcome.fault));
  }
  const error = errorOfProgram(registers[0] as number, registers[1] as number);
  if (error !== undefined) throw new InstructionFault(error);
}

function setupFailure(execution: Execution, reason: string): InstructionFault {
  execution.log(`Failed to create SBF VM: ${reason}`);
  return new InstructionFault("ProgramEnvironmentSetupFailure");
}
