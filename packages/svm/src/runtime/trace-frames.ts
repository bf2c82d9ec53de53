/** Shows inner instructions to a tracer: they never pass through the host. */
import {
  emptyBytes,
  gasBudgetFromUnits,
  gasReturned,
  systemProgram,
  type ExecutionResult,
  type InstructionMessage,
  type Pubkey,
} from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { Execution } from "./execution.ts";
import { addressOf } from "./pubkey-names.ts";

/** Reports that the current frame, an inner instruction, begins. */
export function traceEnter(execution: Execution, depth: number): void {
  const { current, host, isStatic, meter, parts, trace } = execution;
  const message: InstructionMessage = {
    kind: "instruction",
    sender: addressOf(callerOf(trace, current.stackHeight)),
    gas: gasBudgetFromUnits(BigInt(meter.remaining), parts.rate),
    depth,
    isStatic,
    stackHeight: current.stackHeight,
    program: current.program,
    accounts: current.metas,
    data: current.data,
  };
  host.tracer?.enter(message, "svm");
}

/** Reports how it ended: `error` is what was thrown, undefined for success. */
export function traceExit({ host, meter, parts, state }: Execution, before: number, error: unknown): void {
  const limit = BigInt(before);
  const used = BigInt(Math.max(0, before - meter.remaining));
  const gasLeft = gasReturned(gasBudgetFromUnits(limit, parts.rate), used, parts.rate);
  let result: ExecutionResult = { kind: "success", gasLeft, gasRefund: 0n, output: state.record.returnData?.data ?? emptyBytes };
  if (error instanceof InstructionFault) result = { kind: "revert", gasLeft, output: emptyBytes, error: JSON.stringify(error.error) };
  else if (error !== undefined) result = { kind: "halt", reason: "svm:unwound" };
  host.tracer?.units?.({ unit: "computeUnits", limit, used });
  host.tracer?.exit(result);
}

/** The program of the innermost instruction that stands one lower. */
function callerOf(trace: Execution["trace"], stackHeight: number): Pubkey {
  return trace.findLast((entry) => entry.stackHeight === stackHeight - 1)?.program ?? systemProgram;
}
