/** A program's outcome as the result of its frame. */
import { emptyBytes, type ExecutionResult } from "@trireme/core";
import { gasFromInk } from "../pricing/ink.ts";
import { returnDataGas } from "../pricing/program-gas.ts";
import type { ProgramOutcome } from "./program-outcome.ts";

/** What the result takes beside the outcome. */
export interface FrameAccount {
  readonly inkPrice: number;
  /** Gas that the frame was given and could use. */
  readonly given: number;
  /** Gas beyond what a meter holds: it comes back. */
  readonly spare: bigint;
  /** Refund counter of the frame and its callees. */
  readonly refund: bigint;
}

/** Ink below one gas is lost; output costs at least what the EVM's memory would have cost (ArbOS 31). */
export function resultOfOutcome(outcome: ProgramOutcome, account: FrameAccount): ExecutionResult {
  if (outcome.kind === "outOfInk") return { kind: "halt", reason: "outOfGas" };
  if (outcome.kind === "outOfMemory") return { kind: "halt", reason: "memoryLimit" };
  if (outcome.kind === "outOfStack") return { kind: "halt", reason: "stackOverflow" };
  const { inkPrice, given, spare, refund } = account;
  const left = gasFromInk(outcome.ink, inkPrice);
  if (outcome.kind === "failure") return { kind: "revert", gasLeft: BigInt(left) + spare, output: emptyBytes, error: outcome.why };
  const { kind, output } = outcome;
  const least = returnDataGas(output.length);
  if (least > given) return { kind: "halt", reason: "outOfGas", detail: "return data" };
  const gasLeft = BigInt(Math.min(left, given - least)) + spare;
  return kind === "success" ? { kind, gasLeft, gasRefund: refund, output } : { kind, gasLeft, output };
}
