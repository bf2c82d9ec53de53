/** What every database must do: one suite, run on each implementation. */
import type { Hash } from "@trireme/core";
import { afterEach, describe, expect, test } from "vitest";
import type { Database } from "../database.ts";
import { blockRecord, bytes, hashOf, textEntries } from "./sample-block.mts";

/** How a suite gets databases: `open` twice on the same `place` is a reopening, where the implementation has any. */
export interface DatabasePlace {
  open(): Promise<Database>;
  remove(): void;
}

/** Runs the suite on what `createPlace` makes; `survives` says whether what was closed is there when it is opened again. */
export function databaseSuite(name: string, survives: boolean, createPlace: () => DatabasePlace): void {
  describe(`database: ${name}`, () => {
    const places: { place: DatabasePlace; open: Database[] }[] = [];
    const open = async (): Promise<{ database: Database; reopen(): Promise<Database> }> => {
      const place = createPlace();
      const database = await place.open();
      const opened = [database];
      places.push({ place, open: opened });
      const reopen = async (): Promise<Database> => {
        if (!survives) return database;
        await opened.at(-1)?.close();
        const again = await place.open();
        opened.push(again);
        return again;
      };
      return { database, reopen };
    };
    afterEach(async () => {
      for (const { place, open } of places.splice(0)) {
        for (const database of open) await database.close();
        place.remove();
      }
    });

    test("an empty database has nothing", async () => {
      const { database } = await open();
      expect([database.head, database.durableHead, database.getBlock(0n), database.get(bytes("a"))]).toEqual([
        undefined,
        undefined,
        undefined,
        undefined,
      ]);
      expect(textEntries(database)).toEqual([]);
      expect(database.getBlockNumber(hashOf("block 0"))).toBeUndefined();
      expect(database.getTransactionLocation(hashOf("x"))).toBeUndefined();
      await expect(database.rewind(0n)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    });

    test("a record is readable at once, and durable when append resolves", async () => {
      const { database } = await open();
      const record = blockRecord(0n, { a: "1", b: "" });
      const durable = database.append(record);
      expect(database.head).toBe(0n);
      expect(database.getBlock(0n)).toEqual(record);
      expect(database.get(bytes("a"))).toEqual(bytes("1"));
      expect(database.get(bytes("b"))).toEqual(bytes(""));
      expect(database.getBlockNumber(record.hash)).toBe(0n);
      expect(database.getTransactionLocation(record.transactionHashes[1] as Hash)).toEqual({ blockNumber: 0n, index: 1 });
      expect(database.getTransactionLocation(record.aliases?.[0]?.key as Hash)).toEqual({ blockNumber: 0n, index: 1 });
      await durable;
      expect(database.durableHead).toBe(0n);
    });

    test("later diffs win, undefined removes, entries come in key order under their prefix", async () => {
      const { database } = await open();
      await Promise.all([
        database.append(blockRecord(0n, { aa: "0", ab: "0", b: "0", c: "0" })),
        database.append(blockRecord(1n, { ab: "1", b: undefined, "a\u0000": "1" })),
        database.append(blockRecord(2n, { aa: undefined, ac: "2", d: "2" })),
      ]);
      expect(textEntries(database, "a")).toEqual([
        ["a\u0000", "1"],
        ["ab", "1"],
        ["ac", "2"],
      ]);
      expect(textEntries(database).map(([key]) => key)).toEqual(["a\u0000", "ab", "ac", "c", "d"]);
      expect(textEntries(database, "zz")).toEqual([]);
    });

    test("keys of any bytes keep byte order", async () => {
      const { database } = await open();
      const keys = [
        Uint8Array.of(0),
        Uint8Array.of(0, 0),
        Uint8Array.of(0x7f, 0xff),
        Uint8Array.of(0x80),
        Uint8Array.of(0xff),
        Uint8Array.of(0xff, 0xff, 1),
      ];
      await database.append({ ...blockRecord(0n), diff: { entries: keys.map((key) => ({ key, value: key })) } });
      expect([...database.entries(new Uint8Array(0))].map(([key]) => key)).toEqual(keys);
      expect([...database.entries(Uint8Array.of(0xff))].map(([key]) => key)).toEqual(keys.slice(4));
    });

    test("what does not follow the head is refused and leaves no trace", async () => {
      const { database } = await open();
      await database.append(blockRecord(5n, { a: "5" }));
      const wrong = [
        blockRecord(5n, { a: "x" }),
        blockRecord(7n, { a: "x" }),
        blockRecord(6n, { a: "x" }, {}, { name: "", parent: "other" }),
      ];
      for (const record of wrong) await expect(database.append(record)).rejects.toMatchObject({ code: "INVALID_BLOCK" });
      await expect(database.append({ ...blockRecord(6n), transactionHashes: [] })).rejects.toMatchObject({ code: "INVALID_BLOCK" });
      await expect(
        database.append({ ...blockRecord(6n), diff: { entries: [{ key: new Uint8Array(0), value: undefined }] } }),
      ).rejects.toMatchObject({ code: "INVALID_BLOCK" });
      expect([database.head, textEntries(database)]).toEqual([5n, [["a", "5"]]]);
      await database.append(blockRecord(6n, { a: "6" }));
      expect([database.head, database.getBlock(4n), database.getBlock(7n)]).toEqual([6n, undefined, undefined]);
    });

    test("rewind undoes state and index, and another branch takes the place", async () => {
      const { database, reopen } = await open();
      await database.append(blockRecord(0n, { a: "0" }));
      await database.append(blockRecord(1n, { a: "1", b: "1" }, { a: "0", b: undefined }));
      await database.append(blockRecord(2n, { a: "2", c: "2" }, { a: "1", c: undefined }));
      await expect(database.rewind(3n)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
      await database.rewind(2n);
      expect(database.head).toBe(2n);
      await database.rewind(0n);
      const dropped = blockRecord(1n);
      expect([database.head, database.durableHead, textEntries(database)]).toEqual([0n, 0n, [["a", "0"]]]);
      expect([database.getBlock(1n), database.getBlockNumber(dropped.hash)]).toEqual([undefined, undefined]);
      expect(database.getTransactionLocation(dropped.transactionHashes[0] as Hash)).toBeUndefined();
      expect(database.getTransactionLocation(dropped.aliases?.[0]?.key as Hash)).toBeUndefined();

      const branch = blockRecord(1n, { d: "other" }, { d: undefined }, { name: "'", parent: "" });
      await database.append(branch);
      const check = (opened: Database): void => {
        expect([opened.head, opened.durableHead]).toEqual([1n, 1n]);
        expect(textEntries(opened)).toEqual([
          ["a", "0"],
          ["d", "other"],
        ]);
        expect([opened.getBlock(1n), opened.getBlock(2n)]).toEqual([branch, undefined]);
        expect([opened.getBlockNumber(branch.hash), opened.getBlockNumber(dropped.hash)]).toEqual([1n, undefined]);
      };
      check(database);
      check(await reopen());
    });

    test("everything is there again after closing and opening", async () => {
      const { database, reopen } = await open();
      const records = Array.from({ length: 20 }, (_, index) => blockRecord(BigInt(index), { [`k${index % 7}`]: `${index}` }));
      for (const record of records) await database.append(record);
      const again = await reopen();
      expect([again.head, again.durableHead]).toEqual([19n, 19n]);
      for (const record of records) {
        expect(again.getBlock(record.number)).toEqual(record);
        expect(again.getBlockNumber(record.hash)).toBe(record.number);
        expect(again.getTransactionLocation(record.transactionHashes[1] as Hash)).toEqual({ blockNumber: record.number, index: 1 });
      }
      expect(textEntries(again)).toEqual(["14", "15", "16", "17", "18", "19", "13"].map((value, key) => [`k${key}`, value]));
      await again.append(blockRecord(20n, { k0: "20" }));
      expect(again.get(bytes("k0"))).toEqual(bytes("20"));
    });

    test("close may be called twice, and nothing works after it", async () => {
      const { database } = await open();
      await database.append(blockRecord(0n));
      await Promise.all([database.close(), database.close()]);
      await database.close();
      expect(() => database.get(bytes("a"))).toThrow(/closed/);
      expect(() => database.getBlock(0n)).toThrow(/closed/);
      await expect(database.append(blockRecord(1n))).rejects.toThrow(/closed/);
      await expect(database.rewind(0n)).rejects.toThrow(/closed/);
    });
  });
}
