// Rules 24 and 27: the next block is executed while the last one is hashed and written, and nobody can tell.
import { bytesToBigint, createAddress, encodeDialectEnvelope, toAddress } from "@trireme/core";
import { evm } from "@trireme/evm";
import { svm } from "@trireme/svm";
import { createMemoryDatabase, type Database } from "@trireme/state";
import { afterAll, describe, expect, it } from "vitest";
import { createTestChain, ether, gwei, hex, initCodeFor, signed, submitted, testKey, word, type TestKey } from "../chain-fixture.mts";
import type { Chain, ChainEvent } from "../chain.ts";
import { parallel, serial } from "../definition/scheduler.ts";
import { systemTransfer } from "../execution/solana-instructions.mts";
import { compileInstructions, signSolanaMessage, solanaSigner } from "../execution/solana-messages.mts";

const keys: readonly TestKey[] = Array.from({ length: 50 }, (_, index) => testKey(index + 1));
const wallets = Array.from({ length: 20 }, (_, index) => solanaSigner(index + 1));
const open: Chain[] = [];
afterAll(async () => {
  for (const chain of open) await chain.close();
});

async function start(scheduler: ReturnType<typeof serial>, database: Database = createMemoryDatabase()): Promise<Chain> {
  const accounts = [...keys.map(({ address }) => address), ...wallets.map(({ pubkey }) => toAddress(pubkey))];
  const chain = await createTestChain(
    {
      scheduler,
      environments: [evm(), svm({ programs: [] })],
      mining: { kind: "manual" },
      genesis: { accounts: accounts.map((address) => ({ address, balance: 1_000n * ether })), gasLimit: 3_000_000 },
    },
    { database },
  );
  open.push(chain);
  return chain;
}

/** A database whose records are durable when they are released, in whichever order. */
function heldBack(): { readonly database: Database; readonly held: Map<bigint, (error?: Error) => void> } {
  const memory = createMemoryDatabase();
  const held = new Map<bigint, (error?: Error) => void>();
  const database = Object.assign(Object.create(memory) as Database, {
    append: async (record: Parameters<Database["append"]>[0]) => {
      await memory.append(record);
      if (record.number === 0n) return;
      await new Promise<void>((resolve, reject) => held.set(record.number, (error) => (error === undefined ? resolve() : reject(error))));
    },
  });
  return { database, held };
}

const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await turn();
}

/** 40 transfers that fill a block together with the next 40 of the same senders. */
async function submitTransfers(chain: Chain, rounds: number): Promise<void> {
  for (let nonce = 0n; nonce < rounds; nonce++) {
    for (const [index, from] of keys.entries())
      await submitted(chain, signed(from, { nonce, to: keys[(index + 1) % keys.length]?.address, value: 1n }));
  }
}

/** Stores BLOCKHASH(NUMBER - 1) under NUMBER, and what EIP-2935 has of it under NUMBER + 2^32. */
// PUSH1 1 NUMBER SUB BLOCKHASH NUMBER SSTORE; PUSH1 1 NUMBER SUB PUSH0 MSTORE;
// PUSH1 32 PUSH1 32 PUSH1 32 PUSH0 PUSH20 history GAS STATICCALL POP; PUSH1 32 MLOAD NUMBER PUSH5 2^32 ADD SSTORE
const witnessCode = Buffer.from(
  "600143034043556001430" +
    "35f52602060206020" +
    "5f730000f90827f1c53a10cb7a02335b1753200029355afa50602051436401000000000155".replace(/\s/g, ""),
  "hex",
);

describe("blocks on their way", () => {
  it.each([
    ["serially", serial()],
    ["on threads", parallel({ workers: 2, always: true })],
  ])("are executed before the one before is durable, and shown in order, none before it is, %s", async (_, scheduler) => {
    const { database, held } = heldBack();
    const chain = await start(scheduler, database);
    const events: unknown[] = [];
    chain.subscribe((event: ChainEvent) =>
      events.push(event.kind === "block" ? [event.block.header.number, chain.head.header.number] : event.kind),
    );
    await submitTransfers(chain, 6);
    events.length = 0;
    const before = await Promise.all(keys.map(({ address }) => chain.getAccount(address)));
    const mining = chain.dev?.mine(3);
    await until(() => held.size === 3);
    expect(database.head).toBe(3n);
    expect(chain.head.header.number).toBe(0n);
    expect([await chain.getBlock(1n), await chain.getReceipts(1n), await chain.stateAt(1n)]).toEqual([undefined, undefined, undefined]);
    expect(await Promise.all(keys.map(({ address }) => chain.getAccount(address)))).toEqual(before);
    expect(await Promise.all(keys.map(({ address }) => chain.getAccount(address, 0n)))).toEqual(before);
    const [first] = chain.mempool.pending;
    expect(chain.mempool.pending).toHaveLength(300);
    expect(await chain.getTransaction(first?.hash ?? (word(0n) as never))).toMatchObject({ block: undefined });
    expect(chain.mempool.nextNonce((keys[0] as TestKey).address)).toBe(6n);
    expect((await chain.getBlock("pending"))?.header.number).toBe(1n);
    held.get(2n)?.();
    held.get(3n)?.();
    for (let index = 0; index < 5; index++) await turn();
    expect([chain.head.header.number, events]).toEqual([0n, []]);
    held.get(1n)?.();
    const blocks = await mining;
    expect(blocks?.map(({ header }) => header.number)).toEqual([1n, 2n, 3n]);
    expect(events).toEqual([1n, 2n, 3n].map((number) => [number, number]));
    expect(blocks?.map(({ transactions }) => transactions.length)).toEqual([142, 142, 16]);
    expect(chain.mempool.pending).toEqual([]);
  });

  it("never appear after one whose write failed, and the chain stops", async () => {
    const { database, held } = heldBack();
    const chain = await start(serial(), database);
    const events: unknown[] = [];
    await submitTransfers(chain, 3);
    chain.subscribe(({ kind }) => events.push(kind));
    const first = chain.dev?.mine();
    await until(() => held.size === 1);
    held.get(1n)?.();
    const [block] = (await first) ?? [];
    const mining = chain.dev?.mine(2);
    await until(() => held.size === 3);
    held.get(3n)?.();
    held.get(2n)?.(new Error("EIO: the disk is gone"));
    await expect(mining).rejects.toMatchObject({ code: "DATABASE_WRITE_FAILED" });
    expect(chain.head).toBe(block);
    expect(chain.failure?.message).toMatch("EIO");
    expect(events).toEqual(["block"]);
    expect(await chain.getBlock(2n)).toBeUndefined();
    expect((await chain.getAccount((keys[1] as TestKey).address))?.nonce).toBe(3n);
    await expect(chain.dev?.mine()).rejects.toMatchObject({ code: "DATABASE_WRITE_FAILED" });
    await expect(chain.dev?.setBalance((keys[0] as TestKey).address, 1n)).rejects.toMatchObject({ code: "DATABASE_WRITE_FAILED" });
  });

  it("are made of what comes meanwhile, when every transaction asks for one; whoever submitted hears of it when it is durable", async () => {
    const { database, held } = heldBack();
    const chain = await start(serial(), database);
    chain.dev?.setMining({ kind: "auto" });
    const answers: bigint[] = [];
    const submitRound = (nonce: bigint): Promise<unknown> =>
      Promise.all(
        keys.map(async (from) => {
          await submitted(chain, signed(from, { nonce, to: from.address }));
          answers.push(nonce);
        }),
      );
    const rounds: Promise<unknown>[] = [];
    for (let nonce = 0n; nonce < 3n; nonce++) {
      rounds.push(submitRound(nonce));
      await until(() => held.size === Number(nonce) + 1);
    }
    expect([database.head, chain.head.header.number, answers]).toEqual([3n, 0n, []]);
    for (const number of [3n, 2n, 1n]) held.get(number)?.();
    await Promise.all(rounds);
    expect(answers).toEqual([0n, 1n, 2n].flatMap((nonce) => keys.map(() => nonce)));
    for (let number = 1n; number <= 3n; number++) {
      expect((await chain.getBlock(number))?.transactions.map(({ nonce }) => nonce)).toEqual(keys.map(() => number - 1n));
    }
  });

  it("are all shown before the chain is rewound, or closed", async () => {
    const { database, held } = heldBack();
    const chain = await start(parallel({ workers: 2, always: true }), database);
    await submitTransfers(chain, 6);
    const snapshot = (await chain.dev?.snapshot()) ?? 0n;
    const events: unknown[] = [];
    chain.subscribe((event) => events.push(event.kind === "block" ? event.block.header.number : event.kind));
    const release = setInterval(() => {
      for (const [number, resolve] of held) if (held.delete(number)) resolve();
    }, 1);
    const mining = chain.dev?.mine(2);
    const reverted = chain.dev?.revert(snapshot);
    const again = chain.dev?.mine(3);
    expect((await mining)?.length).toBe(2);
    expect(await reverted).toBe(true);
    expect((await again)?.map(({ transactions }) => transactions.length)).toEqual([142, 142, 16]);
    expect(events).toEqual([1n, 2n, "reorg", 1n, 2n, 3n]);
    const last = chain.dev?.mine(2);
    await chain.close();
    clearInterval(release);
    expect((await last)?.map(({ header }) => header.number)).toEqual([4n, 5n]);
    expect(database.head).toBe(5n);
  });
});

it("is the same chain as one that waits: hashes read as soon as they can be, by BLOCKHASH, EIP-2935 and Solana's transactions", async () => {
  const [one, two] = [await start(serial()), await start(parallel({ workers: 2, always: true }))];
  const chains = [one, two];
  const [alice] = keys as [TestKey];
  for (const chain of chains) await submitted(chain, signed(alice, { data: initCodeFor(witnessCode) }));
  for (const chain of chains) await chain.dev?.mine();
  const witness = createAddress(alice.address, 0n);
  for (let nonce = 0n; nonce < 12n; nonce++) {
    for (const [index, from] of keys.entries()) {
      const own = from === alice ? nonce + 1n : nonce;
      const asks = index % 7 === Number(nonce % 7n);
      const fields = asks
        ? { to: witness, data: new Uint8Array(0), gasLimit: 120_000n }
        : { to: keys[(index * 3) % keys.length]?.address, value: nonce };
      for (const chain of chains) await submitted(chain, signed(from, { nonce: own, maxFeePerGas: 1_000n * gwei, ...fields }));
    }
  }
  for (const [index, wallet] of wallets.entries()) {
    const to = wallets[(index + 1) % wallets.length] ?? wallet;
    const message = compileInstructions(wallet.pubkey, [systemTransfer(wallet.pubkey, to.pubkey, 5n)], one.head.hash);
    const raw = encodeDialectEnvelope({ dialect: "solana", payload: signSolanaMessage(message, [wallet]) });
    for (const chain of chains) await submitted(chain, raw);
  }
  for (let made = 0; made < 12; made++) await one.dev?.mine();
  await two.dev?.mine(12);
  expect(one.mempool.pending).toEqual([]);
  for (let number = 0n; number <= one.head.header.number; number++) {
    expect(hex((await two.getBlock(number))?.hash)).toBe(hex((await one.getBlock(number))?.hash));
  }
  const state = await two.stateAt("latest");
  let witnessed = 0;
  for (let number = 2n; number <= two.head.header.number; number++) {
    const block = await two.getBlock(number - 1n);
    const seen = state?.getStorageAt(witness, word(number)) ?? word(0n);
    if (bytesToBigint(seen) === 0n) continue;
    witnessed++;
    expect([hex(seen), hex(state?.getStorageAt(witness, word(number + 2n ** 32n)))]).toEqual([hex(block?.hash), hex(block?.hash)]);
  }
  expect(witnessed).toBeGreaterThan(3);
  expect(two.scheduler.counts.serial).toMatchObject({ givenUp: 0, fault: 0 });
  const reasons = await Promise.all([3n, 4n, 5n].map(async (number) => (await two.scheduler.getReport(number))?.reason));
  for (const reason of reasons) expect(reason).toMatch(/begun before the hash of block \d+ was known/);
});
