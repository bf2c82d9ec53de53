/**
 * Makes blocks: picks transactions, executes, commits, tells listeners. One block is executed at a time; the roots of the one
 * before it are worked out and those before that are written meanwhile.
 */
import {
  addressToHex,
  bytesToHex,
  hexToBytes,
  isTriremeError,
  zeroHash,
  type Hash,
  type Transaction,
  type TransactionError,
} from "@trireme/core";
import { contextOf, nextOpenSeed, nextSeed, type BlockSeed } from "../block/block-seed.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { BlockPlan, ExecutedBlock, SkippedTransaction } from "../execution/block-plan.ts";
import type { ExecutionService } from "../execution/execution-service.ts";
import type { BlockUnderWay, OpenSeed } from "../ledger/blocks-under-way.ts";
import { noChanges, type CommittedBlock, type Ledger, type Tip } from "../ledger/ledger.ts";
import type { SerialQueue } from "../ledger/serial-queue.ts";
import type { Mempool, MempoolGround } from "../mempool/mempool.ts";
import { leastGas } from "../mempool/ordering.ts";
import { mempoolErrors } from "../mempool/replacement.ts";
import type { BlockReports } from "../observing/block-reports.ts";
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
  readonly crowdedOut: Pick<ReadonlySet<string>, "has">;
}

/** @see createBlockProducer */
export interface BlockProducer {
  settings: BlockSettings;
  /** The seed of the block after the head as of now. */
  nextSeed(): BlockSeed;
  /**
   * Makes one block; resolves when it is shown. `onBegin` is called right before its transactions are picked.
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

/** What a block is executed on. */
interface Ground {
  readonly parent: Tip;
  readonly mutations: BlockPlan["mutations"];
  readonly isExclusive: boolean;
}

/** A production whose block is on its way. */
type Attempt = Omit<Production, "committed"> & { readonly block: BlockUnderWay | undefined };

/** What a producer works with. */
export interface BlockProducerParts {
  readonly definition: ChainDefinition;
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly clock: BlockClock;
  readonly events: EventHub;
  readonly execution: ExecutionService;
  readonly queue: SerialQueue;
  readonly reports: Pick<BlockReports, "keep">;
}

/** Gas of candidates beyond a block's. */
const spareGas = 64n * 21_000n;

/** Makes the producer of a chain. */
export function createBlockProducer(parts: BlockProducerParts): BlockProducer {
  const { definition, ledger, mempool, clock, events, execution, queue, reports } = parts;
  let settings: BlockSettings = {};
  let cached: { readonly key: string; readonly block: PendingBlock } | undefined;

  const seedOfNext = (): BlockSeed => {
    const { head } = ledger;
    return nextSeed(definition, head, clock.timestampAfter(head.header.timestamp), seedOverrides(settings));
  };

  /** Blocks on their way have these without a nonce, by hash in hexadecimal. */
  const taken = new Set<string>();
  /** The mempool shows the head; the next block stands on the tip. */
  const onTip: MempoolGround = {
    accountNonce: (address) => ledger.world.reader.getAccount(address)?.nonce ?? 0n,
    isTaken: ({ hash }) => taken.has(bytesToHex(hash)),
  };
  const isAhead = (): boolean => ledger.tip.header.number > ledger.head.header.number;

  /** Executes without the transactions that make the host fail, whose hashes and reasons go into `faults`. */
  const executeWithoutFaults = async (
    seed: OpenSeed,
    { parent, mutations, isExclusive }: Ground,
    candidates: readonly Transaction[],
    faults: Map<string, TransactionError>,
  ): Promise<ExecutedBlock> => {
    for (;;) {
      const { isOpen } = parent;
      const parentHash = isOpen ? zeroHash : parent.hash();
      const plan: BlockPlan = {
        context: contextOf(definition, { ...seed, parentHash }),
        parentHash,
        parentBeaconBlockRoot: seed.parentBeaconBlockRoot,
        mutations,
        transactions: candidates.filter(({ hash }) => !faults.has(bytesToHex(hash))),
      };
      const open = isOpen ? { openParent: parent } : {};
      try {
        return await execution.run({ kind: "block", plan }, { blockNumber: seed.number - 1n, overlay: noChanges, isExclusive, ...open });
      } catch (error) {
        const culprit = faultyTransaction(plan, error);
        if (culprit === undefined) throw error;
        faults.set(bytesToHex(culprit.hash), mempoolErrors.hostFault(culprit.hash, (error as Error).message));
      }
    }
  };

  /** Executes the next block and leaves it on its way. */
  const executeNext = async (allowEmpty: boolean): Promise<Attempt> => {
    ledger.assertRunning();
    await ledger.room();
    const { tip } = ledger;
    try {
      return await executeAfter(tip, allowEmpty);
    } finally {
      // The next block seals this one while threads are at it. Nobody does when none is waiting, or when this one came to nothing.
      if (ledger.tip === tip || !queue.isOverlapNext) ledger.seal();
    }
  };

  /** What is tried in a block: no more than fits for sure and a few for those that turn out invalid. */
  const candidatesFor = (
    seed: OpenSeed,
    ground?: MempoolGround,
  ): { readonly candidates: readonly Transaction[]; readonly isCut: boolean } => {
    const enoughGas = seed.gasLimit + spareGas;
    const candidates = mempool.executable(seed.baseFeePerGas, { ground, enoughGas });
    return { candidates, isCut: candidates.reduce((sum, transaction) => sum + leastGas(transaction), 0n) > enoughGas };
  };

  const executeAfter = async (parent: Tip, allowEmpty: boolean): Promise<Attempt> => {
    const dropped = new Map<string, TransactionError>();
    const { header } = parent;
    const seed = nextOpenSeed(definition, header, clock.timestampAfter(header.timestamp), seedOverrides(settings));
    const { candidates, isCut } = candidatesFor(seed, isAhead() ? onTip : undefined);
    if (!allowEmpty && candidates.length === 0) return { block: undefined, dropped, crowdedOut: new Set() };
    const ground = { parent, mutations: ledger.nextMutations, isExclusive: true };
    const executed = await executeWithoutFaults(seed, ground, candidates, dropped);
    for (const { transaction, error } of executed.skipped) {
      if (error.isTemporary !== true) dropped.set(bytesToHex(transaction.hash), error);
    }
    const block = allowEmpty || executed.included.length > 0 ? advance(seed, executed) : undefined;
    for (const hash of dropped.keys()) mempool.remove(hexToBytes(hash) as Hash);
    const crowdedOut = withoutRoom(executed.skipped);
    if (!isCut) return { block, dropped, crowdedOut };
    const tried = new Set<string>(candidates.map(({ hash }) => bytesToHex(hash)));
    return { block, dropped, crowdedOut: { has: (hash) => crowdedOut.has(hash) || !tried.has(hash) } };
  };

  const advance = (seed: OpenSeed, executed: ExecutedBlock): BlockUnderWay => {
    const free = executed.included.filter(({ transaction }) => transaction.nonce === undefined);
    const names = free.map(({ transaction }) => bytesToHex(transaction.hash));
    const block = ledger.advance(seed, executed, (committed) => {
      for (const name of names) taken.delete(name);
      for (const { transaction } of executed.included) mempool.remove(transaction.hash);
      mempool.prune();
      const run = executed.run === undefined ? undefined : reports.keep(committed.block, executed.run);
      events.emit({ kind: "block", ...committed, run, changedAccounts: createChangedAccounts(executed) });
    });
    for (const name of names) taken.add(name);
    clock.advance(seed.timestamp);
    settings = usedUp(settings);
    return block;
  };

  const pendingNow = async (): Promise<PendingBlock> => {
    for (;;) {
      const seed = seedOfNext();
      const key = keyOf(seed);
      if (cached?.key === key) return cached.block;
      const { header, hash } = ledger.head;
      const ground = { parent: { header, isOpen: false, hash: () => hash }, mutations: ledger.mutations, isExclusive: false };
      const executed = await executeWithoutFaults(seed, ground, candidatesFor(seed).candidates, new Map());
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
    produce: async ({ allowEmpty, onBegin }) => {
      const { block, dropped, crowdedOut } = await queue.overlap(() => {
        onBegin?.();
        return executeNext(allowEmpty);
      });
      return { committed: await block?.shown, dropped, crowdedOut };
    },
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
