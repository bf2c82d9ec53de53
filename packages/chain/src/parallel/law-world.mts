// One chain on which random blocks are run twice: its ledger, an executor here, and threads.
import { addressFromHex, concatBytes, type Hardfork, type Hash, type Pubkey, type TransactionFormat } from "@trireme/core";
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
import type { Block } from "../chain.ts";
import type { ExecutedBlock } from "../execution/block-plan.ts";
import type { ParallelGround } from "../execution/execute-in-parallel.ts";
import { recentHashes } from "../execution/execution-service.ts";
import { noChanges, openLedger, type Ledger } from "../ledger/ledger.ts";
import { overlayReader } from "../ledger/overlay-reader.ts";
import { openGenesis } from "../open-genesis.ts";
import { actsElf } from "../execution/solana-acts.mts";
import { programs, signers, upgradeAuthority } from "./law-accounts.mts";
import type { LawContracts } from "./law-contracts.mts";
import { writeSetup } from "./law-setup.mts";

/** The chain. */
export interface LawWorld {
  readonly definition: ChainDefinition;
  readonly formats: readonly TransactionFormat[];
  readonly ledger: Ledger;
  readonly pool: BlockPool;
  /** The newest block: the head, or one above it that is not committed yet. */
  readonly newest: Pick<Block, "header" | "hash">;
  /** Whether there is one above the head. */
  readonly isHeld: boolean;
  /** What the next block is executed on. */
  ground(): ParallelGround;
  /** Makes a block the newest one. `isHeld`: the next one is to run above it while the head stays. */
  advance(seed: BlockSeed, executed: ExecutedBlock, isHeld: boolean): Promise<void>;
  /** Back to before the first random block. */
  rewind(): Promise<void>;
  /** The seed of the next block. */
  nextSeed(overrides: { readonly coinbase: BlockSeed["coinbase"]; readonly gasLimit: bigint; readonly baseFeePerGas: bigint }): BlockSeed;
  close(): Promise<void>;
}

/** The block before the first random one. */
const firstBlock = 1n;

export async function createLawWorld(contracts: LawContracts, workers: number, hardfork: Hardfork = "osaka"): Promise<LawWorld> {
  const treePrograms = treeAccounts
    .filter(({ sort }) => sort === "svm")
    .map(({ pubkey: id }) => ({ id, elf: contracts.trees.elf, loader: 2 as const }));
  const upgradeable = programs.map((id) => ({ id, elf: actsElf(0), loader: 3 as const, authority: signers[upgradeAuthority] as Pubkey }));
  const definition = testDefinition({
    hardfork,
    environments: [evm(), wasm(), svm({ programs: [...splPrograms(), ...treePrograms, ...upgradeable] })],
    mining: { kind: "manual" },
    scheduler: parallel({ workers, always: true }),
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
  let held: { readonly seed: BlockSeed; readonly executed: ExecutedBlock; readonly block: Block } | undefined;
  const seedAfterHead = (overrides: Parameters<LawWorld["nextSeed"]>[0]): BlockSeed => {
    const newest = held?.block ?? ledger.head;
    return nextSeed(definition, newest, 2_000_000_000n + newest.header.number, overrides);
  };
  const seed = nextSeed(definition, ledger.head, 2_000_000_000n);
  const setup = writeSetup(world.reader, contextOf(definition, seed), environments, contracts);
  await ledger.commit(seed, { included: [], skipped: [], requests: [], ...setup });
  const pool = createPool(definition, formatDescriptors, world.share(), executor);
  if (pool === undefined) throw new Error("expected a pool of threads, got none");
  const getBlockHash = (number: bigint): Hash | undefined =>
    held?.block.header.number === number ? held.block.hash : ledger.store.getHash(number);
  return {
    definition,
    formats,
    ledger,
    pool,
    get newest() {
      return held?.block ?? ledger.head;
    },
    get isHeld() {
      return held !== undefined;
    },
    ground() {
      const aboveHead = held?.executed.diff ?? noChanges;
      const { number } = (held?.block ?? ledger.head).header;
      const hashes = recentHashes(number + 1n, getBlockHash).map(([, hash]) => hash);
      return { executor, reader: overlayReader(world.reader, aboveHead), getBlockHash, aboveHead, blockHashes: concatBytes(...hashes) };
    },
    async advance(next, executed, isHeld) {
      if (held !== undefined) await ledger.commit(held.seed, held.executed);
      held = undefined;
      if (isHeld) held = { seed: next, executed, block: ledger.assemble(next, executed).block };
      else await ledger.commit(next, executed);
    },
    async rewind() {
      held = undefined;
      await ledger.rewind(firstBlock);
    },
    nextSeed: seedAfterHead,
    close: async () => {
      await pool.close();
      await ledger.close();
    },
  };
}
