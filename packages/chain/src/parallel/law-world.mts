// One chain on which random blocks are run twice: its ledger, an executor here, and threads.
import { addressFromHex, concatBytes, type Hash, type TransactionFormat } from "@trireme/core";
import { evm } from "@trireme/evm";
import { createHostExecutor } from "@trireme/host";
import type { BlockPool } from "@trireme/scheduler";
import { createMemoryDatabase, createWorldState } from "@trireme/state";
import { svm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { wasm } from "@trireme/wasm";
import { contextOf, nextSeed, type BlockSeed } from "../block/block-seed.ts";
import { testDefinition } from "../chain-fixture.mts";
import { treeAccounts } from "../cross-vm/tree-accounts.mts";
import { blockDecoder, blockFormats } from "../definition/block-formats.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import { parallel } from "../definition/scheduler.ts";
import { createPool } from "../execution/create-pool.ts";
import type { ParallelGround } from "../execution/execute-in-parallel.ts";
import { recentHashes } from "../execution/execution-service.ts";
import { noChanges, openLedger, type Ledger } from "../ledger/ledger.ts";
import { openGenesis } from "../open-genesis.ts";
import type { LawContracts } from "./law-contracts.mts";
import { writeSetup } from "./law-setup.mts";

/** The chain. */
export interface LawWorld {
  readonly definition: ChainDefinition;
  readonly formats: readonly TransactionFormat[];
  readonly ledger: Ledger;
  readonly pool: BlockPool;
  /** What the block after the head is executed on. */
  ground(): ParallelGround;
  /** The seed of the block after the head. */
  nextSeed(overrides: { readonly coinbase: BlockSeed["coinbase"]; readonly gasLimit: bigint; readonly baseFeePerGas: bigint }): BlockSeed;
  close(): Promise<void>;
}

/** The block before the first random one. */
export const firstBlock = 1n;

export async function createLawWorld(contracts: LawContracts, workers: number): Promise<LawWorld> {
  const treePrograms = treeAccounts
    .filter(({ sort }) => sort === "svm")
    .map(({ pubkey: id }) => ({ id, elf: contracts.trees.elf, loader: 2 as const }));
  const definition = testDefinition({
    environments: [evm(), wasm(), svm({ programs: [...splPrograms(), ...treePrograms] })],
    mining: { kind: "manual" },
    scheduler: parallel({ workers }),
    genesis: { gasLimit: 10n ** 9n, coinbase: addressFromHex("0xc014ba5e00000000000000000000000000000000") },
  });
  const formatDescriptors = blockFormats(definition);
  const formats = formatDescriptors.map(({ create }) => create());
  const environments = definition.environments.map(({ create }) => create());
  const { reentries: reentryLimit, transactionMemory: memoryBudget } = definition.limits;
  const executor = createHostExecutor({ environments, formats, reentryLimit, memoryBudget });
  const database = createMemoryDatabase();
  await openGenesis(definition, database);
  const world = createWorldState({ database, historyBlocks: "all" });
  const ledger = openLedger({ database, world, decode: blockDecoder(formats, definition.chainId), hardfork: definition.hardfork });
  const seedAfterHead = (overrides: Parameters<LawWorld["nextSeed"]>[0]): BlockSeed => {
    const { head } = ledger;
    return nextSeed(definition, head, 2_000_000_000n + head.header.number, overrides);
  };
  const seed = nextSeed(definition, ledger.head, 2_000_000_000n);
  const setup = writeSetup(world.reader, contextOf(definition, seed), environments, contracts);
  await ledger.commit(seed, { included: [], skipped: [], requests: [], ...setup });
  const pool = createPool(definition, formatDescriptors, world.share());
  if (pool === undefined) throw new Error("expected a pool of threads, got none");
  const getBlockHash = (number: bigint): Hash | undefined => ledger.store.getHash(number);
  return {
    definition,
    formats,
    ledger,
    pool,
    ground: () => ({
      executor,
      reader: world.reader,
      getBlockHash,
      aboveHead: noChanges,
      blockHashes: concatBytes(...recentHashes(ledger.head.header.number + 1n, getBlockHash).map(([, hash]) => hash)),
    }),
    nextSeed: seedAfterHead,
    close: async () => {
      await pool.close();
      await ledger.close();
    },
  };
}
