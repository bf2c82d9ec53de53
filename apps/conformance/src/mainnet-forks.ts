/** Which rules a block of Ethereum's mainnet has. */
import type { Hardfork } from "@trireme/core";
import { blobParameterForks, blobScheduleOf, type BlobSchedule } from "@trireme/ethereum";

/** A hardfork and the blob schedule in force; undefined for a block before London. */
export function mainnetRules(
  number: bigint,
  timestamp: bigint,
): { readonly hardfork: Hardfork; readonly schedule: BlobSchedule | undefined } | undefined {
  const hardfork = mainnetHardfork(number, timestamp);
  if (hardfork === undefined) return undefined;
  const later = timestamp >= bpo2Time ? blobParameterForks.bpo2 : timestamp >= bpo1Time ? blobParameterForks.bpo1 : undefined;
  return { hardfork, schedule: later ?? blobScheduleOf(hardfork) };
}

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
