/** A decoded Solana transaction: what its bytes say, signatures checked. */
import type { Address, Pubkey, Transaction, TransactionError } from "@trireme/core";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { transactionErrorText } from "../errors/transaction-error-text.ts";
import type { ComputeBudget } from "./compute-budget.ts";
import type { MessagePlan } from "./message-plan.ts";
import type { WireTransaction } from "./solana-message.ts";

/** An account of a message, in message order: static accounts, then what the tables give (writable ones first). */
export interface MessageAccount {
  readonly pubkey: Pubkey;
  /** Where it is stored. Shared: not to be written to. */
  readonly address: Address;
  readonly isSigner: boolean;
  /** After the demotion of reserved keys and called programs. */
  readonly isWritable: boolean;
}

/** A transaction in Solana's dialect. */
export interface SolanaTransaction extends Transaction {
  readonly format: "solana";
  readonly wire: WireTransaction;
  /** The first signature: the Solana id, 64 bytes. */
  readonly id: Uint8Array;
  /** Key of the message in the status cache: keccak256 of the signed bytes. */
  readonly messageHash: Uint8Array;
  readonly budget: ComputeBudget;
  /** Lamports: 5,000 for each signature, those of precompiles included. */
  readonly signatureFee: bigint;
  /** Undefined where lookup tables, and so the state, have a say in it. */
  readonly plan: MessagePlan | undefined;
}

/** An error with the form that Solana's clients know. */
export interface SolanaRefusal extends TransactionError {
  readonly solana: SolanaTransactionError;
}

/** Makes the refusal of an error; `detail` says what was expected and what came, where the sentence does not. */
export function refusal(error: SolanaTransactionError, detail?: string, isTemporary = false): SolanaRefusal {
  const code = typeof error === "string" ? error : (Object.keys(error)[0] as string);
  const text = transactionErrorText(error);
  return { code, message: detail === undefined ? text : `${text}: ${detail}`, solana: error, ...(isTemporary ? { isTemporary } : {}) };
}
