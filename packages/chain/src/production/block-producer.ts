/** Makes blocks: picks transactions, executes, commits, tells listeners. One block at a time. */
import { addressToHex, bytesToHex, hexToBytes, isTriremeError, type Hash, type Transaction, type TransactionError } from "@trireme/core";
import { contextOf, nextSeed, type BlockSeed } from "../block/block-seed.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { BlockPlan, ExecutedBlock, SkippedTransaction } from "../execution/block-plan.ts";
import type { ExecutionService } from "../execution/execution-service.ts";
import { noChanges, type CommittedBlock, type Ledger } from "../ledger/ledger.ts";
import type { SerialQueue } from "../ledger/serial-queue.ts";
import type { Mempool } from "../mempool/mempool.ts";
import { mempoolErrors } from "../mempool/replacement.ts";
import type { BlockClock } from "./block-clock.ts";
import { createChangedAccounts } from "./changed-accounts.ts";
import { seedOverrides, usedUp, type BlockSettings } from "./block-settings.ts";
import type { EventHub } from "./event-hub.ts";

/** What came of an attempt to make a block. */
export interface Production {
  /** Undefined when there was nothing to put into it and an empty one was not wanted. */
  readonly committed: CommittedBlock | undefined;
  /** Transactions that left the mempool without a block, by hash in hexadecimal. */
  readonly dropped: ReadonlyMap<string, TransactionError>;
  /** Transactions that only lacked room in this block, or follow one that did; by hash in hexadecimal. */
  readonly crowdedOut: ReadonlySet<string>;
}

/** @see createBlockProducer */
export interface BlockProducer {
  settings: BlockSettings;
  /** The seed of the next block as of now. */
  nextSeed(): BlockSeed;
  /**
   * Makes one block. `onBegin` is called right before its transactions are picked.
   * @throws TriremeError `DATABASE_WRITE_FAILED` once the chain has stopped
   */
  produce(options: { readonly allowEmpty: boolean; readonly onBegin?: () => void }): Promise<Production>;
  /** The block that would be made now, not committed; cached until something changes. */
  pending(): Promise<PendingBlock>;
}

/** The block that would be made now. */
export interface PendingBlock extends CommittedBlock {
  readonly executed: ExecutedBlock;
}

/** What a producer works with. */
export interface BlockProducerParts {
  readonly definition: ChainDefinition;
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly clock: BlockClock;
  readonly events: EventHub;
  readonly execution: ExecutionService;
  readonly queue: SerialQueue;
}

/** Makes the producer of a chain. */
export function createBlockProducer(parts: BlockProducerParts): BlockProducer {
  const { definition, ledger, mempool, clock, events, execution, queue } = parts;
  let settings: BlockSettings = {};
  let cached: { readonly key: string; readonly block: PendingBlock } | undefined;

  const seedOfNext = (): BlockSeed => {
    const { head } = ledger;
    return nextSeed(definition, head, clock.timestampAfter(head.header.timestamp), seedOverrides(settings));
  };

  const planFor = (seed: BlockSeed, transactions: readonly Transaction[]): BlockPlan => ({
    context: contextOf(definition, seed),
    parentHash: seed.parentHash,
    parentBeaconBlockRoot: seed.parentBeaconBlockRoot,
    mutations: ledger.mutations,
    transactions,
  });

  /** Executes without the transactions that make the host fail, whose hashes and reasons go into `faults`. */
  const executeWithoutFaults = async (
    seed: BlockSeed,
    candidates: readonly Transaction[],
    faults: Map<string, TransactionError>,
    holdsQueue: boolean,
  ): Promise<ExecutedBlock> => {
    for (;;) {
      const plan = planFor(
        seed,
        candidates.filter(({ hash }) => !faults.has(bytesToHex(hash))),
      );
      try {
        return await execution.run(
          { kind: "block", plan },
          { blockNumber: plan.context.number - 1n, overlay: noChanges, isExclusive: holdsQueue },
        );
      } catch (error) {
        const culprit = faultyTransaction(plan, error);
        if (culprit === undefined) throw error;
        faults.set(bytesToHex(culprit.hash), mempoolErrors.hostFault(culprit.hash, (error as Error).message));
      }
    }
  };

  const produceNow = async (allowEmpty: boolean): Promise<Production> => {
    ledger.assertRunning();
    const dropped = new Map<string, TransactionError>();
    const seed = seedOfNext();
    const candidates = mempool.executable(seed.baseFeePerGas);
    if (!allowEmpty && candidates.length === 0) return { committed: undefined, dropped, crowdedOut: new Set() };
    const executed = await executeWithoutFaults(seed, candidates, dropped, true);
    for (const { transaction, error } of executed.skipped) {
      if (error.isTemporary !== true) dropped.set(bytesToHex(transaction.hash), error);
    }
    const committed = allowEmpty || executed.included.length > 0 ? await ledger.commit(seed, executed) : undefined;
    for (const hash of dropped.keys()) mempool.remove(hexToBytes(hash) as Hash);
    const crowdedOut = withoutRoom(executed.skipped);
    if (committed === undefined) return { committed, dropped, crowdedOut };
    clock.advance(seed.timestamp);
    settings = usedUp(settings);
    for (const { transaction } of executed.included) mempool.remove(transaction.hash);
    mempool.prune();
    events.emit({ kind: "block", ...committed, changedAccounts: createChangedAccounts(executed) });
    return { committed, dropped, crowdedOut };
  };

  const pendingNow = async (): Promise<PendingBlock> => {
    for (;;) {
      const seed = seedOfNext();
      const key = keyOf(seed);
      if (cached?.key === key) return cached.block;
      const executed = await executeWithoutFaults(seed, mempool.executable(seed.baseFeePerGas), new Map(), false);
      // The head may have moved on while another thread executed.
      if (key !== keyOf(seed)) continue;
      const block = { ...ledger.assemble(seed, executed), executed };
      cached = { key, block };
      return block;
    }
  };

  /** Everything that the pending block depends on. */
  const keyOf = (seed: BlockSeed): string =>
    [
      mempool.version,
      bytesToHex(ledger.head.hash),
      ledger.overlayVersion,
      seed.timestamp,
      seed.baseFeePerGas,
      seed.gasLimit,
      bytesToHex(seed.coinbase),
      bytesToHex(seed.prevRandao),
    ].join();

  return {
    get settings() {
      return settings;
    },
    set settings(next) {
      settings = next;
    },
    nextSeed: seedOfNext,
    produce: ({ allowEmpty, onBegin }) =>
      queue.run(() => {
        onBegin?.();
        return produceNow(allowEmpty);
      }),
    pending: pendingNow,
  };
}

/** Codes with which a format says that a transaction would fit another block. */
const roomCodes: ReadonlySet<string> = new Set(["gasLimitReached", "blobGasReached"]);

function withoutRoom(skipped: readonly SkippedTransaction[]): ReadonlySet<string> {
  const hashes = new Set<string>();
  const senders = new Set<string>();
  for (const { transaction, error } of skipped) {
    const sender = addressToHex(transaction.sender);
    // Behind a transaction without room its sender's later ones have a nonce that is too high.
    if (!roomCodes.has(error.code) && !(senders.has(sender) && error.isTemporary === true)) continue;
    senders.add(sender);
    hashes.add(bytesToHex(transaction.hash));
  }
  return hashes;
}

/** The transaction that made the host fail, when the fault names one. */
function faultyTransaction(plan: BlockPlan, error: unknown): Transaction | undefined {
  if (!isTriremeError(error) || (error.code !== "HOST_FAULT" && error.code !== "STACK_OVERFLOW")) return undefined;
  const { transactionHash } = error.details;
  return plan.transactions.find(({ hash }) => bytesToHex(hash) === transactionHash);
}
