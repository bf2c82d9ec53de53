/** Block 0: its state and its header. */
import { isAtLeast, zeroHash } from "@trireme/core";
import { createHostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type BlockRecord, type StateDiff, type WorldState } from "@trireme/state";
import { assembleHeader } from "../block/assemble-block.ts";
import { recordFromBlock } from "../block/block-record.ts";
import { contextOf, difficultyOf, type BlockSeed } from "../block/block-seed.ts";
import type { ChainDefinition } from "./chain-definition.ts";

/** The record of a definition's genesis block; its hash names the chain. */
export function genesisRecord(definition: ChainDefinition): BlockRecord {
  const world = createWorldState({ database: createMemoryDatabase() });
  const { diff, undo } = genesisDiff(definition, world);
  const header = assembleHeader(genesisSeed(definition), definition.hardfork, {
    included: [],
    requests: [],
    stateRoot: world.preview(diff),
  });
  return recordFromBlock({ header, included: [], diff, undo, extra: new Uint8Array(0) });
}

function genesisDiff(definition: ChainDefinition, world: WorldState): { readonly diff: StateDiff; readonly undo: StateDiff } {
  const { genesis, environments, formats } = definition;
  const journal = createJournal(world.reader);
  // No transaction is ended: what genesis lists stays, even an account that is empty but for its storage.
  for (const { address, balance, nonce, code, storage } of genesis.accounts) {
    if (code.length > 0) journal.setCode(address, code);
    if (nonce > 0n) journal.setNonce(address, nonce);
    journal.setBalance(address, balance);
    for (const [key, value] of storage) journal.setStorage(address, key, value);
  }
  const executor = createHostExecutor({
    environments: environments.map(({ create }) => create()),
    formats: formats.map(({ create }) => create()),
  });
  executor.runHooks("writeGenesis", journal, contextOf(definition, genesisSeed(definition)));
  return journal.takeDiff();
}

function genesisSeed({ genesis, hardfork }: ChainDefinition): BlockSeed {
  const hasBlobs = isAtLeast(hardfork, "cancun");
  return {
    parentHash: zeroHash,
    coinbase: genesis.coinbase,
    difficulty: difficultyOf(hardfork),
    number: 0n,
    gasLimit: genesis.gasLimit,
    timestamp: genesis.timestamp,
    extraData: genesis.extraData,
    prevRandao: genesis.prevRandao,
    baseFeePerGas: genesis.baseFeePerGas,
    excessBlobGas: hasBlobs ? genesis.excessBlobGas : undefined,
    parentBeaconBlockRoot: hasBlobs ? zeroHash : undefined,
  };
}
