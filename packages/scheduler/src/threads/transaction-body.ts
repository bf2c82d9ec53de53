/** The transactions of a block as a worker runs them: each in a journal of its own over the versions below it. */
import {
  TriremeError,
  type BlockContext,
  type Hash,
  type Transaction,
  type TransactionFormat,
  type TransactionOutcome,
} from "@trireme/core";
import { resolveInvolved, type HostExecutor } from "@trireme/host";
import { createJournal } from "@trireme/state";
import { MemorySpent, type BlockMemory } from "../memory/block-memory.ts";
import { Blocked, type VersionedState } from "../memory/versioned-state.ts";
import { encodeOutcome } from "../outcome/encode-outcome.ts";
import type { BlockBody, BodyOutcome, BodyRoom } from "../schedule/block-body.ts";
import { readInput } from "./block-inputs.ts";

/** What a body is made of. */
export interface TransactionBodyParts {
  readonly memory: BlockMemory;
  readonly state: VersionedState;
  readonly executor: HostExecutor;
  /** In the order of the chain's. */
  readonly formats: readonly TransactionFormat[];
  readonly chainId: bigint;
  readonly context: BlockContext;
  readonly blobGasLimit: bigint;
  readonly getBlockHash: (number: bigint) => Hash | undefined;
}

/** Makes the body of a block on one thread. */
export function createTransactionBody(parts: TransactionBodyParts): BlockBody {
  const { memory, state, executor, formats, chainId, context, blobGasLimit, getBlockHash } = parts;
  const decoded = new Map<number, Transaction>();
  let journal = createJournal(state.reader);
  const whole: BodyRoom = { gasLeft: context.gasLimit, blobGasLeft: blobGasLimit };

  const transactionAt = (index: number): Transaction => {
    const known = decoded.get(index);
    if (known !== undefined) return known;
    const transaction = decodeInput(memory, index, formats, chainId);
    decoded.set(index, transaction);
    return transaction;
  };

  return {
    room: whole,
    dependsOnRoom: (index) => !memory.hasRoomFor(index, context.gasLimit, blobGasLimit),
    execute(index, room = whole) {
      try {
        const outcome = executor.executeTransaction(transactionAt(index), journal, context, room, { getBlockHash });
        state.assertUninterrupted();
        return { ...encoded(outcome), writes: journal.takeWrites() };
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
          keep(index, encoded(outcome));
        }
        return rest.takeWrites();
      } catch (error) {
        throw schedulersOwn(error) ?? error;
      }
    },
  };
}

function encoded(outcome: TransactionOutcome): BodyOutcome {
  const { gasUsed, blobGasUsed } = outcome.kind === "invalid" ? noGas : outcome;
  return { outcome: encodeOutcome(outcome), gasUsed, blobGasUsed };
}

const noGas = { gasUsed: 0n, blobGasUsed: 0n };

function decodeInput(memory: BlockMemory, index: number, formats: readonly TransactionFormat[], chainId: bigint): Transaction {
  const { format: place, sender, hash, raw } = readInput(memory, index);
  const format = formats[place];
  if (format === undefined) throw new TriremeError("HOST_FAULT", `expected one of ${formats.length} formats, got number ${place}`);
  if (format.decodeKnown !== undefined) return format.decodeKnown(raw, { chainId }, sender, hash);
  const read = format.decode(raw, { chainId });
  if (read.kind === "decoded") return read.transaction;
  throw new TriremeError("HOST_FAULT", `expected a transaction that was decoded before, got ${read.error.message}`);
}

/** What the memory threw under the host, out of the error that the host made of it. */
function schedulersOwn(error: unknown): unknown {
  for (let cause = error, steps = 0; typeof cause === "object" && cause !== null && steps < 8; steps++) {
    if (cause instanceof Blocked || cause instanceof MemorySpent) return cause;
    ({ cause } = cause as { cause?: unknown });
  }
  return undefined;
}
