/** Takes a transaction that was read: into the mempool, and in auto mode into a block. */
import { isTriremeError, type Decoded, type Transaction, type TransactionError } from "@trireme/core";
import type { SubmitResult } from "../chain.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { EventHub } from "../production/event-hub.ts";
import type { Miner } from "../production/miner.ts";
import type { Admission } from "./admission.ts";
import type { Mempool } from "./mempool.ts";
import { mempoolErrors } from "./replacement.ts";

/** What a submission passes through. */
export interface SubmitParts {
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly admission: Admission;
  readonly miner: Miner;
  readonly events: EventHub;
  /** Whether blocks are scheduled: what a transaction declares in tables of the state is then looked up ahead. */
  readonly isScheduled: boolean;
  /** What only this chain asks of a transaction; undefined when it may pass. */
  readonly extraCheck: (transaction: Transaction) => TransactionError | undefined;
}

/** Makes what `Chain.submit` does with bytes once they are read. */
export function createSubmit({
  ledger,
  mempool,
  admission,
  miner,
  events,
  isScheduled,
  extraCheck,
}: SubmitParts): (decoded: Decoded) => Promise<SubmitResult> {
  return async (decoded) => {
    if (ledger.failure !== undefined) return { kind: "rejected", error: mempoolErrors.stopped(ledger.failure.message) };
    if (decoded.kind === "invalid") return { kind: "rejected", error: decoded.error };
    let { transaction } = decoded;
    // The nonce first: a transaction that was mined already is best told so.
    const error = extraCheck(transaction) ?? (mempool.has(transaction.hash) ? undefined : admission.check(transaction));
    if (error !== undefined) return { kind: "rejected", error };
    if (isScheduled) transaction = admission.lookUp(transaction);
    const added = mempool.add(transaction);
    if (added.kind === "rejected") return added;
    events.emit({ kind: "pending", transaction });
    try {
      const dropped = await miner.settle(transaction.hash);
      return dropped === undefined ? { kind: "accepted", hash: transaction.hash } : { kind: "rejected", error: dropped };
    } catch (failure) {
      if (!isTriremeError(failure) || failure.code !== "DATABASE_WRITE_FAILED") throw failure;
      return { kind: "rejected", error: mempoolErrors.stopped((ledger.failure ?? failure).message) };
    }
  };
}
