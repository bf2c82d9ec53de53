import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createAddress } from "@trireme/core";
import { createMemoryDatabase, openDurableDatabase, type Database } from "@trireme/state";
import { afterEach, describe, expect, it } from "vitest";
import {
  alice,
  bob,
  counterCode,
  createTestChain,
  ether,
  hex,
  initCodeFor,
  refusal,
  signed,
  submitted,
  testDefinition,
  word,
} from "./chain-fixture.mts";
import type { Chain } from "./chain.ts";
import { createChain } from "./create-chain.ts";
import { replayChain } from "./replay/replay-chain.ts";

const directories: string[] = [];
afterEach(() => {
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true });
});

async function populate(chain: Chain): Promise<void> {
  await submitted(chain, signed(alice, { data: initCodeFor(counterCode) }));
  await chain.dev?.setBalance(bob.address, 5n * ether);
  await submitted(chain, signed(alice, { nonce: 1n, to: createAddress(alice.address, 0n), gasLimit: 100_000n }));
  await chain.dev?.mine(3, 12n);
  await submitted(chain, signed(bob, { to: alice.address, value: 1n }));
}

async function summary(chain: Chain): Promise<unknown> {
  const blocks = [];
  for (let number = 0n; number <= chain.head.header.number; number++)
    blocks.push([await chain.getBlock(number), await chain.getReceipts(number)]);
  const accounts = await Promise.all(
    [alice.address, bob.address, createAddress(alice.address, 0n)].map((address) => chain.getAccount(address)),
  );
  const slot = (await chain.stateAt(2n))?.getStorageAt(createAddress(alice.address, 0n), word(0n));
  return { blocks, accounts, slot };
}

describe("a chain on disk", () => {
  it("is the same after it was opened again, goes on, and replays", async () => {
    const directory = mkdtempSync(join(tmpdir(), "trireme-chain-"));
    directories.push(directory);
    const first = await createTestChain({}, { database: await openDurableDatabase({ directory }) });
    await populate(first);
    const before = await summary(first);
    await first.close();

    const database = await openDurableDatabase({ directory });
    const second = await createTestChain({}, { database });
    expect(await summary(second)).toEqual(before);
    expect(second.head.header.number).toBe(6n);
    await submitted(second, signed(bob, { to: alice.address, nonce: 1n }));
    expect(second.head.header.number).toBe(7n);
    expect(await replayChain(testDefinition(), database)).toEqual({ blocks: 8, difference: undefined });
    await second.close();
  });
});

describe("the database's identity", () => {
  it("is the genesis block", async () => {
    const database = createMemoryDatabase();
    await createTestChain({}, { database });
    const other = testDefinition({ genesis: { timestamp: 1 } });
    await expect(createChain(other, { database })).rejects.toMatchObject({ code: "GENESIS_MISMATCH" });
    expect(await replayChain(other, database)).toMatchObject({ blocks: 0, difference: { field: "genesis" } });
  });
});

describe("a write that fails", () => {
  /** A memory database whose disk is full after `records` records. */
  function fullAfter(records: number): Database {
    const memory = createMemoryDatabase();
    let written = 0;
    return Object.assign(Object.create(memory) as Database, {
      append: async (record: Parameters<Database["append"]>[0]) => {
        if (written++ >= records) throw new Error("ENOSPC: no space left on device");
        return memory.append(record);
      },
    });
  }

  it("stops the chain: nothing more is taken, reads go on", async () => {
    const chain = await createTestChain({}, { database: fullAfter(2) });
    const hash = await submitted(chain, signed(alice, { to: bob.address, value: 1n }));
    const head = chain.head;
    const events: unknown[] = [];
    chain.subscribe((event) => events.push(event.kind));
    expect(await chain.submit(signed(alice, { to: bob.address, nonce: 1n, value: 1n }))).toEqual({
      kind: "rejected",
      error: { code: "DATABASE_WRITE_FAILED", message: "the chain has stopped: ENOSPC: no space left on device" },
    });
    expect(await refusal(chain, signed(alice, { to: bob.address, nonce: 2n }))).toBe("DATABASE_WRITE_FAILED");
    await expect(chain.dev?.mine()).rejects.toMatchObject({ code: "DATABASE_WRITE_FAILED" });
    await expect(chain.dev?.setBalance(bob.address, 1n)).rejects.toMatchObject({ code: "DATABASE_WRITE_FAILED" });
    expect(chain.failure?.message).toMatch("ENOSPC");
    expect(events).toEqual(["pending"]);
    expect(chain.head).toBe(head);
    expect((await chain.getReceipt(hash))?.succeeded).toBe(true);
    expect((await chain.getAccount(bob.address))?.balance).toBe(1000n * ether + 1n);
    expect(hex((await chain.call({ to: bob.address })).result.kind === "success" ? head.hash : undefined)).toBe(hex(chain.head.hash));
  });

  it("shows a block to nobody before it is durable", async () => {
    const memory = createMemoryDatabase();
    let release = (): void => {};
    const slow = Object.assign(Object.create(memory) as Database, {
      append: async (record: Parameters<Database["append"]>[0]) => {
        await memory.append(record);
        if (record.number > 0n) await new Promise<void>((resolve) => (release = resolve));
      },
    });
    const chain = await createTestChain({}, { database: slow });
    const raw = signed(alice, { to: bob.address, value: 1n });
    const events: string[] = [];
    chain.subscribe(({ kind }) => events.push(kind));
    const submission = chain.submit(raw);
    while (memory.head === 0n) await new Promise((resolve) => setImmediate(resolve));
    // The record is in the database, but not yet on the disk.
    const [pending] = chain.mempool.pending;
    expect(chain.head.header.number).toBe(0n);
    expect(await chain.getBlock(1n)).toBeUndefined();
    expect(await chain.getReceipt(pending?.hash ?? (alice.address as never))).toBeUndefined();
    expect((await chain.getAccount(bob.address))?.balance).toBe(1000n * ether);
    expect(events).toEqual(["pending"]);
    release();
    expect(await submission).toMatchObject({ kind: "accepted" });
    expect(events).toEqual(["pending", "block"]);
    expect((await chain.getAccount(bob.address))?.balance).toBe(1000n * ether + 1n);
  });
});
