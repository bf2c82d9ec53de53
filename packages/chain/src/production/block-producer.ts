/** Makes blocks: picks transactions, executes, commits, tells listeners. One block at a time. */
import { bytesToHex, hexToBytes, isTriremeError, type Hash, type Transaction, type TransactionError } from "@trireme/core";
import { contextOf, nextSeed, type BlockSeed } from "../block/block-seed.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { BlockPlan, ExecutedBlock } from "../execution/block-plan.ts";
import type { ExecutionService } from "../execution/execution-service.ts";
import { noChanges, type CommittedBlock, type Ledger } from "../ledger/ledger.ts";
import type { SerialQueue } from "../ledger/serial-queue.ts";
import type { Mempool } from "../mempool/mempool.ts";
import { mempoolErrors } from "../mempool/replacement.ts";
import type { BlockClock } from "./block-clock.ts";
import { seedOverrides, usedUp, type BlockSettings } from "./block-settings.ts";
import type { EventHub } from "./event-hub.ts";

/** What came of an attempt to make a block. */
export interface Production {
  /** Undefined when there was nothing to put into it and an empty one was not wanted. */
  readonly committed: CommittedBlock | undefined;
  /** Transactions that left the mempool without a block, by hash in hexadecimal. */
  readonly dropped: ReadonlyMap<string, TransactionError>;
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

  const planFor = (seed: BlockSeed, without: ReadonlySet<string>): BlockPlan => ({
    context: contextOf(definition, seed),
    parentHash: seed.parentHash,
    parentBeaconBlockRoot: seed.parentBeaconBlockRoot,
    mutations: ledger.mutations,
    transactions: mempool.executable(seed.baseFeePerGas).filter(({ hash }) => !without.has(bytesToHex(hash))),
  });

  /** Executes without the transactions that make the host fail, whose hashes and reasons go into `faults`. */
  const executeWithoutFaults = async (
    seed: BlockSeed,
    faults: Map<string, TransactionError>,
    holdsQueue: boolean,
  ): Promise<ExecutedBlock> => {
    for (;;) {
      const plan = planFor(seed, new Set(faults.keys()));
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
    if (!allowEmpty && mempool.executable(seed.baseFeePerGas).length === 0) return { committed: undefined, dropped };
    const executed = await executeWithoutFaults(seed, dropped, true);
    for (const { transaction, error } of executed.skipped) {
      if (error.isTemporary !== true) dropped.set(bytesToHex(transaction.hash), error);
    }
    const committed = allowEmpty || executed.included.length > 0 ? await ledger.commit(seed, executed) : undefined;
    for (const hash of dropped.keys()) mempool.remove(hexToBytes(hash) as Hash);
    if (committed === undefined) return { committed, dropped };
    clock.advance(seed.timestamp);
    settings = usedUp(settings);
    for (const { transaction } of executed.included) mempool.remove(transaction.hash);
    mempool.prune();
    events.emit({ kind: "block", ...committed });
    return { committed, dropped };
  };

  const pendingNow = async (): Promise<PendingBlock> => {
    for (;;) {
      const seed = seedOfNext();
      const key = keyOf(seed);
      if (cached?.key === key) return cached.block;
      const executed = await executeWithoutFaults(seed, new Map(), false);
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

/** The transaction that made the host fail, when the fault names one. */
function faultyTransaction(plan: BlockPlan, error: unknown): Transaction | undefined {
  if (!isTriremeError(error) || (error.code !== "HOST_FAULT" && error.code !== "STACK_OVERFLOW")) return undefined;
  const { transactionHash } = error.details;
  return plan.transactions.find(({ hash }) => bytesToHex(hash) === transactionHash);
}
