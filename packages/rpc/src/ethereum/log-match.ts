/** Whether logs and blooms meet criteria. */
import { equalBytes, keccak256, type Log } from "@trireme/core";
import type { LogCriteria } from "./parameters/log-filter.ts";

/** Whether a log is one of those wanted. */
export function matchesLog(criteria: LogCriteria, log: Log): boolean {
  const { addresses, topics } = criteria;
  if (addresses.length > 0 && !addresses.some((address) => equalBytes(address, log.address))) return false;
  if (topics.length > log.topics.length) return false;
  return topics.every(
    (wanted, position) => wanted.length === 0 || wanted.some((topic) => equalBytes(topic, log.topics[position] as Uint8Array)),
  );
}

/** A test whether a block with this bloom may hold a log that is wanted. Never says no wrongly. */
export function createBloomTest(criteria: LogCriteria): (bloom: Uint8Array) => boolean {
  const groups = [criteria.addresses, ...criteria.topics].filter((group) => group.length > 0).map((group) => group.map(bloomBits));
  return (bloom) => groups.every((group) => group.some((bits) => bits.every(({ index, mask }) => ((bloom[index] as number) & mask) !== 0)));
}

/** The three bits that a value sets: the low 11 bits of the first three pairs of its hash (Yellow Paper, 4.3.1). */
function bloomBits(value: Uint8Array): readonly { readonly index: number; readonly mask: number }[] {
  const digest = keccak256(value);
  return [0, 2, 4].map((offset) => {
    const bit = (((digest[offset] as number) << 8) | (digest[offset + 1] as number)) & 0x7ff;
    return { index: 255 - (bit >> 3), mask: 1 << (bit & 7) };
  });
}
