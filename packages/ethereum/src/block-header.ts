/** Block headers of London to Osaka: RLP and hash. */
import type { Address, Hash } from "@trireme/core";

/** A header. Fields of later forks are undefined together with all that follow them. */
export interface BlockHeader {
  readonly parentHash: Hash;
  readonly ommersHash: Hash;
  readonly coinbase: Address;
  readonly stateRoot: Hash;
  readonly transactionsRoot: Hash;
  readonly receiptsRoot: Hash;
  /** 256 bytes. */
  readonly logsBloom: Uint8Array;
  /** 0 from Paris on. */
  readonly difficulty: bigint;
  readonly number: bigint;
  readonly gasLimit: bigint;
  readonly gasUsed: bigint;
  /** Unix seconds. */
  readonly timestamp: bigint;
  /** At most 32 bytes. */
  readonly extraData: Uint8Array;
  /** 32 bytes: PREVRANDAO from Paris on, the mix hash before. */
  readonly prevRandao: Uint8Array;
  /** 8 bytes; zeros from Paris on. */
  readonly nonce: Uint8Array;
  /** Wei per gas (EIP-1559). */
  readonly baseFeePerGas: bigint;
  /** From Shanghai on (EIP-4895). */
  readonly withdrawalsRoot: Hash | undefined;
  /** From Cancun on (EIP-4844). */
  readonly blobGasUsed: bigint | undefined;
  readonly excessBlobGas: bigint | undefined;
  /** From Cancun on (EIP-4788). */
  readonly parentBeaconBlockRoot: Hash | undefined;
  /** From Prague on (EIP-7685). */
  readonly requestsHash: Hash | undefined;
}
