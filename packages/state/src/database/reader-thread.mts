/**
 * A thread that reads flushed state over and over, until it has seen it move: `a` never changes, `n` is the head's number.
 * `result` becomes [1 at the end, how often that was not so, 1 when it has moved].
 */
import { workerData } from "node:worker_threads";
import { openDurableReader } from "./durable-reader.ts";
import { bytes } from "./sample-block.mts";

const { directory, result } = workerData as { readonly directory: string; readonly result: Int32Array };
const reader = await openDurableReader(directory);
const text = (key: string): string => Buffer.from(reader.get(bytes(key)) ?? []).toString();
const start = reader.head ?? 0n;
// Bounded, so that a reader which never moves is a failed test and no hanging one.
for (let round = 0; round < 200_000 && (reader.head ?? 0n) < start + 10n; round++) {
  reader.refresh();
  if (text("a") !== "0" || text("n") !== String(reader.head)) Atomics.add(result, 1, 1);
}
Atomics.store(result, 2, (reader.head ?? 0n) >= start + 10n ? 1 : 0);
await reader.close();
Atomics.store(result, 0, 1);
