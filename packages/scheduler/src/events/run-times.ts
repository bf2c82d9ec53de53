/** Times and aborts of a run, straight out of what its workers recorded: one pass, nothing made for a run. */
import { eventField, eventHeader, eventKind, kindBits, openEventBuffer, recordAt, timeUnits } from "./event-buffer.ts";
import type { RunRecord } from "./run-record.ts";

const kindMask = (1 << kindBits) - 1;

/** What a run took, in microseconds. */
export interface RunTimes {
  /** For each transaction all its runs. */
  readonly of: Float64Array;
  readonly sum: number;
  /** What was neither the workers' time nor that of the thread that handed the block out: messages. */
  readonly start: number;
}

/** Adds the runs of each transaction up. @throws TriremeError `INVALID_ARGUMENT` when something is no buffer of events */
export function timesOf({ transactions, events, handedOut, handedBack }: RunRecord): RunTimes {
  const of = new Float64Array(transactions);
  let [sum, first, last] = [0, Number.POSITIVE_INFINITY, 0];
  for (const handle of events) {
    const { words } = openEventBuffer(handle);
    const end = recordAt(words[eventHeader.records] as number);
    for (let at = recordAt(0), record = 0; at < end; at = recordAt(++record)) {
      const kind = (words[at + eventField.kind] as number) & kindMask;
      if (kind === eventKind.aborted || kind === eventKind.running) continue;
      const [from, until] = [(words[at + eventField.start] as number) >>> 0, (words[at + eventField.end] as number) >>> 0];
      const units = Math.max(0, until - from);
      (of[words[at + eventField.transaction] as number] as number) += units / timeUnits;
      sum += units;
      first = Math.min(first, from);
      last = Math.max(last, until);
    }
  }
  const start = last === 0 ? 0 : Math.max(0, first / timeUnits - handedOut) + Math.max(0, handedBack - last / timeUnits);
  return { of, sum: sum / timeUnits, start };
}

/** A run that did not hold. */
export interface Abort {
  readonly transaction: number;
  /** Who had written what it should have read; -1 where nobody is known. */
  readonly by: number;
}

/** The aborts of a run. */
export function abortsIn({ events }: RunRecord): readonly Abort[] {
  const aborts: Abort[] = [];
  for (const handle of events) {
    const { words } = openEventBuffer(handle);
    const end = recordAt(words[eventHeader.records] as number);
    for (let at = recordAt(0), record = 0; at < end; at = recordAt(++record)) {
      if (((words[at + eventField.kind] as number) & kindMask) === eventKind.aborted)
        aborts.push({ transaction: words[at + eventField.transaction] as number, by: words[at + eventField.end] as number });
    }
  }
  return aborts;
}
