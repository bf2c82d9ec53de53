import { readFileSync, writeFileSync } from "node:fs";
import { bytesToBigint, bytesToHex, create2Address, createAddress, type Address } from "@trireme/core";
import { createMemoryDatabase, type Database } from "@trireme/state";
import { expect, it } from "vitest";
import { alice, bob, counterCode, gwei, initCodeFor, word } from "../chain-fixture.mts";
import { replayChain } from "../replay/replay-chain.ts";
import { goldenDefinition, playGoldenChain } from "./golden-chain.mts";

// Written anew with: TRIREME_UPDATE_GOLDEN=1 npx vitest run packages/chain/src/golden
// A change of this file is a change of consensus: whoever makes one says in the commit which rule changed.
const path = new URL("golden-chain.json", import.meta.url);

function summarize(database: Database): unknown {
  const blocks = [];
  for (let number = 0n; number <= (database.head ?? -1n); number++) {
    const record = database.getBlock(number);
    if (record !== undefined)
      blocks.push({ hash: bytesToHex(record.hash), stateRoot: bytesToHex(record.stateRoot), transactions: record.transactions.length });
  }
  return blocks;
}

it("has the roots that are committed, block by block, and replays", async () => {
  const database = createMemoryDatabase();
  const chain = await playGoldenChain(database);
  const made = summarize(database);
  if (process.env["TRIREME_UPDATE_GOLDEN"] !== undefined) writeFileSync(path, `${JSON.stringify(made, undefined, 2)}\n`);
  expect(made).toEqual(JSON.parse(readFileSync(path, "utf8")));
  expect(await replayChain(goldenDefinition, database)).toEqual({ blocks: 14, difference: undefined });
  await chain.close();
});

it("went the ways that the script is for", async () => {
  const chain = await playGoldenChain(createMemoryDatabase());
  const outcomes: string[] = [];
  const types = new Set<number>();
  for (let number = 0n; number <= chain.head.header.number; number++) {
    const receipts = (await chain.getReceipts(number)) ?? [];
    outcomes.push(receipts.map(({ succeeded }) => (succeeded ? "+" : "-")).join(""));
    for (const { type } of receipts) types.add(type);
  }
  expect(outcomes).toEqual(["", "", "+", "+++++", "+++--+", "++++", "+", "+++", "+", "++", "+", "", "", ""]);
  expect([...types].toSorted((left, right) => left - right)).toEqual([0, 1, 2, 3, 4, 0x74]);
  const state = await chain.stateAt("latest");
  const slotOf = (address: Uint8Array, slot: bigint): bigint =>
    bytesToBigint(state?.getStorageAt(address as Address, word(slot)) ?? word(0n));
  const factory = createAddress(bob.address, 2n);
  // Destroyed where it was made: nothing stands there. Its sibling with other init code does.
  expect(state?.getAccount(create2Address(factory, word(5n), Uint8Array.of(0x33, 0xff)))).toBeUndefined();
  expect(state?.getAccount(create2Address(factory, word(5n), initCodeFor(counterCode)))).toMatchObject({ balance: 13n, nonce: 1n });
  expect(state?.getAccount(factory)?.balance).toBe(11n);
  expect(slotOf(createAddress(alice.address, 1n), 0n)).toBe(3n);
  expect(slotOf(word(0x57a7n).slice(12), 0n)).toBe(42n);
  expect(slotOf(word(0xc0den).slice(12), 0n)).toBe(101n);
  const witness = createAddress(bob.address, 3n);
  const block = await chain.getBlock(9n);
  expect([slotOf(witness, 0n), slotOf(witness, 1n), slotOf(witness, 2n), slotOf(witness, 4n)]).toEqual([
    bytesToBigint((await chain.getBlock(8n))?.hash ?? word(0n)),
    block?.header.timestamp,
    0xabcdn,
    3n * gwei,
  ]);
  await chain.close();
});
