/** What is the same for every frame of a block, and of a transaction. */
import type { Address } from "./address.ts";
import type { Hardfork } from "./hardfork.ts";
import type { Hash } from "./hash.ts";
import type { Instruction } from "./message.ts";

/** The block that is being executed. Sysvars and block opcodes are functions of it. */
export interface BlockContext {
  readonly chainId: bigint;
  readonly hardfork: Hardfork;
  /** Block number; the SVM's slot is the same number. */
  readonly number: bigint;
  /** Unix time in seconds; equal to the parent's or later. */
  readonly timestamp: bigint;
  readonly coinbase: Address;
  readonly gasLimit: bigint;
  /** Base fee in wei per gas (EIP-1559). */
  readonly baseFeePerGas: bigint;
  /** Wei per blob gas (EIP-4844); 1 where no blob market runs. */
  readonly blobBaseFee: bigint;
  /** PREVRANDAO from Paris on, 32 bytes. */
  readonly prevRandao: Uint8Array;
  /** DIFFICULTY before Paris. */
  readonly difficulty: bigint;
}

/**
 * The transaction that is being executed. One object serves one execution, from `charge` to `settle`, and reaches every
 * frame as the same object: what an environment has to remember for that long and no revert undoes (open memory pages,
 * the instruction trace, the log collector), it keys by it in a WeakMap. A format may hand its environment a wider one.
 */
export interface TransactionContext {
  /** ORIGIN: the sender, or toAddress(fee payer) for a Solana transaction (rule 17). */
  readonly origin: Address;
  /** GASPRICE: effective price in wei per gas. */
  readonly gasPrice: bigint;
  /** BLOBHASH: versioned hashes of a type 3 transaction. */
  readonly blobHashes: readonly Hash[];
  /** All instructions of a Solana transaction, for its instructions sysvar; undefined for other dialects (rule 17). */
  readonly instructions?: readonly Instruction[];
}
