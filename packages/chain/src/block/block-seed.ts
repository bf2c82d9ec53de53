/** What a block is before it is executed: the fields of its header that execution reads. */
import { isAtLeast, keccak256, zeroHash, type Address, type BlockContext, type Hardfork, type Hash } from "@trireme/core";
import { blobBaseFee, blobScheduleOf, gasPerBlob, nextBaseFee, nextExcessBlobGas, type BlockHeader } from "@trireme/ethereum";
import type { ChainDefinition } from "../definition/chain-definition.ts";

/** The inputs of a block. A header has all of them, so that a replay reads them from there. */
export type BlockSeed = Pick<
  BlockHeader,
  | "parentHash"
  | "coinbase"
  | "difficulty"
  | "number"
  | "gasLimit"
  | "timestamp"
  | "extraData"
  | "prevRandao"
  | "baseFeePerGas"
  | "excessBlobGas"
  | "parentBeaconBlockRoot"
>;

/** What the next block's seed is made of. */
export type ParentHeader = Pick<
  BlockHeader,
  "number" | "parentHash" | "timestamp" | "gasLimit" | "gasUsed" | "baseFeePerGas" | "blobGasUsed" | "excessBlobGas"
>;

/** What a developer may choose for the next block instead of what follows from its parent. */
export interface SeedOverrides {
  readonly coinbase?: Address;
  readonly gasLimit?: bigint;
  readonly baseFeePerGas?: bigint;
  readonly prevRandao?: Uint8Array;
}

/** DIFFICULTY of a chain before Paris: Ethereum's minimum. Nothing is mined. */
export const preMergeDifficulty = 131_072n;

/** The seed of the block after `parent`. */
export function nextSeed(
  definition: ChainDefinition,
  parent: { readonly header: ParentHeader; readonly hash: Hash },
  timestamp: bigint,
  overrides: SeedOverrides = {},
): BlockSeed {
  return { parentHash: parent.hash, ...nextOpenSeed(definition, parent.header, timestamp, overrides) };
}

/** The same without the parent's hash, which nothing else in it depends on (rule 24). */
export function nextOpenSeed(
  definition: ChainDefinition,
  parent: ParentHeader,
  timestamp: bigint,
  overrides: SeedOverrides = {},
): Omit<BlockSeed, "parentHash"> {
  const { hardfork, fees } = definition;
  return {
    coinbase: overrides.coinbase ?? fees.coinbase,
    difficulty: difficultyOf(hardfork),
    number: parent.number + 1n,
    gasLimit: overrides.gasLimit ?? parent.gasLimit,
    timestamp,
    extraData: new Uint8Array(0),
    // There is no beacon: the value is different in every block and known to all beforehand. It is made of the hash of the
    // parent's parent: that of the parent may not be known when the block begins.
    prevRandao: overrides.prevRandao ?? keccak256(parent.parentHash),
    baseFeePerGas: overrides.baseFeePerGas ?? baseFeeAfter(definition, parent),
    excessBlobGas: excessBlobGasAfter(hardfork, parent),
    parentBeaconBlockRoot: isAtLeast(hardfork, "cancun") ? zeroHash : undefined,
  };
}

/** Base fee of the block after `parent`: EIP-1559, not below the chain's minimum. */
export function baseFeeAfter({ fees }: ChainDefinition, parent: Pick<BlockHeader, "gasUsed" | "gasLimit" | "baseFeePerGas">): bigint {
  const fee = nextBaseFee(parent);
  return fee < fees.minimumBaseFeePerGas ? fees.minimumBaseFeePerGas : fee;
}

/** Excess blob gas of the block after `parent`; undefined before Cancun. */
export function excessBlobGasAfter(
  hardfork: Hardfork,
  parent: Pick<BlockHeader, "excessBlobGas" | "blobGasUsed" | "baseFeePerGas">,
): bigint | undefined {
  const schedule = blobScheduleOf(hardfork);
  return schedule === undefined ? undefined : nextExcessBlobGas(parent, hardfork, schedule);
}

/** Wei per blob gas at an excess; 1 where no blob market runs. */
export function blobBaseFeeAt(hardfork: Hardfork, excessBlobGas: bigint | undefined): bigint {
  const schedule = blobScheduleOf(hardfork);
  return schedule === undefined || excessBlobGas === undefined ? 1n : blobBaseFee(excessBlobGas, schedule);
}

/** Blob gas that one block may hold. */
export function maxBlobGas(hardfork: Hardfork): bigint {
  return BigInt(blobScheduleOf(hardfork)?.max ?? 0) * gasPerBlob;
}

/** DIFFICULTY of every block of a hardfork. */
export function difficultyOf(hardfork: Hardfork): bigint {
  return isAtLeast(hardfork, "paris") ? 0n : preMergeDifficulty;
}

/** The block as execution sees it. */
export function contextOf({ chainId, hardfork }: ChainDefinition, seed: BlockSeed): BlockContext {
  return {
    chainId,
    hardfork,
    number: seed.number,
    timestamp: seed.timestamp,
    coinbase: seed.coinbase,
    gasLimit: seed.gasLimit,
    baseFeePerGas: seed.baseFeePerGas,
    blobBaseFee: blobBaseFeeAt(hardfork, seed.excessBlobGas),
    prevRandao: seed.prevRandao,
    difficulty: seed.difficulty,
  };
}
