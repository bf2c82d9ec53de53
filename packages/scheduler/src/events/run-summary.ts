/** The figures of a run without its report: one pass over what its workers recorded. */
import { eventField, eventHeader, eventKind, kindBits, openEventBuffer, recordAt, timeUnits } from "./event-buffer.ts";
import type { RunRecord } from "./run-record.ts";

/** Figures of a run; times in microseconds. @see BlockReport */
export interface RunSummary {
  readonly aborts: number;
  readonly runTime: number;
  readonly finalRunTime: number;
  readonly wallTime: number;
}

const kindMask = (1 << kindBits) - 1;

/** Adds a run up. @throws TriremeError `INVALID_ARGUMENT` when something is no buffer of events */
export function summaryOf({ transactions, events, wallTime }: RunRecord): RunSummary {
  let [aborts, all, final] = [0, 0, 0];
  // Of the run that stands, the last one: which one that is.
  const incarnations = new Int32Array(transactions);
  const finals = new Int32Array(transactions);
  for (const handle of events) {
    const { words } = openEventBuffer(handle);
    const end = recordAt(words[eventHeader.records] as number);
    for (let at = recordAt(0), record = 0; at < end; at = recordAt(++record)) {
      const first = words[at + eventField.kind] as number;
      const kind = first & kindMask;
      if (kind === eventKind.aborted) aborts++;
      if (kind === eventKind.aborted || kind === eventKind.running) continue;
      const units = (words[at + eventField.end] as number) - (words[at + eventField.start] as number);
      all += units;
      const transaction = words[at + eventField.transaction] as number;
      if (kind !== eventKind.executed || first >> kindBits <= (incarnations[transaction] as number)) continue;
      incarnations[transaction] = first >> kindBits;
      final += units - (finals[transaction] as number);
      finals[transaction] = units;
    }
  }
  return { aborts, runTime: all / timeUnits, finalRunTime: final / timeUnits, wallTime };
}
