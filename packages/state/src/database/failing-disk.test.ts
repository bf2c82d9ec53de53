import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { TriremeError } from "@trireme/core";
import { afterAll, describe, expect, test } from "vitest";
import { openDurableDatabase, type DurableDatabase } from "./durable-database.ts";
import { realLogFiles, type LogFile, type LogFiles } from "./log-files.ts";
import { blockRecord, bytes, countingBlock, faultsOf } from "./sample-block.mts";

const root = mkdtempSync(join(tmpdir(), "trireme-disk-"));
afterAll(() => rmSync(root, { recursive: true }));

/** The real disk, until `faults` says otherwise: files are written and synced in truth. */
function faultyFiles(faults: { write?: (file: LogFile, bytes: Uint8Array, position: number) => void; sync?: () => void }): LogFiles {
  return {
    async open(path, flags) {
      const file = await realLogFiles.open(path, flags);
      return {
        write: (bytes, position) => (faults.write === undefined ? file.write(bytes, position) : faults.write(file, bytes, position)),
        async sync() {
          faults.sync?.();
          await file.sync();
        },
        close: () => file.close(),
      };
    },
  };
}

const systemError = (code: string, message: string): Error => Object.assign(new Error(`${code}: ${message}`), { code });

/** Nothing can be appended to it, everything can be read. */
async function expectReadOnly(database: DurableDatabase, head: bigint, told: readonly TriremeError[]): Promise<void> {
  expect(told).toEqual([database.failure]);
  await expect(database.append(countingBlock(database, "late", 1))).rejects.toBe(database.failure);
  await expect(database.rewind(0n)).rejects.toBe(database.failure);
  expect(database.durableHead).toBe(head);
  expect(database.getBlock(0n)).toEqual(blockRecord(0n, { a: "0" }));
  expect(database.get(bytes("a"))).toBeDefined();
}

describe("a disk that fails", () => {
  test("fdatasync: the append rejects, it is not tried again, reads still work", async () => {
    const directory = join(root, "sync");
    const faults: Parameters<typeof faultyFiles>[0] = {};
    const told: TriremeError[] = [];
    const database = await openDurableDatabase({ directory, files: faultyFiles(faults), onFailure: (error) => told.push(error) });
    await database.append(blockRecord(0n, { a: "0" }));
    let syncs = 0;
    faults.sync = () => {
      syncs++;
      throw systemError("EIO", "i/o error, fdatasync");
    };
    const failing = [database.append(blockRecord(1n, { a: "1" })), database.append(blockRecord(2n, { a: "2" }))];
    for (const append of failing) {
      await expect(append).rejects.toMatchObject({
        code: "DATABASE_WRITE_FAILED",
        message: expect.stringMatching(
          /^could not make record 1 durable in .*blocks-00000001\.log at offset \d+: EIO: i\/o error, fdatasync$/,
        ),
      });
    }
    await expectReadOnly(database, 0n, told);
    await expect(database.flush()).rejects.toBe(database.failure);
    await database.close();
    expect(syncs).toBe(1);
    const again = await openDurableDatabase({ directory });
    expect(faultsOf(again)).toEqual([]);
    expect(again.head).toBeGreaterThanOrEqual(0n);
    await again.close();
  });

  test("a write that stops half way: the whole blocks are there again", async () => {
    const directory = join(root, "write");
    const faults: Parameters<typeof faultyFiles>[0] = {};
    const told: TriremeError[] = [];
    const database = await openDurableDatabase({ directory, files: faultyFiles(faults), onFailure: (error) => told.push(error) });
    await database.append(blockRecord(0n, { a: "0" }));
    faults.write = (file, bytes, position) => {
      file.write(bytes.subarray(0, bytes.length >> 1), position);
      throw systemError("ENOSPC", "no space left on device, write");
    };
    const first = database.append(blockRecord(1n, { a: "1" }));
    await expect(first).rejects.toMatchObject({ code: "DATABASE_WRITE_FAILED", message: expect.stringContaining("ENOSPC") });
    await expectReadOnly(database, 0n, told);
    await Promise.all([database.close(), database.close()]);
    const again = await openDurableDatabase({ directory });
    expect([again.head, again.recovered.tornTail?.offset, faultsOf(again)]).toEqual([0n, expect.any(Number), []]);
    await again.append(blockRecord(1n, { a: "1" }));
    await again.close();
  });

  test("a group commit shares one fdatasync", async () => {
    let syncs = 0;
    const files = faultyFiles({ sync: () => syncs++ });
    const database = await openDurableDatabase({ directory: join(root, "group"), files });
    await database.append(blockRecord(0n));
    const before = syncs;
    await Promise.all(Array.from({ length: 50 }, (_, index) => database.append(blockRecord(BigInt(index + 1)))));
    // The first goes alone, the others while its fdatasync is under way.
    expect(syncs - before).toBe(2);
    await database.close();
  });

  test("a full disk, for the log or for LMDB, whichever comes first", async (context) => {
    for (const [name, flushEveryBlocks] of [
      ["full-log", 1_000],
      ["full-lmdb", 1],
    ] as const) {
      const mount = join(root, name);
      mkdirSync(mount);
      try {
        execFileSync("/usr/bin/mount", ["-t", "tmpfs", "-o", "size=700k", "tmpfs", mount], { stdio: "ignore" });
      } catch {
        console.log("SKIPPED a full disk: no right to mount a small one");
        context.skip();
      }
      try {
        const directory = join(mount, "data");
        const told: TriremeError[] = [];
        const database = await openDurableDatabase({ directory, flushEveryBlocks, onFailure: (error) => told.push(error) });
        await database.append(blockRecord(0n, { a: "0" }));
        let acknowledged = 0n;
        let failure: unknown;
        while (failure === undefined) {
          try {
            const block = countingBlock(database, "x".repeat(200), 20);
            await database.append(block);
            acknowledged = block.number;
          } catch (error) {
            failure = error;
          }
        }
        expect(failure).toMatchObject({ code: "DATABASE_WRITE_FAILED", message: expect.stringMatching(/no space left on device/i) });
        await expectReadOnly(database, acknowledged, told);
        await database.close();

        const roomy = join(root, `${name}-copy`);
        cpSync(directory, roomy, { recursive: true });
        const again = await openDurableDatabase({ directory: roomy });
        expect(again.head).toBeGreaterThanOrEqual(acknowledged);
        expect(faultsOf(again)).toEqual([]);
        await again.close();
      } finally {
        execFileSync("/usr/bin/umount", [mount]);
      }
    }
  });
});
