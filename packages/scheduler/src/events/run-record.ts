/** What is kept of a block's run, so that its report can be made when somebody asks. */
import type { BlockMemory } from "../memory/block-memory.ts";
import { conflictsIn, copyEvents, createEventBuffer, lastEnd, openEventBuffer, roundedTime, type EventBuffer } from "./event-buffer.ts";
import { createBlockClock, createEventRecorder } from "./event-recorder.ts";

/** A run, compact: 20 bytes for each run of a transaction, and the keys in conflict. Plain data; times in microseconds since it began. */
export interface RunRecord {
  readonly transactions: number;
  readonly workers: number;
  /** One for each worker; none of a run that nobody watched. */
  readonly events: readonly EventBuffer[];
  /** Bytes of the keys that the events name, by their reference. */
  readonly keys: ReadonlyMap<number, Uint8Array>;
  /** @see BlockReport.restFrom */
  readonly restFrom: number | undefined;
  /** When the workers were told of the block, and when the last of them was done with it. */
  readonly handedOut: number;
  readonly handedBack: number;
  /** When all that the block comes to was there. */
  readonly wallTime: number;
}

/** A run on threads that is being recorded. */
export interface RunWatch {
  /** `process.hrtime.bigint()` at its begin. */
  readonly began: bigint;
  /** One for each worker, shared with it. */
  readonly events: readonly EventBuffer[];
  handOut(): void;
  /** The thread that handed the block out has done what it did meanwhile: that it took longer than the block is not the block's. */
  endOther(): void;
  handBack(): void;
  /** Ends the run; what it returns is this thread's alone. */
  record(memory: BlockMemory): RunRecord;
}

/** Makes watches over the runs of a pool, one at a time: their buffers are used again. */
export function createRunWatches(workers: number): (transactions: number) => RunWatch {
  let events: readonly EventBuffer[] = [];
  let room = -1;
  return (transactions) => {
    const began = process.hrtime.bigint();
    // A worker may run all of them, each twice; the few that wait and run once more share what is left.
    const records = transactions * 2 + 64;
    if (records > room) {
      room = records;
      events = Array.from({ length: workers }, (_, worker) => createEventBuffer({ worker, records }));
    } else for (const handle of events) openEventBuffer(handle).words.fill(0, 0, 2);
    const since = (): number => roundedTime(Number(process.hrtime.bigint() - began) / 1_000);
    let [handedOut, otherEnd, handedBack] = [0, 0, 0];
    return {
      began,
      events,
      handOut() {
        handedOut = since();
      },
      endOther() {
        otherEnd = since();
      },
      handBack() {
        handedBack = since();
      },
      record(memory) {
        const kept = events.map(copyEvents);
        const excess = otherEnd === 0 ? 0 : Math.max(0, Math.min(otherEnd, handedBack) - lastEnd(kept));
        const keys = new Map<number, Uint8Array>();
        const conflicts = memory.aborts === 0 ? [] : kept.flatMap((each) => [...conflictsIn(each)]);
        for (const key of conflicts) if (key !== 0) keys.set(key, memory.keyBytes(key));
        return {
          transactions,
          workers,
          events: kept,
          keys,
          restFrom: memory.restFrom,
          handedOut,
          handedBack: handedBack - excess,
          wallTime: since() - excess,
        };
      },
    };
  };
}

/** A run on the calling thread that is being recorded. */
export interface SerialWatch {
  /** To be called before each transaction, and once after the last one. */
  next(): void;
  /** Ends the run. */
  record(): RunRecord;
}

const ended = { kind: "executed" } as const;

/** Watches transactions that run one after the other: one ends when the next one starts, so that one look at the clock is enough. */
export function watchSerialRun(transactions: number): SerialWatch {
  const exact = createBlockClock(process.hrtime.bigint());
  const clock = (): number => roundedTime(exact());
  const handle = createEventBuffer({ worker: 0, records: transactions }, false);
  const recorder = createEventRecorder(handle, () => time);
  let [index, time, handedOut, handedBack] = [-1, 0, 0, 0];
  return {
    next() {
      time = exact();
      if (index < 0) handedOut = roundedTime(time);
      else recorder.ended(index, ended);
      if (++index < transactions) recorder.started(index, 1);
      else handedBack = roundedTime(time);
    },
    record: () => ({
      transactions,
      workers: 1,
      events: [handle],
      keys: new Map(),
      restFrom: undefined,
      handedOut,
      handedBack,
      wallTime: clock(),
    }),
  };
}

/** What stands for the record of a run that nobody watched. */
export function unwatchedRun(transactions: number): RunRecord {
  return { transactions, workers: 1, events: [], keys: new Map(), restFrom: undefined, handedOut: 0, handedBack: 0, wallTime: 0 };
}
