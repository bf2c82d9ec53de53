/** The threads of a pool: started, spoken to, and started again when they end. */
import { Worker } from "node:worker_threads";
import type { AheadTask, BlockTask, BlockThreadReply, BlockThreadSetup } from "./thread-protocol.ts";

/** Stack of a thread in MiB: 1,024 frames may take 256 KiB each. */
const stackSizeMb = 256;
/** How the reason begins when a thread has ended. */
export const threadEnded = "the thread ended";
/** Seconds in which a thread must be set up. */
const mostSetUp = 30;

/** What became of the threads of a pool. */
export interface ThreadCounts {
  readonly started: number;
  /** Ended without having been told to by `close`. */
  readonly ended: number;
}

/** @see createPoolMembers */
export interface PoolMembers {
  readonly counts: ThreadCounts;
  /** Starts those that never were, and comes back at once: whether all are set up, or may not be any more. */
  wakeUp(): boolean;
  /** Waits for the first `count` threads to be set up, those that have ended started again. Gives why one could not be. */
  ready(count: number): Promise<string | undefined>;
  /** Gives a thread a block. `onError` is called at once when it ends or gives the block up; the reply says why. */
  send(index: number, task: BlockTask, onError: () => void): Promise<BlockThreadReply>;
  /** Tells every thread that lives; nothing comes back. */
  tell(task: AheadTask): void;
  terminate(index: number): void;
  close(): Promise<void>;
}

interface Member {
  readonly worker: Worker;
  /** False when it ended before it was set up. */
  readonly ready: Promise<boolean>;
  isReady: boolean;
  hasServed: boolean;
  /** Why it ended. */
  end: string | undefined;
  busy: { readonly id: number; readonly done: (reply: BlockThreadReply) => void } | undefined;
}

/** Makes the threads, which start when they are first asked for; they keep the process alive only while somebody waits for them. */
export function createPoolMembers(setup: Omit<BlockThreadSetup, "worker">, workers: number): PoolMembers {
  const counts = { started: 0, ended: 0 };
  let isClosed = false;

  const startAt = (index: number): Member => {
    counts.started++;
    return startMember({ ...setup, worker: index + 1 }, (member) => {
      if (isClosed) return;
      counts.ended++;
      // One that ends before it has done anything may always do so: it is started again when it is needed, not at once.
      if (member.hasServed && members[index] === member) members[index] = startAt(index);
    });
  };
  const members: Member[] = [];
  const wakeUp = (): void => {
    for (let index = members.length; index < workers; index++) members.push(startAt(index));
  };

  return {
    counts,
    wakeUp: () => {
      if (!isClosed) wakeUp();
      return members.every(({ isReady, end }) => isReady || end !== undefined);
    },
    ready: async (count) => {
      if (isClosed) return "the pool was closed";
      wakeUp();
      const team = members.slice(0, count).map((member, index) => (member.end === undefined ? member : (members[index] = startAt(index))));
      for (const { worker, isReady } of team) if (!isReady) worker.ref();
      await Promise.all(team.map(({ ready }) => ready));
      for (const { worker } of team) worker.unref();
      return isClosed ? "the pool was closed" : team.find(({ isReady }) => !isReady)?.end;
    },
    send: (index, task, onError) => {
      const member = members[index] as Member;
      const { worker } = member;
      return new Promise((resolve) => {
        const done = (reply: BlockThreadReply): void => {
          member.busy = undefined;
          member.hasServed = true;
          worker.unref();
          if (reply.error !== undefined) onError();
          resolve(reply);
        };
        // It may have ended since it was ready.
        if (member.end !== undefined) return done({ id: task.id, error: member.end });
        member.busy = { id: task.id, done };
        worker.ref();
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        worker.postMessage(task);
      });
    },
    tell: (task) => {
      for (const { worker, end } of members) {
        // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
        if (end === undefined) worker.postMessage(task);
      }
    },
    terminate: (index) => void members[index]?.worker.terminate(),
    close: async () => {
      isClosed = true;
      await Promise.all(members.map(({ worker }) => worker.terminate()));
    },
  };
}

function startMember(setup: BlockThreadSetup, onEnd: (member: Member) => void): Member {
  const isSource = import.meta.url.endsWith(".ts");
  const worker = new Worker(new URL(isSource ? "./block-thread.mjs" : "./block-thread.js", import.meta.url), {
    workerData: setup,
    resourceLimits: { stackSizeMb },
    ...(isSource ? { execArgv: ["--conditions=source"] } : {}),
  });
  let settle: (isReady: boolean) => void = () => undefined;
  const ready = new Promise<boolean>((resolve) => void (settle = resolve));
  const member: Member = { worker, ready, isReady: false, hasServed: false, end: undefined, busy: undefined };
  // By the second: time for which the whole process was stopped is not the thread's.
  let seconds = 0;
  const limit = setInterval(() => {
    if (++seconds < mostSetUp) return;
    end(`it was not set up within ${mostSetUp} s`);
    void worker.terminate();
  }, 1_000).unref();
  const end = (cause: unknown): void => {
    clearInterval(limit);
    if (member.end !== undefined) return;
    member.end = `${threadEnded}: ${cause instanceof Error ? cause.message : String(cause)}`;
    member.isReady = false;
    settle(false);
    const { busy } = member;
    onEnd(member);
    busy?.done({ id: busy.id, error: member.end });
  };
  worker.on("message", (reply: BlockThreadReply) => {
    if (reply.id === 0) {
      clearInterval(limit);
      member.isReady = true;
      settle(true);
    } else if (member.busy?.id === reply.id) member.busy.done(reply);
  });
  worker.on("error", end);
  worker.on("exit", (code) => end(`exit code ${code}`));
  worker.unref();
  return member;
}
