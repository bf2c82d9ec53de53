// Rule 26: the state of the head stands still while threads run a block on it. A block under which it moved comes to nothing.
import { createHostExecutor } from "@trireme/host";
import { concatBytes, zeroHash, type Hash, type Transaction } from "@trireme/core";
import { createJournal, createMemoryDatabase, createWorldState } from "@trireme/state";
import { expect, it } from "vitest";
import { contextOf, nextSeed } from "../block/block-seed.ts";
import { signed, testDefinition, testKey, type TestKey } from "../chain-fixture.mts";
import { blockDecoder, blockFormats } from "../definition/block-formats.ts";
import { parallel } from "../definition/scheduler.ts";
import { noChanges, openLedger } from "../ledger/ledger.ts";
import { openGenesis } from "../open-genesis.ts";
import { createPool } from "./create-pool.ts";
import { executeInParallel } from "./execute-in-parallel.ts";

const keys: readonly TestKey[] = Array.from({ length: 40 }, (_, index) => testKey(index + 1));

it("gives a block up when the head moved under it, and runs it when the head stands still", async () => {
  const accounts = keys.map(({ address }) => ({ address, balance: 10n ** 20n }));
  const definition = testDefinition({ scheduler: parallel({ workers: 2, always: true }), genesis: { accounts } });
  const descriptors = blockFormats(definition);
  const formats = descriptors.map(({ create }) => create());
  const executor = createHostExecutor({ environments: definition.environments.map(({ create }) => create()), formats });
  const database = createMemoryDatabase();
  await openGenesis(definition, database);
  const world = createWorldState({ database });
  const decode = blockDecoder(formats, definition.chainId);
  const ledger = openLedger({ database, world, decode, hardfork: definition.hardfork });
  const pool = createPool(definition, descriptors, world.share(), executor);
  if (pool === undefined) throw new Error("expected a pool of threads, got none");

  const seed = nextSeed(definition, ledger.head, 2_000_000_000n);
  const transactions = keys.map((from, index) => decode(signed(from, { to: keys[(index + 1) % keys.length]?.address, value: 1n })));
  const plan = {
    context: contextOf(definition, seed),
    parentHash: seed.parentHash,
    parentBeaconBlockRoot: seed.parentBeaconBlockRoot,
    mutations: [],
    transactions: transactions as Transaction[],
  };
  const getBlockHash = (number: bigint): Hash | undefined => ledger.getHash(number);
  /** `meanwhile` is called when the threads have the block. */
  const run = (meanwhile: () => void) =>
    executeInParallel(
      plan,
      {
        executor,
        getBlockHash,
        reader: world.reader,
        aboveHead: noChanges,
        blockHashes: concatBytes(zeroHash),
        openParent: () => {
          meanwhile();
          return ledger.head.hash;
        },
      },
      pool,
    );

  expect(await run(() => {})).toMatchObject({ included: { length: keys.length }, skipped: [] });
  const journal = createJournal(world.reader);
  journal.setBalance(keys[0]?.address as TestKey["address"], 5n);
  const { diff, undo } = journal.takeDiff();
  const moved = await run(() => world.advance(1n, diff, undo));
  expect(moved).toMatchObject({ kind: "serially", cause: "givenUp", text: expect.stringContaining("did not stand still") });
  await pool.close();
  await ledger.close();
});
