import * as fc from "fast-check";
import { solana } from "@trireme/svm";
import { afterAll, expect, it } from "vitest";
import { prepareBatch } from "./prepare-batch.ts";
import { ethereum } from "./prepare-formats.mts";
import { createPreparePool } from "./prepare-pool.ts";
import { mixedTransactions, rules } from "./sample-transactions.mts";

const descriptors = [ethereum(), solana()];
const formats = descriptors.map(({ create }) => create());
// One whose calling thread takes its share, and one whose threads do all.
const pools = [true, false].map((worksHere) => createPreparePool({ formats: descriptors, rules, workers: 2, worksHere }));
afterAll(async () => {
  for (const pool of pools) await pool.close();
});

const good = mixedTransactions(22);
const damage = fc.array(fc.record({ at: fc.nat(400), value: fc.nat(255) }), { maxLength: 2 });
const bytes = fc.oneof(
  fc.uint8Array({ maxLength: 80 }),
  fc.tuple(fc.nat(good.length - 1), damage, fc.option(fc.nat(200))).map(([index, changes, end]) => {
    const raw = Uint8Array.from(good[index] as Uint8Array).subarray(0, end ?? undefined);
    for (const { at, value } of changes) if (at < raw.length) raw[at] = value;
    return raw;
  }),
);

it("gives what one thread gives, whatever the bytes, in whichever batches at one time", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.array(bytes, { maxLength: 60 }), { minLength: 1, maxLength: 3 }), async (batches) => {
      const expected = batches.map((raws) => prepareBatch(raws, formats, rules));
      for (const pool of pools) expect(await Promise.all(batches.map((raws) => pool.prepare(raws)))).toEqual(expected);
    }),
    { numRuns: 15 },
  );
  expect(pools.map(({ counts }) => counts)).toEqual(pools.map(() => ({ deaths: 0, rescued: 0 })));
});
