/** Ethereum's transactions of types 0 to 4, as the chain sees them after decoding. */
import type { Address, Hash, Transaction } from "@trireme/core";

/** EIP-2718 type: 0 legacy, 1 EIP-2930, 2 EIP-1559, 3 EIP-4844, 4 EIP-7702. */
export type EthereumTransactionType = 0 | 1 | 2 | 3 | 4;

/** One account of an EIP-2930 access list with the slots that start warm, 32 bytes each. */
export interface AccessListEntry {
  readonly address: Address;
  readonly storageKeys: readonly Uint8Array[];
}

/** secp256k1 signature over a transaction's or an authorisation's signing hash. */
export interface Signature {
  /** Parity of the curve point: 0 or 1 in every signature that is valid. */
  readonly yParity: number;
  readonly r: bigint;
  readonly s: bigint;
}

/** One tuple of an EIP-7702 list: `authority` lets its account run the code at `address`. */
export interface Authorization {
  /** 0 is any chain. */
  readonly chainId: bigint;
  /** Where the authority delegates to; the zero address clears the delegation. */
  readonly address: Address;
  readonly nonce: bigint;
  readonly yParity: number;
  readonly r: bigint;
  readonly s: bigint;
  /** Who signed; undefined for a signature that is none: the tuple is then skipped. */
  readonly authority: Address | undefined;
}

/** The fields of a transaction that its signature covers. Fields that its type does not have are empty. */
export interface UnsignedTransaction {
  readonly type: EthereumTransactionType;
  /** Undefined for a legacy transaction that is signed for any chain (before EIP-155). */
  readonly chainId: bigint | undefined;
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  /** Undefined for a contract creation. */
  readonly to: Address | undefined;
  /** Wei. */
  readonly value: bigint;
  readonly data: Uint8Array;
  /** Wei per gas; equals the gas price for types 0 and 1. */
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly accessList: readonly AccessListEntry[];
  /** Wei per blob gas; 0 outside type 3. */
  readonly maxFeePerBlobGas: bigint;
  readonly blobVersionedHashes: readonly Hash[];
  readonly authorizationList: readonly Authorization[];
}

/** A decoded transaction whose sender is known. */
export interface EthereumTransaction extends Transaction, UnsignedTransaction {
  readonly nonce: bigint;
  readonly gasLimit: bigint;
  readonly maxFeePerGas: bigint;
  readonly maxPriorityFeePerGas: bigint;
  readonly declared: undefined;
  /** Undefined for an impersonated transaction of a development chain. */
  readonly signature: Signature | undefined;
}
