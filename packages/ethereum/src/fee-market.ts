/** Prices that a block inherits from its parent: base fee (EIP-1559) and blob base fee (EIP-4844, EIP-7691, EIP-7918). */
import { isAtLeast, type Hardfork } from "@trireme/core";
import type { BlockHeader } from "./block-header.ts";

/** Gas of one blob. */
export const gasPerBlob = 131_072n;
/** Blobs that one transaction may carry from Osaka on (EIP-7594). */
export const maxBlobsPerTransaction = 6;

const ELASTICITY = 2n;
const CHANGE_DENOMINATOR = 8n;
const MIN_BLOB_BASE_FEE = 1n;
/** EIP-7918: execution gas that a blob is taken to cost. */
const BLOB_BASE_COST = 8_192n;

/** Blobs that a block aims at and may hold at most, and how fast their price follows (EIP-7840). */
export interface BlobSchedule {
  readonly target: number;
  readonly max: number;
  readonly baseFeeUpdateFraction: bigint;
}

const cancun: BlobSchedule = { target: 3, max: 6, baseFeeUpdateFraction: 3_338_477n };
/** EIP-7691; Osaka itself changes nothing. */
const prague: BlobSchedule = { target: 6, max: 9, baseFeeUpdateFraction: 5_007_716n };

/** The blob-parameter-only forks of mainnet after Osaka (EIP-7892), by name. */
export const blobParameterForks = {
  bpo1: { target: 10, max: 15, baseFeeUpdateFraction: 8_346_193n },
  bpo2: { target: 14, max: 21, baseFeeUpdateFraction: 11_684_671n },
} as const satisfies Readonly<Record<string, BlobSchedule>>;

/** The schedule that a hardfork starts with; undefined before Cancun. */
export function blobScheduleOf(hardfork: Hardfork): BlobSchedule | undefined {
  if (isAtLeast(hardfork, "prague")) return prague;
  return isAtLeast(hardfork, "cancun") ? cancun : undefined;
}

/** Base fee in wei per gas of the block after `parent` (EIP-1559). */
export function nextBaseFee(parent: Pick<BlockHeader, "gasUsed" | "gasLimit" | "baseFeePerGas">): bigint {
  const { gasUsed, gasLimit, baseFeePerGas } = parent;
  const target = gasLimit / ELASTICITY;
  if (gasUsed === target || target === 0n) return baseFeePerGas;
  if (gasUsed > target) {
    const rise = (baseFeePerGas * (gasUsed - target)) / target / CHANGE_DENOMINATOR;
    return baseFeePerGas + (rise > 0n ? rise : 1n);
  }
  return baseFeePerGas - (baseFeePerGas * (target - gasUsed)) / target / CHANGE_DENOMINATOR;
}

/** Wei per blob gas at an excess (EIP-4844). */
export function blobBaseFee(excessBlobGas: bigint, schedule: BlobSchedule): bigint {
  // The Taylor series of e^(excess / fraction) in integers, as the EIP writes it.
  const fraction = schedule.baseFeeUpdateFraction;
  let sum = 0n;
  let term = MIN_BLOB_BASE_FEE * fraction;
  for (let index = 1n; term > 0n; index++) {
    sum += term;
    term = (term * excessBlobGas) / (fraction * index);
  }
  return sum / fraction;
}

/** Excess blob gas of the block after `parent`; `hardfork` and `schedule` are the new block's. */
export function nextExcessBlobGas(
  parent: Pick<BlockHeader, "excessBlobGas" | "blobGasUsed" | "baseFeePerGas">,
  hardfork: Hardfork,
  schedule: BlobSchedule,
): bigint {
  const excess = parent.excessBlobGas ?? 0n;
  const used = parent.blobGasUsed ?? 0n;
  const target = BigInt(schedule.target) * gasPerBlob;
  if (excess + used < target) return 0n;
  // EIP-7918: while execution costs more than blobs, the blob price does not fall.
  if (isAtLeast(hardfork, "osaka") && BLOB_BASE_COST * parent.baseFeePerGas > gasPerBlob * blobBaseFee(excess, schedule)) {
    return excess + (used * BigInt(schedule.max - schedule.target)) / BigInt(schedule.max);
  }
  return excess + used - target;
}
