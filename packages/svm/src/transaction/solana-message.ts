/** A Solana transaction as its bytes say it: signatures and message, lookup tables not yet resolved. */
import type { Hash, Pubkey } from "@trireme/core";

/** Form of a message: without a version byte, with lookup tables, or SIMD-0385's. */
export type MessageVersion = "legacy" | 0 | 1;

/** An instruction whose program and accounts are places in the message's list of accounts. */
export interface CompiledInstruction {
  readonly programIndex: number;
  readonly accountIndices: Uint8Array;
  readonly data: Uint8Array;
}

/** Accounts that a version 0 message takes out of an address lookup table. */
export interface TableLookup {
  readonly table: Pubkey;
  readonly writableIndices: Uint8Array;
  readonly readonlyIndices: Uint8Array;
}

/** The budget that stands in a version 1 message instead of in Compute Budget instructions; undefined = not set. */
export interface MessageConfig {
  /** Lamports for the whole transaction. */
  readonly priorityFee: bigint | undefined;
  readonly computeUnitLimit: number | undefined;
  readonly loadedAccountsDataSizeLimit: number | undefined;
  readonly heapLength: number | undefined;
}

/** What the signers signed. Static accounts come first: writable signers, read-only signers, writable, read-only. */
export interface SolanaMessage {
  readonly version: MessageVersion;
  readonly requiredSignatures: number;
  readonly readonlySigned: number;
  readonly readonlyUnsigned: number;
  readonly staticAccounts: readonly Pubkey[];
  /** Recent blockhash, or the durable nonce. */
  readonly blockhash: Hash;
  readonly instructions: readonly CompiledInstruction[];
  readonly lookups: readonly TableLookup[];
  /** Version 1 only. */
  readonly config: MessageConfig | undefined;
}

/** Signatures and the message they are of. */
export interface WireTransaction {
  /** 64 bytes each, in the order of the signing accounts. */
  readonly signatures: readonly Uint8Array[];
  readonly message: SolanaMessage;
  /** The bytes that are signed. */
  readonly messageBytes: Uint8Array;
}
