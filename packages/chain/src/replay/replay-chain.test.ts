import { bytesToHex } from "@trireme/core";
import { createMemoryDatabase, type BlockRecord, type Database } from "@trireme/state";
import { expect, it } from "vitest";
import { alice, bob, createTestChain, ether, signed, submitted, testDefinition } from "../chain-fixture.mts";
import { encodeExtra } from "../dev/mutation.ts";
import { replayChain } from "./replay-chain.ts";

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

it("reproduces every block, mutations of a developer included", async () => {
  const blocks: bigint[] = [];
  const report = await replayChain(testDefinition(), await recorded(), { onBlock: (number) => void blocks.push(number) });
  expect(report).toEqual({ blocks: 3, difference: undefined });
  expect(blocks).toEqual([0n, 1n, 2n]);
});

it("names the first block that comes out differently", async () => {
  const database = await recorded();
  const forged = encodeExtra([{ kind: "balance", address: bob.address, wei: 1n }]);
  expect(
    await replayChain(
      testDefinition(),
      altered(database, 1n, () => ({ extra: forged })),
    ),
  ).toMatchObject({
    blocks: 2,
    difference: { blockNumber: 1n, field: "stateRoot", expected: bytesToHex(database.getBlock(1n)?.stateRoot ?? new Uint8Array()) },
  });
  expect(
    await replayChain(
      testDefinition(),
      altered(database, 2n, () => ({ transactions: [] })),
    ),
  ).toMatchObject({
    difference: { blockNumber: 2n, field: "gasUsed", expected: "21000", got: "0" },
  });
  expect(
    await replayChain(
      testDefinition(),
      altered(database, 2n, ({ transactions }) => ({ transactions: [...transactions, ...transactions] })),
    ),
  ).toMatchObject({
    difference: { blockNumber: 2n, field: "transactions" },
  });
});
