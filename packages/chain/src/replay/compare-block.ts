/** A block that was executed again, held against what a database says of it. */
import { bytesToHex } from "@trireme/core";
import { hashHeader, type BlockHeader } from "@trireme/ethereum";
import type { BlockRecord } from "@trireme/state";

/** The first thing that came out differently. */
export interface ReplayDifference {
  readonly blockNumber: bigint;
  readonly field: "genesis" | "transactions" | "stateRoot" | "receiptsRoot" | "gasUsed" | "logsBloom" | "hash";
  /** What the database says, and what execution gave. */
  readonly expected: string;
  readonly got: string;
}

/** Holds the header that execution gave against the record and its header. */
export function compareBlock(record: BlockRecord, expected: BlockHeader, got: BlockHeader): ReplayDifference | undefined {
  return compareHeaders(record.number, expected, got) ?? compareHashes(record.number, record, got);
}

function compareHeaders(number: bigint, expected: BlockHeader, got: BlockHeader): ReplayDifference | undefined {
  if (expected.gasUsed !== got.gasUsed) return difference(number, "gasUsed", String(expected.gasUsed), String(got.gasUsed));
  for (const field of ["receiptsRoot", "logsBloom", "stateRoot"] as const) {
    const [wanted, made] = [bytesToHex(expected[field]), bytesToHex(got[field])];
    if (wanted !== made) return difference(number, field, wanted, made);
  }
  return undefined;
}

function compareHashes(number: bigint, record: BlockRecord, made: BlockHeader): ReplayDifference | undefined {
  const [expected, got] = [bytesToHex(record.hash), bytesToHex(hashHeader(made))];
  return expected === got ? undefined : difference(number, "hash", expected, got);
}

/** A difference of a block. */
export function difference(blockNumber: bigint, field: ReplayDifference["field"], expected: string, got: string): ReplayDifference {
  return { blockNumber, field, expected, got };
}
