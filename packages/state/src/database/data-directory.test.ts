import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { crc32 } from "node:zlib";
import { afterAll, describe, expect, test } from "vitest";
import { lockDirectory } from "./directory-lock.ts";
import { openDurableDatabase } from "./durable-database.ts";
import { openDurableReader } from "./durable-reader.ts";
import { blockRecord, bytes, hashOf, textEntries } from "./sample-block.mts";

const root = mkdtempSync(join(tmpdir(), "trireme-directory-"));
afterAll(() => rmSync(root, { recursive: true }));

describe("data directory", () => {
  test("it is made where it is missing, and holds a lock only while it is open", async () => {
    const directory = join(root, "new", "deep");
    const database = await openDurableDatabase({ directory });
    await expect(openDurableDatabase({ directory })).rejects.toMatchObject({
      code: "DATABASE_LOCKED",
      message: `${directory} is in use by this process ${process.pid}`,
    });
    await database.close();
    expect(readdirSync(directory).sort()).toEqual(["manifest", "state"]);
    await (await openDurableDatabase({ directory })).close();
  });

  test("the lock of a dead process is taken over, also one that a power cut left empty", () => {
    const directory = join(root, "lock");
    mkdirSync(directory);
    const lock = join(directory, "LOCK");
    const nonce = "00000000-0000-4000-8000-000000000000";
    // No process has a pid beyond Linux's limit of 2^22; this process started at another time than that one says.
    for (const [content, pid] of [
      [{ pid: 4_194_305, started: "", nonce }, 4_194_305],
      [{ pid: process.pid, started: "another boot/1", nonce }, process.platform === "linux" ? process.pid : undefined],
      ["", 0],
    ] as const) {
      if (pid === undefined) continue;
      writeFileSync(lock, content === "" ? "" : JSON.stringify(content));
      const held = lockDirectory(directory);
      expect(held.takenOverFrom).toBe(pid);
      expect(() => lockDirectory(directory)).toThrow(/in use by this process/);
      held.release();
      held.release();
      expect(readdirSync(directory)).toEqual([]);
    }
  });

  test("a place that cannot be a directory is one error", async () => {
    const file = join(root, "file");
    writeFileSync(file, "");
    await expect(openDurableDatabase({ directory: join(file, "data") })).rejects.toMatchObject({
      code: "DATABASE_WRITE_FAILED",
      message: expect.stringContaining(`could not open the database in ${join(file, "data")}: ENOTDIR`),
    });
  });

  test("another format version is refused with both versions", async () => {
    const directory = join(root, "format");
    await (await openDurableDatabase({ directory })).close();
    const lines = "trireme data directory, format 7\n-\n";
    writeFileSync(join(directory, "manifest"), `${lines}${crc32(lines).toString(16).padStart(8, "0")}\n`);
    await expect(openDurableDatabase({ directory })).rejects.toMatchObject({
      code: "DATABASE_FORMAT",
      message: `${join(directory, "manifest")} says format 7, this version reads format 3`,
      details: { found: 7, expected: 3 },
    });
    expect(existsSync(join(directory, "LOCK"))).toBe(false);
  });

  test("another chain or genesis is refused; the first identity given stays", async () => {
    const directory = join(root, "identity");
    const identity = { chainId: 7n, genesisHash: hashOf("genesis") };
    const plain = await openDurableDatabase({ directory });
    expect(plain.identity).toBeUndefined();
    await plain.close();
    const first = await openDurableDatabase({ directory, identity });
    expect(first.identity).toEqual(identity);
    await first.close();
    for (const other of [
      { ...identity, chainId: 8n },
      { ...identity, genesisHash: hashOf("another") },
    ]) {
      await expect(openDurableDatabase({ directory, identity: other })).rejects.toMatchObject({ code: "GENESIS_MISMATCH" });
    }
    const again = await openDurableDatabase({ directory });
    expect(again.identity).toEqual(identity);
    await again.close();
  });

  test("a reader sees one flush until it is told to look again", async () => {
    const directory = join(root, "reader");
    const database = await openDurableDatabase({ directory });
    await database.append(blockRecord(0n, { a: "0", b: "0" }));
    await database.flush();
    const reader = await openDurableReader(directory);
    await database.append(blockRecord(1n, { a: "1", c: "1" }));
    await database.flush();
    expect([reader.head, reader.get(bytes("a")), textEntries(reader)]).toEqual([
      0n,
      bytes("0"),
      [
        ["a", "0"],
        ["b", "0"],
      ],
    ]);
    reader.refresh();
    expect([reader.head, reader.get(bytes("a")), reader.get(bytes("x"))]).toEqual([1n, bytes("1"), undefined]);
    await reader.close();
    await database.append(blockRecord(2n, { a: "2" }));
    await database.flush();
    expect(database.get(bytes("a"))).toEqual(bytes("2"));
    await database.close();
    await expect(openDurableReader(join(root, "nowhere"))).rejects.toMatchObject({ code: "DATABASE_CORRUPT" });
  });

  test("another thread reads flushed state synchronously while this one writes", async () => {
    const directory = join(root, "thread");
    const database = await openDurableDatabase({ directory, flushEveryBlocks: 2 });
    await database.append(blockRecord(0n, { a: "0", n: "0" }));
    await database.flush();
    const result = new Int32Array(new SharedArrayBuffer(12));
    // A worker's own entry is not loaded through tsx on every Node release, what it imports is.
    const script = JSON.stringify(new URL("./reader-thread.mts", import.meta.url).href);
    const worker = new Worker(`import("tsx/esm/api").then(({ register }) => (register(), import(${script})))`, {
      eval: true,
      workerData: { directory, result },
      execArgv: ["--conditions=source"],
    });
    const done = new Promise<void>((resolve, reject) => {
      worker.on("error", (error) => {
        Atomics.store(result, 0, 1);
        reject(error);
      });
      worker.on("exit", () => resolve());
    });
    for (let number = 1n; Atomics.load(result, 0) === 0; number++) {
      await database.append(blockRecord(number, { n: String(number) }, { n: String(number - 1n) }));
    }
    await done;
    expect([...result]).toEqual([1, 0, 1]);
    await database.close();
  });

  test("entries that are being walked through are not disturbed by a flush", async () => {
    const directory = join(root, "walk");
    const database = await openDurableDatabase({ directory, flushEveryBlocks: 1_000 });
    const keys = Array.from({ length: 300 }, (_, index) => `k${String(index).padStart(3, "0")}`);
    await database.append(blockRecord(0n, Object.fromEntries(keys.slice(0, 150).map((key) => [key, "0"]))));
    await database.flush();
    await database.append(blockRecord(1n, Object.fromEntries(keys.slice(100).map((key) => [key, "1"]))));
    const seen: string[] = [];
    for (const [key] of database.entries(bytes("k"))) {
      seen.push(Buffer.from(key).toString());
      if (seen.length === 50) {
        await database.append(blockRecord(2n, { k0000: "late", k299: "late" }));
        await database.flush();
      }
    }
    expect(seen).toEqual(keys);
    expect(textEntries(database, "k0000")).toEqual([["k0000", "late"]]);
    await database.close();
    expect(readFileSync(join(directory, "manifest"), "utf8")).toMatch(/^trireme data directory, format 3\n-\n/);
  });
});
