/**
 * Where a worker writes what it does: memory shared with whoever makes the report, so that nothing is sent while a block runs.
 *
 * | words | what |
 * | --- | --- |
 * | 0 to 3 | records, lost records, worker, unused |
 * | then, for each record | kind, transaction, incarnation, `by` or conflict, start (f64), end (f64) |
 *
 * A run has one record: written when it starts, completed when it ends. An abort has one of its own, right before the run that
 * it brings about.
 */
import { TriremeError } from "@trireme/core";

/** A worker's events of one block. Survives a structured clone; 32 bytes for each record. */
export interface EventBuffer {
  readonly buffer: SharedArrayBuffer;
}

/** i32 positions in the header. */
export const eventHeader = { records: 0, lost: 1, worker: 2 } as const;
/** i32 positions in a record; `start` and `end` are float64. */
export const eventField = { kind: 0, transaction: 1, incarnation: 2, about: 3, start: 4, end: 6 } as const;
/** Kinds of a record; `running` was never completed. */
export const eventKind = { running: 1, executed: 2, blocked: 3, faulted: 4, aborted: 5 } as const;

const headerWords = 4;
const recordWords = 8;
/** In the place of `by` where there is none. */
const nobody = -1;

/** Makes room for the events of a worker: a run or an abort each. What does not fit is counted only. */
export function createEventBuffer({ worker, records }: { readonly worker: number; readonly records: number }): EventBuffer {
  const buffer = new SharedArrayBuffer((headerWords + records * recordWords) * 4);
  new Int32Array(buffer)[eventHeader.worker] = worker;
  return { buffer };
}

/** Both views of a buffer. @throws TriremeError `INVALID_ARGUMENT` when it is too short to be one */
export function openEventBuffer({ buffer }: EventBuffer) {
  const capacity = (buffer.byteLength / 4 - headerWords) / recordWords;
  if (!Number.isInteger(capacity) || capacity < 0)
    throw new TriremeError("INVALID_ARGUMENT", `expected a buffer of events, got ${buffer.byteLength} bytes`);
  return { words: new Int32Array(buffer), floats: new Float64Array(buffer), capacity };
}

/** i32 position of a record. */
export function recordAt(record: number): number {
  return headerWords + record * recordWords;
}

/** A run as a worker recorded it. */
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
  const { words, floats, capacity } = openEventBuffer(handle);
  const count = Math.min(Atomics.load(words, eventHeader.records), capacity);
  const worker = words[eventHeader.worker] as number;
  const runs: RecordedRun[] = [];
  const aborts: RecordedAbort[] = [];
  for (let record = 0; record < count; record++) {
    const at = recordAt(record);
    const kind = words[at + eventField.kind] as number;
    const transaction = words[at + eventField.transaction] as number;
    const about = words[at + eventField.about] as number;
    const run = runKinds[kind];
    if (kind === eventKind.aborted) {
      const next = record + 1 < count ? recordAt(record + 1) : undefined;
      const isRunAgain = next !== undefined && words[next + eventField.transaction] === transaction;
      const again = isRunAgain ? (words[next + eventField.incarnation] as number) - 1 : undefined;
      aborts.push({ transaction, incarnation: again, conflict: about });
    } else if (run !== undefined) {
      runs.push({
        worker,
        transaction,
        incarnation: words[at + eventField.incarnation] as number,
        kind: run,
        start: floats[(at + eventField.start) / 2] as number,
        end: run === "running" ? undefined : floats[(at + eventField.end) / 2],
        by: about === nobody ? undefined : about,
      });
    }
  }
  return { runs, aborts, lost: words[eventHeader.lost] as number };
}
