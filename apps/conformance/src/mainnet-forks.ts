/** What is known of Ethereum's mainnet beside the vectors: the rules of a block, and hashes of earlier blocks. */
import { hexToBytes, type Hardfork, type Hash } from "@trireme/core";
import { blobParameterForks, blobScheduleOf, type BlobSchedule } from "@trireme/ethereum";

/** Rules of a block. */
export interface MainnetRules {
  readonly hardfork: Hardfork;
  /** Blobs that it aims at and may hold; undefined before Cancun. */
  readonly schedule: BlobSchedule | undefined;
}

/** The rules in force; undefined for a block before London. */
export function mainnetRules(number: bigint, timestamp: bigint): MainnetRules | undefined {
  const hardfork = mainnetHardfork(number, timestamp);
  if (hardfork === undefined) return undefined;
  const later = timestamp >= bpo2Time ? blobParameterForks.bpo2 : timestamp >= bpo1Time ? blobParameterForks.bpo1 : undefined;
  return { hardfork, schedule: later ?? blobScheduleOf(hardfork) };
}

/** Hashes that BLOCKHASH asks for in blocks whose vectors leave them out; parents are in the headers. */
export const mainnetBlockHashes: ReadonlyMap<bigint, Hash> = new Map([
  [19_923_393n, hexToBytes("0xb91858aa079ffdb2fe737b2d2b9cd5c66b12de3a7bd0ba67f7590645cf6362d7") as Hash],
]);

const londonBlock = 12_965_000n;
const parisBlock = 15_537_394n;
/** Activation times of the forks after the merge, newest first. */
const times: readonly (readonly [bigint, Hardfork])[] = [
  [1_764_798_551n, "osaka"],
  [1_746_612_311n, "prague"],
  [1_710_338_135n, "cancun"],
  [1_681_338_455n, "shanghai"],
];
const bpo1Time = 1_765_290_071n;
const bpo2Time = 1_767_747_671n;

function mainnetHardfork(number: bigint, timestamp: bigint): Hardfork | undefined {
  if (number < londonBlock) return undefined;
  if (number < parisBlock) return "london";
  return times.find(([time]) => timestamp >= time)?.[1] ?? "paris";
}
