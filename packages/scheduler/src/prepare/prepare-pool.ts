/** Threads that decode and check transactions ahead of their block. */
import { setImmediate as turn } from "node:timers/promises";
import { Worker } from "node:worker_threads";
import type { Decoded, FormatDescriptor, FormatRules, Transaction, TransactionError, TransactionFormat } from "@trireme/core";
import { createBatch, openBatch, type Batch } from "./batch-memory.ts";
import { prepareOne } from "./prepare-batch.ts";
import type { PrepareReply, PrepareThreadSetup } from "./prepare-protocol.ts";

/** The calling thread as an owner of shares; threads have higher numbers. */
const here = 1;
/** Fewer transactions go to no thread: what that takes is a check's time. */
const leastShared = 4;
/** For each so many transactions one thread is asked, and started: a millisecond's work is worth waking it for. */
const perThread = 16;
/** A share is some milliseconds' work at most, for which nobody else gets a turn on the calling thread. */
const largestShare = 32;
/** Shares that a thread takes of a batch, about: so many times less than a batch does the last one wait for. */
const sharesEach = 8;
/** Transactions made again before others get a turn on the calling thread. */
const madePerTurn = 256;
/** Milliseconds after which the calling thread looks for transactions to make, while it waits. */
const moment = 2;
/** A thread that dies so many times without an answer is not started again. */
const mostDeaths = 3;

/** @see createPreparePool */
export interface PreparePoolOptions {
  /** One without a source keeps all on the calling thread. */
  readonly formats: readonly FormatDescriptor[];
  readonly rules: FormatRules;
  /** Threads beside the calling one. */
  readonly workers: number;
  /** Whether the calling thread takes shares too, a few milliseconds at a time; true by default. Without threads it does anyway. */
  readonly worksHere?: boolean;
}

/** What went wrong in a pool so far. */
export interface PrepareCounts {
  /** Threads that died. */
  readonly deaths: number;
  /** Transactions that a dead thread had taken, prepared on the calling thread. */
  readonly rescued: number;
}

/** @see createPreparePool */
export interface PreparePool {
  /** What `prepareBatch` gives. `raws` must not change before, nor after: transactions may keep them. @throws what a format throws */
  prepare(raws: readonly Uint8Array[]): Promise<readonly Decoded[]>;
  readonly counts: PrepareCounts;
  /** Ends a thread as it stands: for tests. */
  terminate(worker: number): void;
  /** Ends the threads. What is under way ends on the calling thread. */
  close(): Promise<void>;
}

interface Member {
  readonly owner: number;
  readonly worker: Worker;
}

/** A batch under way. */
interface Job {
  readonly batch: Batch;
  /** Threads that were given it and neither answered nor died. */
  readonly waitingFor: Set<Member>;
  readonly errors: Map<number, TransactionError>;
  wake: () => void;
}

/** Makes a pool. Its threads start with the first batch that is large enough for so many; idle ones do not keep the process alive. */
export function createPreparePool({ formats: descriptors, rules, workers, worksHere = true }: PreparePoolOptions): PreparePool {
  const formats = descriptors.map(({ create }) => create());
  const sources = descriptors.flatMap(({ source }) => (source === undefined ? [] : [source]));
  const members: (Member | undefined)[] = Array.from({ length: sources.length === formats.length ? workers : 0 }, () => undefined);
  const deathsInRow = members.map(() => 0);
  const jobs = new Map<number, Job>();
  const counts = { deaths: 0, rescued: 0 };
  let [lastOwner, lastId, isClosed] = [here, 0, false];

  const start = (place: number): Member => {
    const member: Member = { owner: ++lastOwner, worker: startWorker({ formats: sources, rules, owner: lastOwner }) };
    const answer = ({ id, errors }: PrepareReply): void => {
      deathsInRow[place] = 0;
      const job = jobs.get(id);
      if (job === undefined) return;
      for (const [index, error] of errors) job.errors.set(index, error);
      job.waitingFor.delete(member);
      job.wake();
    };
    const die = (): void => {
      if (members[place] !== member) return;
      members[place] = undefined;
      if (!isClosed) counts.deaths++;
      deathsInRow[place] = (deathsInRow[place] ?? 0) + 1;
      for (const job of jobs.values()) {
        job.waitingFor.delete(member);
        job.wake();
      }
    };
    member.worker.on("message", answer);
    member.worker.on("error", die);
    member.worker.on("exit", die);
    members[place] = member;
    return member;
  };

  const liveMembers = (most: number): Member[] =>
    members.slice(0, most).flatMap((member, place) => {
      if (member === undefined && (isClosed || (deathsInRow[place] ?? 0) >= mostDeaths)) return [];
      return [member ?? start(place)];
    });

  const finish = async (job: Job, raws: readonly Uint8Array[]): Promise<readonly Decoded[]> => {
    const { batch, waitingFor, errors } = job;
    const results: (Decoded | undefined)[] = Array.from({ length: raws.length }, () => undefined);
    let next = 0;
    // From the front, as shares are taken: transactions that others have checked are made while they check more.
    const makeAgain = (): void => {
      for (let made = 0; next < raws.length && made < madePerTurn; next++) {
        if (results[next] !== undefined) continue;
        results[next] = decodedElsewhere(batch, errors, next, raws[next] as Uint8Array, formats, rules);
        if (results[next] === undefined) return;
        made++;
      }
    };
    const workHere = async (): Promise<void> => {
      for (let share = batch.claim(here); share !== undefined; share = batch.claim(here)) {
        for (let index = share.first; index < share.end; index++) results[index] = prepareOne(raws[index] as Uint8Array, formats, rules);
        makeAgain();
        await turn();
      }
    };
    // A thread that is still starting, or busy with another batch, is waited for only if there is something for it.
    const isWaiting = (): boolean =>
      waitingFor.size > 0 && (batch.hasFreeShares() || [...waitingFor].some(({ owner }) => batch.hasShares(owner)));

    if (worksHere) await workHere();
    while (isWaiting()) {
      await woken(job);
      makeAgain();
    }
    // Nobody is left who would: they died.
    await workHere();
    while (next < raws.length) {
      const before = next;
      makeAgain();
      if (next === before) {
        results[next] = prepareOne(raws[next] as Uint8Array, formats, rules);
        counts.rescued++;
      } else await turn();
    }
    return results as readonly Decoded[];
  };

  return {
    counts,
    async prepare(raws) {
      const isShared = raws.length >= leastShared || (!worksHere && raws.length > 0);
      const threads = isShared ? liveMembers(Math.ceil(raws.length / perThread)) : [];
      const shareSize = Math.max(1, Math.min(largestShare, Math.floor(raws.length / ((threads.length + 1) * sharesEach))));
      const id = ++lastId;
      const handle = createBatch(id, raws, shareSize);
      const job: Job = { batch: openBatch(handle), waitingFor: new Set(threads), errors: new Map(), wake: () => {} };
      jobs.set(id, job);
      for (const { worker } of threads) {
        worker.ref();
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(handle);
      }
      try {
        return await finish(job, raws);
      } finally {
        jobs.delete(id);
        // An idle thread does not keep the process alive.
        if (jobs.size === 0) for (const member of members) member?.worker.unref();
      }
    },
    terminate(worker) {
      void members[worker]?.worker.terminate();
    },
    async close() {
      isClosed = true;
      await Promise.all(members.flatMap((member) => (member === undefined ? [] : [member.worker.terminate()])));
    },
  };
}

/** When a thread answers or dies, or after a moment, in which there may be something to make. */
function woken(job: Job): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, moment);
    job.wake = () => {
      clearTimeout(timer);
      resolve();
    };
  });
}

/** What another thread found out; undefined where it has not yet, or died before. */
function decodedElsewhere(
  batch: Batch,
  errors: ReadonlyMap<number, TransactionError>,
  index: number,
  raw: Uint8Array,
  formats: readonly TransactionFormat[],
  rules: FormatRules,
): Decoded | undefined {
  const error = errors.get(index);
  if (error !== undefined) return { kind: "invalid", error };
  const verdict = batch.verdict(index);
  if (verdict === undefined) return undefined;
  const format = formats[verdict.format] as TransactionFormat;
  const transaction: Transaction | undefined = format.decodeKnown?.(raw, rules, verdict.sender, verdict.hash);
  return transaction === undefined ? format.decode(raw, rules) : { kind: "decoded", transaction };
}

/** From source the entry registers a loader for TypeScript first; from dist it is the compiled worker. */
function startWorker(workerData: PrepareThreadSetup): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  return new Worker(new URL(isSource ? "./prepare-worker.mjs" : "./prepare-worker.js", import.meta.url), {
    workerData,
    ...(isSource ? { execArgv: ["--conditions=source"] } : {}),
  });
}
