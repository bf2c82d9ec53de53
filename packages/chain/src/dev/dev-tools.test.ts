import { createAddress, type Address } from "@trireme/core";
import { encodeImpersonatedTransaction } from "@trireme/ethereum";
import { createMemoryDatabase } from "@trireme/state";
import { describe, expect, it } from "vitest";
import type { Chain, ChainDevTools, ChainEvent } from "../chain.ts";
import {
  alice,
  bob,
  carol,
  counterCode,
  createTestChain,
  ether,
  gwei,
  hex,
  initCodeFor,
  refusal,
  signed,
  submitted,
  testDefinition,
  word,
} from "../chain-fixture.mts";
import { replayChain } from "../replay/replay-chain.ts";
import { unsignedTransaction } from "./unsigned-transaction.ts";

async function devChain(options: Parameters<typeof createTestChain>[0] = {}): Promise<{ chain: Chain; dev: ChainDevTools }> {
  const chain = await createTestChain(options);
  if (chain.dev === undefined) throw new Error("expected a development chain");
  return { chain, dev: chain.dev };
}

it("are there on development chains only", async () => {
  const chain = await createTestChain({ dev: false });
  expect(chain.dev).toBeUndefined();
  await chain.close();
});

describe("mutations", () => {
  it("show at once at the head, and nowhere before; the next block commits them", async () => {
    const database = createMemoryDatabase();
    const chain = await createTestChain({ mining: { kind: "manual" } }, { database });
    const dev = chain.dev as ChainDevTools;
    await dev.mine();
    const root = hex(chain.head.header.stateRoot);
    await dev.setBalance(bob.address, 1n);
    await dev.setNonce(bob.address, 9n);
    await dev.setCode(carol.address, counterCode);
    await dev.setStorageAt(carol.address, word(0n), word(6n));
    const look = async (tag: bigint | "latest" | "pending") => ({
      balance: (await chain.getAccount(bob.address, tag))?.balance,
      nonce: (await chain.getAccount(bob.address, tag))?.nonce,
      code: hex((await chain.stateAt(tag))?.getCodeAt(carol.address)),
      slot: hex((await chain.stateAt(tag))?.getStorageAt(carol.address, word(0n))),
    });
    const before = { balance: 1000n * ether, nonce: 0n, code: "0x", slot: hex(word(0n)) };
    const after = { balance: 1n, nonce: 9n, code: hex(counterCode), slot: hex(word(6n)) };
    expect(await look("latest")).toEqual(after);
    expect(await look("pending")).toEqual(after);
    expect(await look(0n)).toEqual(before);
    expect((await chain.call({ to: carol.address })).result).toMatchObject({ output: word(7n) });
    expect(hex(chain.head.header.stateRoot)).toBe(root);
    await dev.mine();
    expect(await look("latest")).toEqual(after);
    expect(await look(1n)).toEqual(before);
    expect(hex(chain.head.header.stateRoot)).not.toBe(root);
    expect(await replayChain(testDefinition({ mining: { kind: "manual" } }), database)).toEqual({ blocks: 3, difference: undefined });
    await chain.close();
  });

  it("are checked", async () => {
    const { chain, dev } = await devChain();
    await expect(dev.setBalance(bob.address, -1n)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(dev.setNonce(bob.address, 1n << 64n)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(dev.setStorageAt(bob.address, Uint8Array.of(1), word(1n))).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(dev.mine(0)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await chain.close();
  });
});

describe("snapshots", () => {
  it("bring back blocks, state, mempool, mutations and time, and are used up", async () => {
    const { chain, dev } = await devChain();
    await submitted(chain, signed(alice, { to: bob.address, value: 1n }));
    const waiting = await submitted(chain, signed(carol, { to: bob.address, nonce: 1n }));
    await dev.setBalance(carol.address, 3n * ether);
    const snapshotHead = chain.head;
    const id = await dev.snapshot();
    const later = await dev.snapshot();

    const undone = await submitted(chain, signed(alice, { to: bob.address, value: 2n, nonce: 1n }));
    await dev.setBalance(bob.address, 0n);
    await dev.mine(2, 100n);
    dev.dropTransaction(waiting);
    const events: ChainEvent[] = [];
    chain.subscribe((event) => events.push(event));
    expect(await dev.revert(id)).toBe(true);
    expect(events).toMatchObject([
      { kind: "reorg", head: snapshotHead, removed: [{ header: { number: 2n } }, { header: { number: 3n } }, { header: { number: 4n } }] },
    ]);
    expect(chain.head).toBe(snapshotHead);
    expect(await chain.getBlock(2n)).toBeUndefined();
    expect(await chain.getReceipt(undone)).toBeUndefined();
    expect((await chain.getAccount(bob.address))?.balance).toBe(1000n * ether + 1n);
    expect((await chain.getAccount(carol.address))?.balance).toBe(3n * ether);
    expect(chain.mempool.queued.map(({ hash }) => hex(hash))).toEqual([hex(waiting)]);
    expect(await dev.revert(id)).toBe(false);
    expect(await dev.revert(later)).toBe(false);

    await submitted(chain, signed(alice, { to: bob.address, value: 5n, nonce: 1n }));
    expect(chain.head.header).toMatchObject({ number: 2n, timestamp: snapshotHead.header.timestamp });
    expect((await chain.getAccount(bob.address))?.balance).toBe(1000n * ether + 6n);
    expect((await chain.stateAt(1n))?.prove(bob.address, []).balance).toBe(1000n * ether + 1n);
    await chain.close();
  });
});

describe("impersonation", () => {
  it("sends for anybody, a contract included, who is impersonated", async () => {
    const { chain, dev } = await devChain();
    await submitted(chain, signed(alice, { data: initCodeFor(counterCode) }));
    const counter = createAddress(alice.address, 0n);
    await dev.setBalance(counter, ether);
    const request = { from: counter, to: bob.address, value: 5n };
    expect(await dev.submitUnsigned(request)).toMatchObject({ kind: "rejected", error: { code: "notImpersonated" } });
    dev.impersonate(counter);
    expect(dev.isImpersonated(counter)).toBe(true);
    const sent = await dev.submitUnsigned(request);
    if (sent.kind === "rejected") throw new Error(sent.error.message);
    expect(await chain.getReceipt(sent.hash)).toMatchObject({
      succeeded: true,
      from: counter,
      to: bob.address,
      type: 0x74,
      gasUsed: 21_000n,
    });
    dev.stopImpersonating(counter);
    expect(await dev.submitUnsigned(request)).toMatchObject({ kind: "rejected" });
    dev.autoImpersonate(true);
    expect(await dev.submitUnsigned({ ...request, gas: 30_000n, gasPrice: 5n * gwei })).toMatchObject({ kind: "accepted" });
    expect(await dev.submitUnsigned({ from: counter, to: counter, data: Uint8Array.of(1) })).toMatchObject({
      kind: "rejected",
      error: { code: "executionFailed" },
    });
    await chain.close();
  });

  it("lets nobody in by an envelope alone", async () => {
    const open = { chainId: 1337n, nonce: 0n, gasLimit: 21_000n, baseFeePerGas: gwei };
    const forged = encodeImpersonatedTransaction(alice.address, unsignedTransaction({ to: bob.address, value: ether }, open));
    const { chain } = await devChain();
    expect(await refusal(chain, forged)).toBe("notImpersonated");
    const closed = await createTestChain({ dev: false });
    expect(await refusal(closed, forged)).toBe("notImpersonated");
    await Promise.all([chain.close(), closed.close()]);
  });
});

it("choose what the next blocks are made with", async () => {
  const { chain, dev } = await devChain({ mining: { kind: "manual" } });
  const coinbase = new Uint8Array(20).fill(7) as Address;
  dev.setNextBlockBaseFee(3n);
  dev.setNextPrevRandao(word(5n));
  dev.setBlockGasLimit(25_000_000n);
  dev.setCoinbase(coinbase);
  await dev.mine();
  expect(chain.head.header).toMatchObject({ baseFeePerGas: 3n, prevRandao: word(5n), gasLimit: 25_000_000n, coinbase });
  await dev.mine();
  expect(chain.head.header).toMatchObject({ baseFeePerGas: 3n, gasLimit: 25_000_000n, coinbase });
  expect(chain.head.header.prevRandao).not.toEqual(word(5n));
  await submitted(chain, signed(alice, { to: bob.address }));
  dev.dropAllTransactions();
  expect(chain.mempool.pending).toEqual([]);
  await chain.close();
});

it("goes on when wei that were made out of nothing no longer fit an account", async () => {
  const chain = await createTestChain();
  await chain.dev?.setBalance(bob.address, 2n ** 256n - 1n);
  const hash = await submitted(chain, signed(alice, { to: bob.address, value: 5n }));
  expect((await chain.getReceipt(hash))?.succeeded).toBe(true);
  expect((await chain.getAccount(bob.address))?.balance).toBe(2n ** 256n - 1n);
});
