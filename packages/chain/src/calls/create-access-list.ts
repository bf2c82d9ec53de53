/** The access list (EIP-2930) with which a call finds everything warm. */
import type { ExecutionResult, TransactionError } from "@trireme/core";
import { precompileAddresses, type AccessListEntry } from "@trireme/ethereum";
import { createAccessRecorder, type AccessRecorder } from "./access-recorder.ts";
import { senderOf } from "./call-transaction.ts";
import { simulate, type CallGround, type CallPlan } from "./simulate.ts";

/** The list, and how the call ends with it. */
export type AccessListOutcome =
  | { readonly kind: "listed"; readonly accessList: readonly AccessListEntry[]; readonly gasUsed: bigint; readonly result: ExecutionResult }
  | { readonly kind: "invalid"; readonly error: TransactionError };

/** A contract may go another way with every list, for gas is observable: after so many runs the last list stands. */
const maxRounds = 16;

/** Runs the call with the list that the run before found, until it finds no more. */
export function createAccessList(plan: CallPlan, ground: CallGround): AccessListOutcome {
  const { request, context } = plan;
  const warm = [senderOf(request), context.coinbase, ...precompileAddresses(context.hardfork), ...ground.executor.warmAddresses];
  if (request.to !== undefined) warm.push(request.to);
  let accessList: readonly AccessListEntry[] = plan.request.accessList ?? [];
  for (let round = 1; ; round++) {
    const recorders: AccessRecorder[] = [];
    const attempt = { ...plan, request: { ...plan.request, accessList } };
    const outcome = simulate(attempt, ground, {
      record(journal) {
        const recorder = createAccessRecorder(journal);
        recorders.push(recorder);
        return recorder.journal;
      },
    });
    if (outcome.kind === "invalid") return outcome;
    const found = recorders.flatMap((recorder) => recorder.list(warm));
    if (size(found) <= size(accessList) || round === maxRounds)
      return { kind: "listed", accessList, gasUsed: outcome.gasUsed, result: outcome.result };
    accessList = found;
  }
}

function size(list: readonly AccessListEntry[]): number {
  return list.reduce((sum, { storageKeys }) => sum + 1 + storageKeys.length, 0);
}
