/** The threads that run blocks, and how a block goes to them and comes back. */
import { Worker } from "node:worker_threads";
import type { BlockContext, Transaction, TransactionOutcome } from "@trireme/core";
import { resolveInvolved } from "@trireme/host";
import type { DiffAndUndo, FlatGet, StateDiff, StateReader } from "@trireme/state";
import { createRunWatches, type RunRecord } from "../events/run-record.ts";
import { blockDiff } from "../memory/block-diff.ts";
import { BlockMemory, createBlockMemory, MemorySpent, type BlockMemoryHandle } from "../memory/block-memory.ts";
import { blockState, field } from "../memory/layout.ts";
import { VersionedState } from "../memory/versioned-state.ts";
import { decodeOutcome } from "../outcome/decode-outcome.ts";
import { writeGround, writeInputs } from "./block-inputs.ts";
import type { BlockTask, BlockThreadReply, BlockThreadSetup, PlantedTrouble } from "./thread-protocol.ts";

/** Stack of a thread in MiB: 1,024 frames may take 256 KiB each. */
const stackSizeMb = 256;
/** Bytes of memory for a transaction beside its input, to begin with. */
const bytesPerTransaction = 8 * 1024;
const leastBytes = 4 * 1024 * 1024;
const mostBytes = 480 * 1024 * 1024;
/** How a thread begins to say that the memory was spent: others that leave a block that was given up say so as well. */
const memorySpent = "MemorySpent";

/** A block for the pool. */
export interface PooledBlock {
  readonly context: BlockContext;
  readonly blobGasLimit: bigint;
  readonly transactions: readonly Transaction[];
  /** What lies over the head's shared state when the first transaction runs. */
  readonly ground: StateDiff;
  /** 32 bytes each, newest first. */
  readonly blockHashes: Uint8Array;
  /** The state before the block, without `ground`. */
  readonly base: { readonly reader: StateReader; readonly get: FlatGet };
  readonly planted?: PlantedTrouble;
}

/** Why a block came to nothing: a thread died or threw, or the memory was spent. It is to be run serially. */
export interface GivenUp {
  readonly kind: "givenUp";
  readonly reason: string;
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
  readonly workers: number;
  run(block: PooledBlock): Promise<PooledRun | GivenUp>;
  /** Ends a thread as it stands: for tests. */
  terminate(worker: number): void;
  close(): Promise<void>;
}

/** Everything but a thread's number. */
export type BlockPoolSetup = Omit<BlockThreadSetup, "worker">;

interface Member {
  readonly worker: Worker;
  isAlive: boolean;
  busy: { readonly id: number; readonly done: (reply: BlockThreadReply) => void } | undefined;
}

/** Makes a pool; its threads start at once and do not keep the process alive. `formatNames` are the ids of the set-up's formats. */
export function createBlockPool(setup: BlockPoolSetup, formatNames: readonly string[], workers: number): BlockPool {
  const members: Member[] = Array.from({ length: workers }, (_, index) => start(setup, index));
  const watchRun = createRunWatches(workers);
  let lastId = 0;
  let factor = 1;
  /** Of the last block, when nobody is at it any more. */
  let spare: BlockMemoryHandle | undefined;

  const send = (index: number, task: BlockTask, onDeath: () => void): Promise<BlockThreadReply> => {
    let member = members[index] as Member;
    if (!member.isAlive) members[index] = member = start(setup, index);
    const { worker } = member;
    return new Promise((resolve) => {
      const finish = (reply: BlockThreadReply): void => {
        member.busy = undefined;
        worker.unref();
        resolve(reply);
      };
      member.busy = { id: task.id, done: (reply) => (reply.error === undefined ? undefined : onDeath(), finish(reply)) };
      worker.ref();
      // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
      worker.postMessage(task);
    });
  };

  return {
    workers,
    async run(block) {
      const { transactions, ground } = block;
      const watch = watchRun(transactions.length);
      const inputBytes = transactions.reduce((sum, { raw }) => sum + raw.length, 0) + ground.entries.length * 128;
      const bytes = Math.min(mostBytes, leastBytes + inputBytes + transactions.length * bytesPerTransaction * factor);
      const handle = createBlockMemory({ transactions: transactions.length, bytes }, spare);
      spare = undefined;
      const memory = new BlockMemory(handle);
      try {
        writeGround(memory, ground);
        writeInputs(memory, transactions, ({ format }) => formatNames.indexOf(format), block.context);
      } catch (error) {
        if (!(error instanceof MemorySpent)) throw error;
        factor *= 2;
        return { kind: "givenUp", reason: "the transactions did not fit the memory of the block" };
      }
      const id = ++lastId;
      const { context, blobGasLimit, blockHashes, planted } = block;
      const { began, events } = watch;
      const task: BlockTask = { id, memory: handle, context, blobGasLimit, blockHashes, events, began, planted };
      const allReplies = Promise.all(members.slice(0, planted?.workers).map((_, index) => send(index, task, () => memory.breakUp())));
      watch.handOut();
      const replies = await allReplies;
      watch.handBack();
      if (memory.state !== blockState.done) {
        const reasons = replies.flatMap(({ error }) => (error === undefined ? [] : [error]));
        if (reasons.some((reason) => reason.startsWith(memorySpent))) factor *= 2;
        return { kind: "givenUp", reason: reasons.find((reason) => !reason.startsWith(memorySpent)) ?? reasons[0] ?? "no reason" };
      }
      const run = collect(memory, block);
      spare = handle;
      return { ...run, record: watch.record(memory) };
    },
    terminate(worker) {
      void members[worker]?.worker.terminate();
    },
    close: async () => {
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}

function start(setup: BlockPoolSetup, index: number): Member {
  const isSource = import.meta.url.endsWith(".ts");
  const worker = new Worker(new URL(isSource ? "./block-thread.mjs" : "./block-thread.js", import.meta.url), {
    workerData: { ...setup, worker: index } satisfies BlockThreadSetup,
    resourceLimits: { stackSizeMb },
    ...(isSource ? { execArgv: ["--conditions=source"] } : {}),
  });
  const member: Member = { worker, isAlive: true, busy: undefined };
  const die = (cause: unknown): void => {
    member.isAlive = false;
    const { busy } = member;
    if (busy !== undefined)
      busy.done({ id: busy.id, error: `the thread ended: ${cause instanceof Error ? cause.message : String(cause)}` });
  };
  worker.on("message", (reply: BlockThreadReply) => {
    if (member.busy?.id === reply.id) member.busy.done(reply);
  });
  worker.on("error", die);
  worker.on("exit", (code) => die(`exit code ${code}`));
  worker.unref();
  return member;
}

function collect(memory: BlockMemory, { transactions, base }: PooledBlock): Omit<PooledRun, "record"> {
  const state = new VersionedState(memory, base.reader);
  const outcomes = transactions.map((_, index) => {
    const at = memory.at(index);
    const outcome = decodeOutcome(
      memory.bytesAt(memory.words[at + field.outcome] as number, memory.words[at + field.outcomeLength] as number),
    );
    // Right after it: what the next one would read.
    state.begin(index + 1);
    resolveInvolved(outcome, {
      getBalance: (address) => state.reader.getAccount(address)?.balance ?? 0n,
      getBoundPubkey: (address) => state.reader.getAccount(address)?.svm?.pubkey,
    });
    return outcome;
  });
  return { kind: "ran", outcomes, changes: blockDiff(memory, base.get), aborts: memory.aborts };
}
