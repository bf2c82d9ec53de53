/** Records what a worker does in its buffer. */
import type { WorkerEvents } from "../schedule/block-worker.ts";
import {
  eventField,
  eventHeader,
  eventKind,
  kindBits,
  nobody,
  openEventBuffer,
  recordAt,
  timeUnits,
  type EventBuffer,
} from "./event-buffer.ts";

/** Times that the offset between the clocks is taken: the least is the one that nothing came between. */
const looks = 3;

/**
 * Microseconds since `began`, a value of `process.hrtime.bigint()`: the one clock that all threads of a process share.
 * `performance.now()` counts from the start of its own thread, but makes no bigint of every look at it.
 */
export function createBlockClock(began: bigint): () => number {
  let offset = Number.POSITIVE_INFINITY;
  for (let look = 0; look < looks; look++) {
    const own = performance.now() * 1_000;
    offset = Math.min(offset, Number(process.hrtime.bigint() - began) / 1_000 - own);
  }
  return () => performance.now() * 1_000 + offset;
}

/**
 * Records into a buffer, from its begin: what another block left there is forgotten.
 * @throws TriremeError `INVALID_ARGUMENT` when it is no buffer of events
 */
export function createEventRecorder(handle: EventBuffer, now: () => number): WorkerEvents {
  const { words, capacity } = openEventBuffer(handle);
  words[eventHeader.lost] = 0;
  words[eventHeader.records] = 0;
  /** i32 position of the run that has not ended; 0 where none is or it had no room. */
  let open = 0;

  /** The position of a new record, 0 when there is no room. */
  const write = (kind: number, transaction: number, about: number): number => {
    const record = words[eventHeader.records] as number;
    if (record === capacity) {
      (words[eventHeader.lost] as number) += 1;
      return 0;
    }
    const at = recordAt(record);
    words[at + eventField.kind] = kind;
    words[at + eventField.transaction] = transaction;
    words[at + eventField.about] = about;
    words[eventHeader.records] = record + 1;
    return at;
  };

  return {
    started(index, incarnation) {
      open = write(eventKind.running | (incarnation << kindBits), index, nobody);
      if (open !== 0) words[open + eventField.start] = now() * timeUnits;
    },
    ended(_index, { kind, by }) {
      if (open === 0) return;
      words[open + eventField.end] = now() * timeUnits;
      if (by !== undefined) words[open + eventField.about] = by;
      words[open + eventField.kind] = ((words[open + eventField.kind] as number) & ~((1 << kindBits) - 1)) | eventKind[kind];
      open = 0;
    },
    aborted(index, conflict, by) {
      const at = write(eventKind.aborted, index, conflict);
      if (at !== 0) words[at + eventField.end] = by;
    },
  };
}
