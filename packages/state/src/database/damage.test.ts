import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { isTriremeError } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDurableDatabase, type DurableDatabaseOptions } from "./durable-database.ts";
import { bytes, faultsOf, smallBlock } from "./sample-block.mts";
import type { StateStoreKind } from "./state-store.ts";

// Memory where there is a file system in memory: these tests open a thousand databases.
const root = mkdtempSync(join(existsSync("/dev/shm") ? "/dev/shm" : tmpdir(), "trireme-damage-"));
const template = join(root, "template");
const place = join(root, "place");
const firstSegment = join(place, "blocks-00000001.log");
afterAll(() => rmSync(root, { recursive: true }));

/** Where each record of the log begins, and where the last one ends. */
const offsets: number[] = [];
const flushed = 4;
const count = 8;

/** What the tests open directories with. */
let stateStore: StateStoreKind = "lmdb";

/** Copies what a killed process would leave of `count` blocks, `flushed` of them in LMDB. */
async function makeTemplate(directory: string, options: Omit<DurableDatabaseOptions, "directory"> = {}): Promise<void> {
  const source = join(root, "source");
  rmSync(source, { recursive: true, force: true });
  const database = await openDurableDatabase({ directory: source, ...options });
  for (let number = 0; number < count; number++) {
    offsets[number] = number === 0 ? 32 : statSync(join(source, "blocks-00000001.log")).size;
    await database.append(smallBlock(BigInt(number), String(number)));
    if (number + 1 === flushed) await database.flush();
  }
  offsets[count] = statSync(join(source, "blocks-00000001.log")).size;
  cpSync(source, directory, { recursive: true });
  rmSync(join(directory, "LOCK"));
  await database.close();
}

function restore(from = template): void {
  rmSync(place, { recursive: true, force: true });
  cpSync(from, place, { recursive: true });
}

function flip(path: string, offset: number, bit = 0): void {
  const content = readFileSync(path);
  content[offset] = (content[offset] as number) ^ (1 << bit);
  writeFileSync(path, content);
}

/** Head and dropped bytes after opening and checking everything, or the error's code and details. */
async function openAndCheck(options: Omit<DurableDatabaseOptions, "directory"> = {}): Promise<unknown> {
  try {
    const database = await openDurableDatabase({ directory: place, stateStore, ...options });
    try {
      const faults = faultsOf(database);
      const { head } = database;
      const dropped = database.recovered.tornTail?.droppedBytes ?? 0;
      const value = Buffer.from(database.get(bytes("k")) ?? []).toString();
      return { head, dropped, value, faults };
    } finally {
      await database.close();
    }
  } catch (error) {
    if (!isTriremeError(error)) throw error;
    return { code: error.code, details: error.details };
  }
}

const whole = (head: number, dropped: number): unknown => ({ head: BigInt(head), dropped, value: String(head), faults: [] });
const damage = (file: string, offset: number, record: number): unknown => ({
  code: "DATABASE_CORRUPT",
  details: { file, offset, record: BigInt(record) },
});

beforeAll(() => makeTemplate(template));

describe.each<StateStoreKind>(["lmdb", "memory"])("a damaged log, the state in %s", (kind) => {
  beforeAll(() => {
    stateStore = kind;
  });
  afterAll(() => {
    stateStore = "lmdb";
  });

  test("cut at every byte of its last three records: opens at the last whole block", async () => {
    const end = offsets[count] as number;
    for (let cut = offsets[count - 3] as number; cut <= end; cut++) {
      restore();
      truncateSync(firstSegment, cut);
      const last = offsets.findLastIndex((offset) => offset <= cut);
      expect(await openAndCheck(), `cut at ${cut}`).toEqual(whole(last - 1, cut - (offsets[last] as number)));
      expect(statSync(firstSegment).size, `cut at ${cut}`).toBe(offsets[last]);
    }
  });

  test("one flipped bit in every byte of its last three records: the last is cut off, in the others the damage is named", async () => {
    const end = offsets[count] as number;
    for (let at = offsets[count - 3] as number; at < end; at++) {
      restore();
      flip(firstSegment, at, at % 8);
      const record = offsets.findLastIndex((offset) => offset <= at);
      const offset = offsets[record] as number;
      const expected = record === count - 1 ? whole(record - 1, end - offset) : damage(firstSegment, offset, record);
      expect(await openAndCheck(), `flipped at ${at}`).toEqual(expected);
    }
  });

  test("every flipped byte of a segment's header is named", async () => {
    for (let at = 0; at < 32; at++) {
      restore();
      flip(firstSegment, at);
      expect(await openAndCheck(), `flipped at ${at}`).toMatchObject({ code: "DATABASE_CORRUPT", details: { file: firstSegment } });
    }
  });

  test("zeros or stray bytes behind the last record are cut off", async () => {
    for (const tail of [new Uint8Array(5_000), new Uint8Array(77).fill(0xa5)]) {
      restore();
      const end = offsets[count] as number;
      writeFileSync(firstSegment, Buffer.concat([readFileSync(firstSegment), tail]));
      expect(await openAndCheck()).toEqual(whole(count - 1, tail.length));
      expect(statSync(firstSegment).size).toBe(end);
    }
  });

  test("records of one group that never was durable are cut off together", async () => {
    restore();
    const database = await openDurableDatabase({ directory: place, stateStore });
    // The first goes to the disk alone, the others together after it.
    await Promise.all([8n, 9n, 10n].map((number) => database.append(smallBlock(number, String(number)))));
    const log = readFileSync(firstSegment);
    await database.close();
    restore();
    writeFileSync(firstSegment, log);
    expect(await openAndCheck()).toEqual(whole(10, 0));
    const second = 2 * (offsets[count] as number) - (offsets[count - 1] as number);
    restore();
    writeFileSync(firstSegment, log);
    flip(firstSegment, second + 60);
    expect(await openAndCheck()).toEqual(whole(8, log.length - second));
    restore();
    writeFileSync(firstSegment, log);
    flip(firstSegment, second - 1);
    expect(await openAndCheck()).toEqual(damage(firstSegment, offsets[count] as number, count));
  });

  test("in older segments: a missing one, a cut one, a flipped byte", async () => {
    const segmented = join(root, "segmented");
    await makeTemplate(segmented, { segmentBytes: 200 });
    const segments = readdirSync(segmented).filter((name) => name.endsWith(".log"));
    expect(segments.length).toBeGreaterThan(3);
    restore(segmented);
    expect(await openAndCheck()).toEqual(whole(count - 1, 0));

    const middle = join(place, segments.at(-2) as string);
    restore(segmented);
    rmSync(middle);
    expect(await openAndCheck()).toMatchObject({ code: "DATABASE_CORRUPT", details: { file: middle } });
    restore(segmented);
    truncateSync(middle, statSync(middle).size - 1);
    expect(await openAndCheck()).toMatchObject({ code: "DATABASE_CORRUPT", details: { file: middle } });
    restore(segmented);
    flip(middle, statSync(middle).size - 1);
    expect(await openAndCheck()).toMatchObject({ code: "DATABASE_CORRUPT", details: { file: middle } });

    // A segment that was being created: its header is not whole, and nothing can be in it.
    restore(segmented);
    const next = join(place, `blocks-${String(segments.length + 1).padStart(8, "0")}.log`);
    writeFileSync(next, new Uint8Array(10));
    expect(await openAndCheck()).toEqual(whole(count - 1, 10));
    expect(existsSync(next)).toBe(false);
    await makeTemplate(join(root, "again"));
  });
});

describe("what was flushed", () => {
  test("damage below what was flushed is named, by opening or by reading", async () => {
    for (const at of [offsets[1] as number, (offsets[2] as number) + 40, (offsets[4] as number) - 1]) {
      restore();
      flip(firstSegment, at);
      const record = offsets.findLastIndex((offset) => offset <= at);
      expect(await openAndCheck()).toEqual(damage(firstSegment, offsets[record] as number, record));
    }
    restore();
    flip(firstSegment, (offsets[1] as number) + 50);
    const database = await openDurableDatabase({ directory: place, verifiedBlocks: 1 });
    expect(database.getBlock(0n)).toEqual(smallBlock(0n, "0"));
    expect(() => database.getBlock(1n)).toThrow(`${firstSegment} is damaged at offset ${offsets[1]}, record 1`);
    await database.close();
  });

  test("a log cut below what was flushed is named", async () => {
    for (const cut of [0, 20, 32, offsets[2] as number, (offsets[flushed] as number) - 1]) {
      restore();
      truncateSync(firstSegment, cut);
      expect(await openAndCheck(), `cut at ${cut}`).toMatchObject({ code: "DATABASE_CORRUPT", details: { file: firstSegment } });
    }
    restore();
    rmSync(firstSegment);
    expect(await openAndCheck()).toMatchObject({ code: "DATABASE_CORRUPT", details: { file: firstSegment } });
  });

  test("without LMDB everything is built anew from the log", async () => {
    restore();
    rmSync(join(place, "state"), { recursive: true });
    const database = await openDurableDatabase({ directory: place });
    expect([database.head, database.recovered.rebuilt, database.recovered.appliedRecords, faultsOf(database)]).toEqual([
      7n,
      true,
      count,
      [],
    ]);
    await database.close();
    expect(await openAndCheck()).toEqual(whole(count - 1, 0));
  });
});

describe("damage elsewhere", () => {
  test("a flipped byte in a value that LMDB holds is named when it is read", async () => {
    restore();
    const database = await openDurableDatabase({ directory: place });
    await database.append({
      ...smallBlock(8n, "8"),
      diff: { entries: [{ key: bytes("long"), value: bytes("a value to be found again") }] },
    });
    await database.close();
    const data = join(place, "state", "data.mdb");
    const content = readFileSync(data);
    for (let at = content.indexOf("to be found"); at !== -1; at = content.indexOf("to be found", at + 1)) content[at] = 0x54;
    writeFileSync(data, content);
    const again = await openDurableDatabase({ directory: place });
    expect(() => again.get(bytes("long"))).toThrow(/state is damaged: .* remove that folder and open again/);
    expect(() => [...again.entries(bytes("l"))]).toThrow(/is damaged/);
    await again.close();
    rmSync(join(place, "state"), { recursive: true });
    const rebuilt = await openDurableDatabase({ directory: place });
    expect(rebuilt.get(bytes("long"))).toEqual(bytes("a value to be found again"));
    await rebuilt.close();
  });

  test("an LMDB file that is none, of another version, or cut at any page is named, with the way out", async () => {
    const state = join(place, "state");
    const file = join(state, "data.mdb");
    const wayOut = /place\/state(?: is damaged)?: .* remove that folder and open again, it is then built anew from the block log$/;
    const refused = async (): Promise<void> => {
      await expect(openDurableDatabase({ directory: place })).rejects.toMatchObject({
        code: "DATABASE_CORRUPT",
        message: expect.stringMatching(
          /place\/state(?: is damaged)?: .* remove that folder and open again, it is then built anew from the block log$/,
        ),
        details: { file: state },
      });
    };
    restore();
    writeFileSync(file, new Uint8Array(8_192).fill(7));
    await refused();
    restore();
    flip(file, 28);
    await refused();
    restore();
    const content = readFileSync(file);
    const pageSize = content.readUInt32LE(48);
    flip(file, pageSize + 151, 7);
    await refused();
    const pages = content.length / pageSize;
    let named = 0;
    for (let page = 1; page < pages; page++) {
      restore();
      truncateSync(file, page * pageSize + 1);
      try {
        const database = await openDurableDatabase({ directory: place });
        // What is unused need not be there; what only writing uses is found damaged by the flush of closing.
        expect([database.head, faultsOf(database)], `cut at page ${page}`).toEqual([7n, []]);
        await database.close();
      } catch (error) {
        expect(String(error), `cut at page ${page}`).toMatch(wayOut);
        named++;
      }
    }
    expect(named).toBeGreaterThan(2);
  });

  test("every flipped byte of the manifest is named", async () => {
    const manifest = join(template, "manifest");
    for (let at = 0; at < statSync(manifest).size; at++) {
      restore();
      flip(join(place, "manifest"), at);
      expect(await openAndCheck(), `flipped at ${at}`).toEqual({ code: "DATABASE_CORRUPT", details: { file: join(place, "manifest") } });
    }
    restore();
    rmSync(join(place, "manifest"));
    expect(await openAndCheck()).toMatchObject({ code: "DATABASE_CORRUPT" });
  });
});
