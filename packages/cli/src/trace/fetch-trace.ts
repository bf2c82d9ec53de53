/** Asks a node for the trace of a transaction. */
import type { TransactionTrace } from "@trireme/rpc";
import { askNode, refuseAnswer } from "../ask-node.ts";

/** Fetches a trace by either id. @throws TriremeError with one line for a person */
export async function fetchTrace(url: string, id: string): Promise<TransactionTrace> {
  const result = await askNode(url, "trireme_traceTransaction", [id]);
  return isTrace(result) ? result : refuseAnswer(url, "the trace of a transaction", result);
}

function isTrace(value: unknown): value is TransactionTrace {
  const { trace, failedAt, hash } = (value ?? {}) as Partial<Record<keyof TransactionTrace, unknown>>;
  const isPath = failedAt === null || Array.isArray(failedAt);
  return typeof hash === "string" && isPath && typeof (trace as { gas?: unknown } | undefined)?.gas === "string";
}
