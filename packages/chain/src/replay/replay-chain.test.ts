import { bytesToHex, createAddress, hexToBytes, zeroHash } from "@trireme/core";
import { encodeImpersonatedTransaction } from "@trireme/ethereum";
import { createMemoryDatabase, type BlockRecord, type Database } from "@trireme/state";
import { expect, it } from "vitest";
import { alice, bob, createTestChain, ether, gwei, initCodeFor, signed, submitted, testDefinition, testKey } from "../chain-fixture.mts";
import { parallel, serial } from "../definition/scheduler.ts";
import { encodeExtra } from "../dev/mutation.ts";
import { replayChain } from "./replay-chain.ts";

/** Stores BLOCKHASH(NUMBER - 1) under NUMBER. */
const witnessCode = hexToBytes("0x600143034043550000");
const fees = {
  type: 2,
  chainId: 1337n,
  maxFeePerGas: 10n ** 12n,
  maxPriorityFeePerGas: gwei,
  accessList: [],
  maxFeePerBlobGas: 0n,
  blobVersionedHashes: [],
  authorizationList: [],
} as const;

async function recorded(): Promise<Database> {
  const database = createMemoryDatabase();
  const chain = await createTestChain({}, { database });
  await submitted(chain, signed(alice, { to: bob.address, value: 1n }));
  await chain.dev?.setBalance(bob.address, ether);
  await submitted(chain, signed(alice, { to: bob.address, value: 1n, nonce: 1n }));
  return database;
}

function altered(database: Database, number: bigint, change: (record: BlockRecord) => Partial<BlockRecord>): Database {
  return Object.assign(Object.create(database) as Database, {
    getBlock: (asked: bigint) => {
      const record = database.getBlock(asked);
      return record === undefined || asked !== number ? record : { ...record, ...change(record) };
    },
  });
}

const schedulers = [serial(), parallel({ workers: 2, always: true })];

it.each(schedulers)("reproduces every block, mutations of a developer included: $kind", async (scheduler) => {
  const blocks: bigint[] = [];
  const report = await replayChain(testDefinition({ scheduler }), await recorded(), { onBlock: (number) => void blocks.push(number) });
  expect(report).toEqual({ blocks: 3, difference: undefined });
  expect(blocks).toEqual([0n, 1n, 2n]);
});

it.each(schedulers)("names the first block that comes out differently: $kind", async (scheduler) => {
  const database = await recorded();
  const forged = encodeExtra([{ kind: "balance", address: bob.address, wei: 1n }]);
  expect(
    await replayChain(
      testDefinition({ scheduler }),
      altered(database, 1n, () => ({ extra: forged })),
    ),
  ).toMatchObject({
    blocks: 2,
    difference: { blockNumber: 1n, field: "stateRoot", expected: bytesToHex(database.getBlock(1n)?.stateRoot ?? new Uint8Array()) },
  });
  expect(
    await replayChain(
      testDefinition({ scheduler }),
      altered(database, 2n, () => ({ transactions: [] })),
    ),
  ).toMatchObject({
    difference: { blockNumber: 2n, field: "gasUsed", expected: "21000", got: "0" },
  });
  expect(
    await replayChain(
      testDefinition({ scheduler }),
      altered(database, 2n, ({ transactions }) => ({ transactions: [...transactions, ...transactions] })),
    ),
  ).toMatchObject({
    difference: { blockNumber: 2n, field: "transactions" },
  });
});

it("reads many blocks ahead, and tells first what is wrong first", async () => {
  const database = createMemoryDatabase();
  const chain = await createTestChain({ mining: { kind: "manual" } }, { database });
  for (let block = 0; block < 40; block++) {
    const count = block === 3 ? 60 : block % 3;
    for (let index = 0; index < count; index++)
      await submitted(chain, signed(alice, { to: bob.address, value: 1n, nonce: chain.mempool.nextNonce(alice.address) }));
    await chain.dev?.mine();
  }
  await chain.dev?.mine(60);
  const definition = testDefinition({ scheduler: parallel({ workers: 2, always: true }) });
  expect(await replayChain(definition, database)).toEqual({ blocks: 101, difference: undefined });

  const damaged = Object.assign(Object.create(database) as Database, {
    getBlock: (asked: bigint) => {
      if (asked === 30n) throw new RangeError("damaged");
      return database.getBlock(asked);
    },
  });
  const seen: bigint[] = [];
  await expect(replayChain(definition, damaged, { onBlock: (number) => void seen.push(number) })).rejects.toThrow("damaged");
  expect(seen.at(-1)).toBe(29n);
  const garbled = altered(damaged, 4n, ({ transactions }) => ({ transactions: [...transactions.slice(0, 9), Uint8Array.of(0x55)] }));
  expect(await replayChain(definition, garbled)).toEqual({
    blocks: 5,
    difference: {
      blockNumber: 4n,
      field: "transactions",
      expected: "a transaction at index 9 that decodes",
      got: "bytes of no dialect of this chain",
    },
  });
});

it("replays a hundred blocks on threads, each compared while the next one runs, and names the one after them that is wrong", async () => {
  const database = createMemoryDatabase();
  const chain = await createTestChain({ mining: { kind: "manual" } }, { database });
  chain.dev?.autoImpersonate(true);
  const witness = createAddress(alice.address, 0n);
  await submitted(chain, signed(alice, { data: initCodeFor(witnessCode) }));
  await chain.dev?.mine();
  const senders = Array.from({ length: 12 }, (_, index) => testKey(index + 1));
  for (const { address } of senders) await chain.dev?.setBalance(address, 100n * ether);
  for (let block = 0; block < 102; block++) {
    for (const { address } of senders) {
      const nonce = chain.mempool.nextNonce(address);
      const data = new Uint8Array(0);
      const unsigned = { nonce, gasLimit: 60_000n, to: block % 3 === 0 ? witness : bob.address, value: 0n, data, ...fees };
      await chain.submit(encodeImpersonatedTransaction(address, unsigned));
    }
    await chain.dev?.mine();
  }
  expect(database.head).toBe(103n);
  const onThreads = testDefinition({ scheduler: schedulers[1] as ReturnType<typeof parallel>, mining: { kind: "manual" } });
  // What is wrong with the next one is found first, and not told.
  const renamed = altered(database, 101n, () => ({ hash: zeroHash }));
  const wrong = altered(renamed, 102n, () => ({ transactions: [Uint8Array.of(0x60)] }));
  const same: bigint[] = [];
  const report = await replayChain(onThreads, wrong, { onBlock: (number) => void same.push(number) });
  expect(report).toMatchObject({ blocks: 102, difference: { blockNumber: 101n, field: "hash" } });
  expect(same).toEqual(Array.from({ length: 101 }, (_, number) => BigInt(number)));
});
