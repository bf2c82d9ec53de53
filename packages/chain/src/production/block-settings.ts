/** What a developer chose for coming blocks: plain, so that a snapshot is a copy of the reference. */
import type { Address } from "@trireme/core";
import type { SeedOverrides } from "../block/block-seed.ts";

/** `next*` hold for one block, the others until they are changed. */
export interface BlockSettings {
  readonly coinbase?: Address;
  readonly gasLimit?: bigint;
  readonly nextBaseFee?: bigint;
  readonly nextPrevRandao?: Uint8Array;
}

/** The settings as they bear on the next block. */
export function seedOverrides({ coinbase, gasLimit, nextBaseFee, nextPrevRandao }: BlockSettings): SeedOverrides {
  return {
    ...(coinbase === undefined ? {} : { coinbase }),
    ...(gasLimit === undefined ? {} : { gasLimit }),
    ...(nextBaseFee === undefined ? {} : { baseFeePerGas: nextBaseFee }),
    ...(nextPrevRandao === undefined ? {} : { prevRandao: nextPrevRandao }),
  };
}

/** The settings after a block was made with them. */
export function usedUp({ coinbase, gasLimit }: BlockSettings): BlockSettings {
  return { ...(coinbase === undefined ? {} : { coinbase }), ...(gasLimit === undefined ? {} : { gasLimit }) };
}
