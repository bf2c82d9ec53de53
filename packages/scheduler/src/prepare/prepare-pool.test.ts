import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import type { FormatDescriptor, TransactionFormat } from "@trireme/core";
import { solana } from "@trireme/svm";
import { afterEach, expect, it } from "vitest";
import { prepareBatch } from "./prepare-batch.ts";
import { deadly, deadlyByte, ethereum } from "./prepare-formats.mts";
import { createPreparePool, type PreparePool, type PreparePoolOptions } from "./prepare-pool.ts";
import { mixedTransactions, rules } from "./sample-transactions.mts";

const descriptors = [ethereum(), solana(), deadly()];
const formats = descriptors.map(({ create }) => create());

const pools: PreparePool[] = [];
afterEach(async () => {
  for (const pool of pools.splice(0)) await pool.close();
});

function poolOf(options: Partial<PreparePoolOptions> = {}): PreparePool {
  const pool = createPreparePool({ formats: descriptors, rules, workers: 2, ...options });
  pools.push(pool);
  return pool;
}

const raws = mixedTransactions(48);
const expected = prepareBatch(raws, formats, rules);

it.each([
  ["two threads and the calling one", {}],
  ["the calling thread, where there are no others", { workers: 0, worksHere: false }],
  ["the calling thread, where a format cannot be made elsewhere", { formats: [...descriptors.slice(0, 2), sourceless(deadly())] }],
])("gives what one thread gives: %s", async (_, options) => {
  const pool = poolOf(options);
  for (let round = 0; round < 2; round++) expect(await pool.prepare(raws)).toEqual(expected);
  expect(await Promise.all([pool.prepare(raws), pool.prepare(raws.slice(0, 3)), pool.prepare([])])).toEqual([
    expected,
    expected.slice(0, 3),
    [],
  ]);
  expect(pool.counts).toEqual({ deaths: 0, rescued: 0 });
});

it("does not work on the calling thread unless it has to", async () => {
  let checkedHere = 0;
  const counted = descriptors.map((descriptor): FormatDescriptor => {
    const create = (): TransactionFormat => {
      const format = descriptor.create();
      return { ...format, decode: (raw, given) => (checkedHere++, format.decode(raw, given)) };
    };
    return { ...descriptor, create };
  });
  const pool = poolOf({ formats: counted, workers: 1, worksHere: false });
  expect(await pool.prepare(raws)).toEqual(expected);
  expect(await pool.prepare(raws.slice(0, 1))).toEqual(expected.slice(0, 1));
  expect(checkedHere).toBe(0);
});

it("loses nothing when threads die, starts them again, and gives up on those that always die", async () => {
  const pool = poolOf({ worksHere: false });
  const poisoned = [...raws.slice(0, 24), Uint8Array.of(deadlyByte), ...raws.slice(24)];
  const rescued = prepareBatch(poisoned, formats, rules);
  expect(await pool.prepare(poisoned)).toEqual(rescued);
  expect(pool.counts.deaths).toBe(1);
  expect(pool.counts.rescued).toBeGreaterThan(0);
  const before = pool.counts.rescued;
  expect(await pool.prepare(raws)).toEqual(expected);
  expect(pool.counts).toEqual({ deaths: 1, rescued: before });

  const broken = { ...ethereum(), source: { module: "no-such-module", name: "ethereum", options: undefined } };
  const hopeless = poolOf({ formats: [broken], workers: 1, worksHere: false });
  const plain = prepareBatch(raws, [broken.create()], rules);
  for (let round = 0; round < 5; round++) expect(await hopeless.prepare(raws)).toEqual(plain);
  expect(hopeless.counts).toEqual({ deaths: 3, rescued: 0 });
});

it("loses nothing when threads are ended at any moment, or the pool is closed", async () => {
  const pool = poolOf();
  await pool.prepare(raws);
  for (let round = 0; round < 3; round++) {
    const pending = pool.prepare(raws);
    const timer = setTimeout(() => pool.terminate(round % 2), round / 2);
    expect(await pending).toEqual(expected);
    clearTimeout(timer);
  }
  const pending = pool.prepare(raws);
  await pool.close();
  expect(await pending).toEqual(expected);
  expect(await pool.prepare(raws)).toEqual(expected);
});

it("throws what a format throws", async () => {
  const faulty = (): TransactionFormat => ({
    ...ethereum().create(),
    decode: () => {
      throw new RangeError("a fault of the format");
    },
  });
  await expect(poolOf({ formats: [{ id: "ethereum", create: faulty }] }).prepare(raws.slice(0, 1))).rejects.toThrow(
    "a fault of the format",
  );
});

it("does not keep the process alive", async () => {
  const file = fileURLToPath(new URL("idle-pool.mts", import.meta.url));
  const { stdout } = await promisify(execFile)(process.execPath, ["--conditions=source", "--import", "tsx/esm", file], { timeout: 50_000 });
  expect(stdout.trim()).toBe('invalid invalid {"deaths":0,"rescued":0}');
});

function sourceless({ id, create }: FormatDescriptor): FormatDescriptor {
  return { id, create };
}
