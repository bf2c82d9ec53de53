/** The transactions of a block as a worker runs them: each in a journal of its own over the versions below it. */
import type { BlockContext, Hash, Transaction, TransactionOutcome } from "@trireme/core";
import { resolveInvolved, type HostExecutor } from "@trireme/host";
import { createJournal } from "@trireme/state";
import type { BlockMemory } from "../memory/block-memory.ts";
import { MemorySpent } from "../memory/block-progress.ts";
import { Blocked, type VersionedState } from "../memory/versioned-state.ts";
import type { BlockBody, BodyOutcome, BodyRoom } from "../schedule/block-body.ts";

/** What a body is made of. */
export interface TransactionBodyParts {
  readonly memory: BlockMemory;
  readonly state: VersionedState;
  readonly executor: HostExecutor;
  readonly transactionAt: (index: number) => Transaction;
  /** What is left of an outcome in the memory of the block; nothing where this thread keeps it. */
  readonly keepOutcome: (index: number, outcome: TransactionOutcome) => Uint8Array;
  readonly context: BlockContext;
  readonly blobGasLimit: bigint;
  readonly getBlockHash: (number: bigint) => Hash | undefined;
}

/** Makes the body of a block on one thread. */
export function createTransactionBody(parts: TransactionBodyParts): BlockBody {
  const { memory, state, executor, transactionAt, keepOutcome, context, blobGasLimit, getBlockHash } = parts;
  let journal = createJournal(state.reader);
  const whole: BodyRoom = { gasLeft: context.gasLimit, blobGasLeft: blobGasLimit };

  const kept = (index: number, outcome: TransactionOutcome): BodyOutcome => {
    const { gasUsed, blobGasUsed } = outcome.kind === "invalid" ? noGas : outcome;
    return { outcome: keepOutcome(index, outcome), gasUsed, blobGasUsed };
  };

  return {
    room: whole,
    dependsOnRoom: (index) => !memory.hasRoomFor(index, context.gasLimit, blobGasLimit),
    execute(index, room = whole) {
      try {
        const outcome = executor.executeTransaction(transactionAt(index), journal, context, room, { getBlockHash });
        state.assertUninterrupted();
        return { ...kept(index, outcome), writes: journal.takeWrites() };
      } catch (error) {
        // What was thrown through may have left it in pieces.
        journal = createJournal(state.reader);
        throw schedulersOwn(error) ?? error;
      }
    },
    executeRest(first, started, keep) {
      const rest = createJournal(state.reader);
      try {
        for (let index = first; index < memory.transactions; index++) {
          started(index);
          const outcome = executor.executeTransaction(transactionAt(index), rest, context, memory.roomBelow(whole), { getBlockHash });
          resolveInvolved(outcome, rest);
          state.assertUninterrupted();
          keep(index, kept(index, outcome));
        }
        return rest.takeWrites();
      } catch (error) {
        throw schedulersOwn(error) ?? error;
      }
    },
  };
}

const noGas = { gasUsed: 0n, blobGasUsed: 0n };

/** What the memory threw under the host, out of the error that the host made of it. */
function schedulersOwn(error: unknown): unknown {
  for (let cause = error, steps = 0; typeof cause === "object" && cause !== null && steps < 8; steps++) {
    if (cause instanceof Blocked || cause instanceof MemorySpent) return cause;
    ({ cause } = cause as { cause?: unknown });
  }
  return undefined;
}
