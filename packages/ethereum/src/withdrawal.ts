/** Withdrawals from the beacon chain (EIP-4895). */
import type { Address } from "@trireme/core";

/** One withdrawal of a block body. */
export interface Withdrawal {
  readonly index: bigint;
  readonly validatorIndex: bigint;
  readonly address: Address;
  /** Gwei, not wei. */
  readonly amount: bigint;
}
