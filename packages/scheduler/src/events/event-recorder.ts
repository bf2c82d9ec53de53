/** Records what a worker does in its buffer. */
import type { WorkerEvents } from "../schedule/block-worker.ts";
import { eventField, eventHeader, eventKind, openEventBuffer, recordAt, type EventBuffer } from "./event-buffer.ts";

/**
 * Microseconds since `began`, a value of `process.hrtime.bigint()`: the one clock that all threads of a process share
 * (`performance.now()` counts from the start of its own thread).
 */
export function createBlockClock(began: bigint): () => number {
  return () => Number(process.hrtime.bigint() - began) / 1000;
}

/**
 * Records into a buffer, from its begin: what another block left there is forgotten.
 * @throws TriremeError `INVALID_ARGUMENT` when it is no buffer of events
 */
export function createEventRecorder(handle: EventBuffer, now: () => number): WorkerEvents {
  const { words, floats, capacity } = openEventBuffer(handle);
  words[eventHeader.lost] = 0;
  Atomics.store(words, eventHeader.records, 0);
  /** i32 position of the run that has not ended; 0 where none is or it had no room. */
  let open = 0;

  /** The position of a new record, 0 when there is no room. */
  const write = (kind: number, transaction: number, incarnation: number, about: number): number => {
    const record = words[eventHeader.records] as number;
    if (record === capacity) {
      (words[eventHeader.lost] as number) += 1;
      return 0;
    }
    const at = recordAt(record);
    words[at + eventField.kind] = kind;
    words[at + eventField.transaction] = transaction;
    words[at + eventField.incarnation] = incarnation;
    words[at + eventField.about] = about;
    floats[(at + eventField.start) / 2] = now();
    Atomics.store(words, eventHeader.records, record + 1);
    return at;
  };

  return {
    started(index, incarnation) {
      open = write(eventKind.running, index, incarnation, -1);
    },
    ended(_index, { kind, by }) {
      if (open === 0) return;
      floats[(open + eventField.end) / 2] = now();
      if (by !== undefined) words[open + eventField.about] = by;
      words[open + eventField.kind] = eventKind[kind];
      open = 0;
    },
    aborted(index, conflict) {
      write(eventKind.aborted, index, 0, conflict);
    },
  };
}
