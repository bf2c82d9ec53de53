/** eth_simulateV1's blocks: each executed on top of the one before it, then made whole with its hash. */
import { isAtLeast, TriremeError, zeroHash, type BlockContext, type Hash } from "@trireme/core";
import { hashHeader, type BlockHeader } from "@trireme/ethereum";
import { assembleHeader } from "../block/assemble-block.ts";
import { blockFromParts } from "../block/block-record.ts";
import { baseFeeAfter, contextOf, difficultyOf, excessBlobGasAfter, type BlockSeed } from "../block/block-seed.ts";
import type { Block, Chain, SimulatedBlock } from "../chain.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { ExecutionService } from "../execution/execution-service.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { mergeDiffs } from "../ledger/overlay-reader.ts";
import { blockSeries, type SeriesBlock } from "../simulation/block-series.ts";
import type { BlockQueries } from "./block-queries.ts";

/** What a simulation works with. */
export interface SimulationParts {
  readonly definition: ChainDefinition;
  readonly ledger: Ledger;
  readonly blocks: BlockQueries;
  readonly execution: ExecutionService;
}

const defaultMaxBlocks = 256;

/** Makes `Chain.simulate`. */
export function createSimulationQuery({ definition, ledger, blocks, execution }: SimulationParts): Chain["simulate"] {
  return async (requests, options = {}) => {
    const { block: tag = "latest", traceTransfers = false, validation = false, maxBlocks = defaultMaxBlocks, milliseconds } = options;
    const site = await blocks.callSite(tag);
    if (site === undefined)
      throw new TriremeError("STATE_UNAVAILABLE", "expected a block of this chain to simulate after, got one that it does not have");
    const deadline = milliseconds === undefined ? undefined : { at: Date.now() + milliseconds, milliseconds };
    const { blockNumber } = site.state;
    let { overlay } = site.state;
    let gasCap = definition.limits.callGas;
    let parent: Pick<Block, "header" | "hash"> = site.block;
    const blockHashes: (readonly [bigint, Hash])[] = [];
    const simulated: SimulatedBlock[] = [];
    for (const next of blockSeries(requests, parent.header, maxBlocks)) {
      const { overrides = {}, stateOverrides = [], calls = [] } = next.request;
      const seed = seedOf(definition, parent, next, validation);
      const context = { ...contextOf(definition, seed), ...visibleOverrides(overrides) };
      const { parentHash, parentBeaconBlockRoot } = seed;
      const plan = {
        context,
        parentHash,
        parentBeaconBlockRoot,
        stateOverrides,
        calls,
        traceTransfers,
        validation,
        gasCap,
        deadline,
        blockHashes,
      };
      const outcome = await execution.run({ kind: "simulatedBlock", plan }, { blockNumber, overlay });
      if (outcome.kind === "invalid") {
        const { code, message } = outcome.error;
        throw new TriremeError("INVALID_TRANSACTION", `block ${next.number}, call ${outcome.index}: ${message}`, { details: { code } });
      }
      overlay = mergeDiffs([overlay, outcome.diff]);
      const stateRoot = ledger.world.preview(mergeDiffs([ledger.diffFromHead(blockNumber), overlay]));
      const header = assembleHeader(seed, definition.hardfork, { included: outcome.included, requests: outcome.requests, stateRoot });
      const hash = hashHeader(header);
      const block = blockFromParts(
        header,
        hash,
        outcome.included.map(({ transaction }) => transaction),
      );
      simulated.push({ block, calls: outcome.calls });
      blockHashes.push([header.number, hash]);
      gasCap -= header.gasUsed;
      parent = block;
    }
    return simulated;
  };
}

/** What a simulated block begins with, as geth: nothing of it is random, and without validation gas costs nothing. */
function seedOf(
  definition: ChainDefinition,
  parent: { readonly header: BlockHeader; readonly hash: Hash },
  { number, timestamp, request: { overrides = {} } }: SeriesBlock,
  validation: boolean,
): BlockSeed {
  const { hardfork } = definition;
  return {
    parentHash: parent.hash,
    number,
    timestamp,
    coinbase: overrides.coinbase ?? parent.header.coinbase,
    difficulty: overrides.difficulty ?? difficultyOf(hardfork),
    gasLimit: overrides.gasLimit ?? parent.header.gasLimit,
    extraData: new Uint8Array(0),
    prevRandao: overrides.prevRandao ?? zeroHash,
    baseFeePerGas: overrides.baseFeePerGas ?? (validation ? baseFeeAfter(definition, parent.header) : 0n),
    excessBlobGas: excessBlobGasAfter(hardfork, parent.header),
    parentBeaconBlockRoot: isAtLeast(hardfork, "cancun") ? zeroHash : undefined,
  };
}

/** What calls see and the header does not hold. */
function visibleOverrides({ blobBaseFee }: Partial<BlockContext>): Partial<BlockContext> {
  return blobBaseFee === undefined ? {} : { blobBaseFee };
}
