/**
 * Where a worker writes what it does: memory shared with whoever makes the report, so that nothing is sent while a block runs.
 *
 * | words | what |
 * | --- | --- |
 * | 0 to 3 | records, lost records, worker, unused |
 * | then, for each record | kind and incarnation, transaction, `by` or conflict, start, end |
 *
 * A run has one record: written when it starts, completed when it ends. An abort has one of its own, right before the run that
 * it brings about; who wrote the conflict stands in the place of its end. Times are u32, in units of 0.1 microseconds.
 */
import { TriremeError } from "@trireme/core";

/** A worker's events of a block. Survives a structured clone; 20 bytes for each record. */
export interface EventBuffer {
  readonly buffer: ArrayBufferLike;
}

/** i32 positions in the header. */
export const eventHeader = { records: 0, lost: 1, worker: 2 } as const;
/** i32 positions in a record. */
export const eventField = { kind: 0, transaction: 1, about: 2, start: 3, end: 4 } as const;
/** Kinds of a record; `running` was never completed. */
export const eventKind = { running: 1, executed: 2, blocked: 3, faulted: 4, aborted: 5 } as const;
/** Bits of the kind; the incarnation stands above them. */
export const kindBits = 3;
/** Units of time in a microsecond. */
export const timeUnits = 10;
/** In the place of a transaction where there is none. */
export const nobody = -1;

const headerWords = 4;
export const recordWords = 5;

/** Makes room for the events of a worker, on this thread alone or `isShared`: a run or an abort each. What does not fit is counted only. */
export function createEventBuffer(
  { worker, records }: { readonly worker: number; readonly records: number },
  isShared = true,
): EventBuffer {
  const bytes = (headerWords + records * recordWords) * 4;
  const buffer = isShared ? new SharedArrayBuffer(bytes) : new ArrayBuffer(bytes);
  new Int32Array(buffer)[eventHeader.worker] = worker;
  return { buffer };
}

/** The words of a buffer, and how many records it has room for. @throws TriremeError `INVALID_ARGUMENT` when it is none */
export function openEventBuffer({ buffer }: EventBuffer): { readonly words: Int32Array; readonly capacity: number } {
  const capacity = (buffer.byteLength / 4 - headerWords) / recordWords;
  if (!Number.isInteger(capacity) || capacity < 0)
    throw new TriremeError("INVALID_ARGUMENT", `expected a buffer of events, got ${buffer.byteLength} bytes`);
  return { words: new Int32Array(buffer), capacity };
}

/** A copy of a buffer that has room for nothing more, in memory of this thread: to be kept. @throws TriremeError `INVALID_ARGUMENT` */
export function copyEvents(handle: EventBuffer): EventBuffer {
  const { words, capacity } = openEventBuffer(handle);
  const records = Math.min(words[eventHeader.records] as number, capacity);
  return { buffer: words.slice(0, recordAt(records)).buffer };
}

/** i32 position of a record. */
export function recordAt(record: number): number {
  return headerWords + record * recordWords;
}

/** A run as a worker recorded it; times in microseconds. */
export interface RecordedRun {
  readonly worker: number;
  readonly transaction: number;
  readonly incarnation: number;
  readonly kind: "running" | "executed" | "blocked" | "faulted";
  readonly start: number;
  /** Undefined while it runs. */
  readonly end: number | undefined;
  readonly by: number | undefined;
}

/** An abort as a worker recorded it. */
export interface RecordedAbort {
  readonly transaction: number;
  /** The run that did not hold, where the one after it is known. */
  readonly incarnation: number | undefined;
  /** Reference of the key in the memory of the block; 0 when it was the room of the block. */
  readonly conflict: number;
  /** The transaction that had written the key last, of those below. */
  readonly by: number | undefined;
}

/** All that is in a buffer. */
export interface RecordedEvents {
  readonly runs: readonly RecordedRun[];
  readonly aborts: readonly RecordedAbort[];
  readonly lost: number;
}

const runKinds: Readonly<Record<number, RecordedRun["kind"]>> = {
  [eventKind.running]: "running",
  [eventKind.executed]: "executed",
  [eventKind.blocked]: "blocked",
  [eventKind.faulted]: "faulted",
};

/** Reads a buffer, of a worker that was stopped in the middle of a record as well. @throws TriremeError `INVALID_ARGUMENT` */
export function readEvents(handle: EventBuffer): RecordedEvents {
  const { words, capacity } = openEventBuffer(handle);
  const count = Math.min(Atomics.load(words, eventHeader.records), capacity);
  const worker = words[eventHeader.worker] as number;
  const runs: RecordedRun[] = [];
  const aborts: RecordedAbort[] = [];
  for (let record = 0; record < count; record++) {
    const at = recordAt(record);
    const kind = (words[at + eventField.kind] as number) & ((1 << kindBits) - 1);
    const transaction = words[at + eventField.transaction] as number;
    const about = words[at + eventField.about] as number;
    const run = runKinds[kind];
    if (kind === eventKind.aborted) {
      const next = record + 1 < count ? recordAt(record + 1) : undefined;
      const isRunAgain = next !== undefined && words[next + eventField.transaction] === transaction;
      const incarnation = isRunAgain ? incarnationAt(words, next) - 1 : undefined;
      aborts.push({ transaction, incarnation, conflict: about, by: someone(words[at + eventField.end] as number) });
    } else if (run !== undefined) {
      const end = run === "running" ? undefined : timeAt(words, at + eventField.end);
      const start = timeAt(words, at + eventField.start);
      runs.push({ worker, transaction, incarnation: incarnationAt(words, at), kind: run, start, end, by: someone(about) });
    }
  }
  return { runs, aborts, lost: words[eventHeader.lost] as number };
}

/** References of the keys that made transactions run again, each once; 0 for the room of the block. */
export function conflictsIn(handle: EventBuffer): ReadonlySet<number> {
  return new Set(readEvents(handle).aborts.map(({ conflict }) => conflict));
}

/** When the last run ended that was recorded, in microseconds. */
export function lastEnd(handles: readonly EventBuffer[]): number {
  let last = 0;
  for (const handle of handles) {
    const { words } = openEventBuffer(handle);
    const end = recordAt(words[eventHeader.records] as number);
    for (let at = recordAt(0), record = 0; at < end; at = recordAt(++record)) {
      const kind = (words[at + eventField.kind] as number) & ((1 << kindBits) - 1);
      if (kind !== eventKind.aborted) last = Math.max(last, (words[at + eventField.end] as number) >>> 0);
    }
  }
  return last / timeUnits;
}

/** Microseconds as fine as events have them. */
export function roundedTime(microseconds: number): number {
  return Math.round(microseconds * timeUnits) / timeUnits;
}

function incarnationAt(words: Int32Array, record: number): number {
  return (words[record + eventField.kind] as number) >> kindBits;
}

function timeAt(words: Int32Array, position: number): number {
  return ((words[position] as number) >>> 0) / timeUnits;
}

function someone(transaction: number): number | undefined {
  return transaction === nobody ? undefined : transaction;
}
