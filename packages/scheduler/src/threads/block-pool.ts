/** Who runs blocks, the calling thread and others beside it, and how a block goes to them and comes back. */
import type { BlockContext, Transaction, TransactionOutcome } from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import { openSharedState, type DiffAndUndo, type FlatGet, type StateDiff, type StateReader } from "@trireme/state";
import { createConflictHints } from "../choice/conflict-hints.ts";
import { createExecutionChoice, type Choice } from "../choice/execution-choice.ts";
import { createRunWatches, type RunRecord } from "../events/run-record.ts";
import { createBlockHarvest } from "../memory/block-diff.ts";
import { LockHeld, type BlockMemory } from "../memory/block-memory.ts";
import { MemorySpent, type BlockMemoryHandle } from "../memory/block-progress.ts";
import { createBlockMemory } from "../memory/create-block-memory.ts";
import { blockState } from "../memory/layout.ts";
import { createKnownCode } from "../memory/versioned-state.ts";
import { writeGround, writeInputs } from "./block-inputs.ts";
import { openBlockMemory } from "./block-part.ts";
import { workAsCaller } from "./caller-part.ts";
import { createOutcomeCollector } from "./collect-outcomes.ts";
import { failureText, memorySpent } from "./failure-text.ts";
import { closeParent, writeOpenParent, type OpenParent } from "./open-parent.ts";
import { createMemorySize } from "./memory-size.ts";
import { createPoolMembers, threadEnded, type ThreadCounts } from "./pool-members.ts";
import { createPoolRest } from "./pool-rest.ts";
import type { AheadTask, BlockTask, BlockThreadSetup, PlantedTrouble } from "./thread-protocol.ts";

/** Milliseconds after which this thread, which alone hears that another has ended, leaves a lock that may be that one's. */
const lockPatience = 20;

/** A block for the pool. */
export interface PooledBlock {
  readonly context: BlockContext;
  readonly blobGasLimit: bigint;
  readonly transactions: readonly Transaction[];
  /** What lies over the head's shared state when the first transaction runs. */
  readonly ground: StateDiff;
  /** 32 bytes each, newest first. Where the parent is open its place holds anything. */
  readonly blockHashes: Uint8Array;
  /** Where nobody knows the parent's hash yet. */
  readonly openParent?: OpenParent | undefined;
  /** The state before the block, without `ground`. */
  readonly base: { readonly reader: StateReader; readonly get: FlatGet };
  /** What `choose` gave, where the pool was asked. */
  readonly after?: Int32Array | undefined;
  readonly planted?: PlantedTrouble;
}

/**
 * `memory` was spent; a thread could not be set up (`start`), ended (`thread`), or threw (`fault`), which may be the fault of a
 * transaction; the pool rests after many of these in a row (`rest`); a transaction may have read what nobody could know before
 * the hash of the block before (`parent`).
 */
export type GiveUpCause = "memory" | "start" | "thread" | "fault" | "rest" | "parent";

/** Why a block came to nothing. It is to be run serially. */
export interface GivenUp {
  readonly kind: "givenUp";
  readonly cause: GiveUpCause;
  readonly reason: string;
}

/** What became of a pool's blocks and threads. */
export interface PoolCounts {
  /** Blocks that came to something. */
  readonly ran: number;
  readonly givenUp: Readonly<Record<GiveUpCause, number>>;
  readonly threads: ThreadCounts;
}

/** What a block came to. */
export interface PooledRun {
  readonly kind: "ran";
  /** In the order of the transactions. */
  readonly outcomes: readonly TransactionOutcome[];
  /** Against `base`, `ground` included. */
  readonly changes: DiffAndUndo;
  /** Transactions that ran again. */
  readonly aborts: number;
  /** Who ran what and when. */
  readonly record: RunRecord;
}

/** @see createBlockPool */
export interface BlockPool {
  /** The calling thread among them, as number 0. */
  readonly workers: number;
  readonly counts: PoolCounts;
  /** How a block had better be run. Runs of either way are to be told to the choice. */
  choose(transactions: readonly Transaction[]): Choice;
  run(block: PooledBlock): Promise<PooledRun | GivenUp>;
  /** Lets every thread compile between blocks what stands at these accounts; nothing shows whether it did. */
  compileAhead(task: AheadTask): void;
  /** Ends a thread as it stands, of 1 to `workers` - 1: for tests. */
  terminate(worker: number): void;
  close(): Promise<void>;
}

/** Everything but a thread's number. */
export type BlockPoolSetup = Omit<BlockThreadSetup, "worker">;

/** How a pool is made. */
export interface BlockPoolOptions {
  /** Ids of the set-up's formats. */
  readonly formatNames: readonly string[];
  /** The calling thread is one of them. */
  readonly workers: number;
  /** The calling thread's, made as the threads make theirs. */
  readonly executor: HostExecutor;
  readonly always?: boolean;
}

/** Makes a pool; its threads start when a block is to run on them, at once with `always`, and do not keep the process alive. */
export function createBlockPool(setup: BlockPoolSetup, { formatNames, workers, executor, always = false }: BlockPoolOptions): BlockPool {
  const members = createPoolMembers(setup, workers - 1);
  const knownCode = createKnownCode();
  if (always) members.wakeUp();
  const rest = createPoolRest();
  const hints = createConflictHints();
  const choice = createExecutionChoice({ workers, hints, always });
  const shared = openSharedState(setup.state);
  let ran = 0;
  const givenUp: Record<GiveUpCause, number> = { memory: 0, start: 0, thread: 0, fault: 0, rest: 0, parent: 0 };
  const watchRun = createRunWatches(workers);
  let lastId = 0;
  const size = createMemorySize();
  /** Of the last block, when nobody is at it any more. */
  let spare: BlockMemoryHandle | undefined;

  const giveUp = (cause: GiveUpCause, reason: string): GivenUp => {
    givenUp[cause]++;
    // A block that the largest memory does not hold fails again, and so do those like it.
    const mayHelp = cause === "memory" ? size.spent() : cause === "rest" || cause === "parent";
    if (!mayHelp) rest.failed();
    return { kind: "givenUp", cause, reason };
  };

  return {
    workers,
    get counts() {
      return { ran, givenUp: { ...givenUp }, threads: { ...members.counts } };
    },
    async run(block) {
      const { transactions, ground, planted, openParent } = block;
      if (rest.isDue()) return giveUp("rest", "the pool rests after blocks that it had to give up");
      // The ground lies over the head as it is now: while threads start it must stand still as well.
      const { sequence } = shared;
      const team = Math.min(planted?.workers ?? workers, workers);
      const missing = await members.ready(team - 1);
      if (missing !== undefined) return giveUp("start", missing);
      const watch = watchRun(transactions.length);
      const inputBytes = transactions.reduce((sum, { raw }) => sum + raw.length, 0) + ground.entries.length * 128;
      const bytes = planted?.bytes ?? size.bytesFor(transactions.length, inputBytes);
      let handle: BlockMemoryHandle;
      try {
        handle = createBlockMemory({ transactions: transactions.length, bytes }, planted?.bytes === undefined ? spare : undefined);
      } catch (error) {
        if (!(error instanceof RangeError)) throw error;
        return giveUp("memory", `there is no memory of ${bytes} bytes: ${error.message}`);
      } finally {
        spare = undefined;
      }
      const memory = openBlockMemory(handle, 0, planted);
      // Where locks are held for long, giving them up is tested too.
      memory.lockPatience = planted?.delays === undefined ? lockPatience : 0;
      const { context, blobGasLimit, blockHashes } = block;
      try {
        writeGround(memory, ground);
        if (openParent !== undefined) writeOpenParent(memory, openParent);
      } catch (error) {
        if (!(error instanceof MemorySpent)) throw error;
        return giveUp("memory", "what lies below the block did not fit its memory");
      }
      memory.inputs = 0;
      const { began, events } = watch;
      const task: BlockTask = { id: ++lastId, memory: handle, context, blobGasLimit, blockHashes, events, began, planted };
      const allReplies = Promise.all(Array.from({ length: team - 1 }, (_, index) => members.send(index, task, () => memory.breakUp())));
      watch.handOut();
      try {
        const after = block.after ?? hints.after(transactions);
        writeInputs(memory, transactions, ({ format }) => formatNames.indexOf(format), context, after);
      } catch (error) {
        memory.breakUp();
        await allReplies;
        if (!(error instanceof MemorySpent)) throw error;
        return giveUp("memory", "the transactions did not fit the memory of the block");
      }
      const trouble = openParent === undefined ? undefined : close(memory, ground, openParent);
      if (openParent !== undefined) watch.endOther();
      const own: TransactionOutcome[] = [];
      const collector = createOutcomeCollector(memory, block.base.reader, own);
      const harvest = createBlockHarvest(memory, block.base.get);
      let changes: DiffAndUndo | undefined;
      let failure: string | undefined;
      try {
        await workAsCaller({
          owner: { worker: 0, executor, state: block.base.reader, knownCode },
          memory,
          task,
          transactions,
          outcomes: own,
          isOneOfMany: team > 1,
          meanwhile: () => {
            collector.takeCommitted();
            harvest.gather();
          },
        });
        watch.handBack();
        // Threads that have not left yet change nothing any more.
        if (memory.state === blockState.done) {
          collector.takeCommitted();
          changes = harvest.diff();
        }
      } catch (error) {
        memory.breakUp();
        failure = failureText(error);
      }
      const replies = await allReplies;
      // Rule 26: a thread may have read some of the head's state before the change and some after it.
      if (shared.sequence !== sequence) return giveUp("fault", "the state of the head did not stand still while the block ran on it");
      if (trouble !== undefined) {
        if (trouble.kind === "thrown") throw trouble.error;
        return giveUp(trouble.cause, trouble.reason);
      }
      if (changes === undefined) {
        const reasons = [failure, ...replies.map(({ error }) => error)].filter((reason) => reason !== undefined);
        // Workers that leave a block that was given up may say that its memory was spent.
        const first = reasons.find((reason) => !reason.startsWith(memorySpent));
        if (first === undefined) return giveUp("memory", "the memory of the block was spent");
        return giveUp(first.startsWith(threadEnded) ? "thread" : "fault", first);
      }
      rest.succeeded();
      size.held();
      ran++;
      const { aborts } = memory;
      const record = watch.record(memory);
      spare = size.keeps(handle.buffer.byteLength) ? handle : undefined;
      if (aborts > 0) hints.learn(transactions, record);
      return { kind: "ran", outcomes: collector.outcomes, changes, aborts, record };
    },
    choose(transactions) {
      const made = choice.choose(transactions);
      // A block does not wait for threads to start, unless it is to run on them at all cost.
      if (made.mode === "serial" || always || members.wakeUp()) return made;
      return { ...made, mode: "serial", cause: "starting", reason: "the threads are starting" };
    },
    compileAhead: members.tell,
    terminate: (worker) => members.terminate(worker - 1),
    close: members.close,
  };
}

/** Why a block whose parent was closed is to be left. */
type CloseTrouble =
  | { readonly kind: "givenUp"; readonly cause: GiveUpCause; readonly reason: string }
  | { readonly kind: "thrown"; readonly error: unknown };

/** Closes the parent while the threads are at work; with trouble the memory is given up. */
function close(memory: BlockMemory, ground: StateDiff, parent: OpenParent): CloseTrouble | undefined {
  try {
    if (closeParent(memory, ground, parent.keys, parent.close())) return undefined;
    memory.breakUp();
    return { kind: "givenUp", cause: "parent", reason: "a transaction may have read what hangs on the hash of the block before" };
  } catch (error) {
    memory.breakUp();
    if (error instanceof LockHeld) return { kind: "givenUp", cause: "parent", reason: "a thread did not give a lock back" };
    if (!(error instanceof MemorySpent)) return { kind: "thrown", error };
    return { kind: "givenUp", cause: "memory", reason: "what hangs on the hash of the block before did not fit the memory of the block" };
  }
}
