import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, truncateSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleEntry } from "@trireme/testing";
import { afterAll, describe, expect, test } from "vitest";
import { openDurableDatabase } from "./durable-database.ts";
import { bytes, countingBlock, faultsOf, smallBlock } from "./sample-block.mts";

const root = mkdtempSync(join(tmpdir(), "trireme-optional-"));
afterAll(() => rmSync(root, { recursive: true }));

describe("without lmdb", () => {
  test("a directory is opened with one state store and then the other", async () => {
    const directory = join(root, "turns");
    const lmdb = await openDurableDatabase({ directory });
    expect(lmdb.stateStore).toBe("lmdb");
    for (let number = 0n; number < 4n; number++) await lmdb.append(smallBlock(number, String(number)));
    await lmdb.close();
    const data = join(directory, "state", "data.mdb");
    const before = statSync(data).mtimeMs;

    const memory = await openDurableDatabase({ directory, stateStore: "memory", flushEveryBlocks: 1 });
    expect([memory.stateStore, memory.head, memory.flushedHead]).toEqual(["memory", 3n, undefined]);
    expect(memory.recovered).toMatchObject({ appliedRecords: 4, rebuilt: true, tornTail: undefined });
    await memory.rewind(2n);
    for (let number = 3n; number < 6n; number++) await memory.append(smallBlock(number, String(number)));
    await memory.flush();
    expect([memory.flushedHead, statSync(data).mtimeMs]).toEqual([undefined, before]);
    await memory.close();

    const again = await openDurableDatabase({ directory });
    // The rewind and three blocks; the first four records were in LMDB already.
    expect(again.recovered).toMatchObject({ appliedRecords: 4, rebuilt: false });
    expect([again.head, again.get(bytes("k")), faultsOf(again)]).toEqual([5n, bytes("5"), []]);
    await again.close();
    const last = await openDurableDatabase({ directory });
    expect(last.recovered.appliedRecords).toBe(0);
    await last.close();
  });

  test("a log that was cut, and went on without LMDB, is not mixed with what LMDB has", async () => {
    const directory = join(root, "cut");
    const log = join(directory, "blocks-00000001.log");
    const lengths: number[] = [];
    const lmdb = await openDurableDatabase({ directory });
    for (let number = 0n; number < 4n; number++) {
      await lmdb.append(countingBlock(lmdb, "one branch", 2));
      lengths.push(statSync(log).size);
    }
    await lmdb.close();
    truncateSync(log, lengths[1]);
    const memory = await openDurableDatabase({ directory, stateStore: "memory" });
    expect(memory.head).toBe(1n);
    for (let count = 0; count < 4; count++) await memory.append(countingBlock(memory, "the other.", 2));
    await memory.close();
    await expect(openDurableDatabase({ directory })).rejects.toMatchObject({ code: "DATABASE_CORRUPT", details: { file: log } });
    rmSync(join(directory, "state"), { recursive: true });
    const again = await openDurableDatabase({ directory });
    expect([again.head, faultsOf(again)]).toEqual([5n, []]);
    await again.close();
  });

  test.each([
    ["the package is not installed", ["lmdb"], {}, /Cannot find package 'lmdb'/],
    ["it has no binary for the platform", [], { npm_config_arch: "pdp11" }, /No native build was found .*arch=pdp11/],
  ])("%s: the state is kept in memory, what needs LMDB says why it cannot", async (name, unresolved, environment, reason) => {
    const place = join(root, name);
    mkdirSync(place);
    const script = await bundleEntry(new URL("./optional-lmdb-child.mts", import.meta.url), place, unresolved);
    const directory = join(place, "data");
    const run = (): unknown =>
      JSON.parse(execFileSync(process.execPath, [script, directory], { encoding: "utf8", env: { ...process.env, ...environment } }));
    const refusal = expect.stringMatching(/^NOT_SUPPORTED expected the npm package lmdb with its native module, which cannot be loaded: /);
    const said = { stateStore: "memory", reader: refusal, named: refusal };
    const first = run();
    expect(first).toEqual({ ...said, heads: [0, 0, null] });
    expect(first).toMatchObject({ reader: expect.stringMatching(reason) });
    expect(run()).toEqual({ ...said, heads: [1, 1, null] });
    expect(readdirSync(directory).sort()).toEqual(["blocks-00000001.log", "manifest"]);

    const database = await openDurableDatabase({ directory });
    expect([database.stateStore, database.head, database.recovered.rebuilt, faultsOf(database)]).toEqual(["lmdb", 1n, true, []]);
    await database.close();
    expect(existsSync(join(directory, "state", "data.mdb"))).toBe(true);
  });
});
