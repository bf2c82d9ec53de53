/** What frames of a Solana transaction see beyond an ordinary transaction context. */
import type { AccountMeta, Hash, Instruction, Pubkey, TransactionContext } from "@trireme/core";
import type { TransactionState } from "../runtime/transaction-state.ts";

/** The context of a transaction in Solana's dialect; an environment tells it from others by `solana`. */
export interface SolanaTransactionContext extends TransactionContext {
  readonly instructions: readonly Instruction[];
  readonly solana: {
    /** Every account of the message, lookup tables resolved, in message order, after the demotion of reserved keys and programs. */
    readonly accounts: readonly AccountMeta[];
    readonly feePayer: Pubkey;
    /** The message's recent blockhash, or the durable nonce it names. */
    readonly blockhash: Hash;
    /** Heap of every program, in bytes: 32,768 unless RequestHeapFrame says otherwise. */
    readonly heapLength: number;
    readonly computeUnitLimit: number;
    /** Signatures of the message and of precompiles, times 5,000: what `AdvanceNonce` and the fee need. */
    readonly lamportsPerSignature: bigint;
  };
  /** The runtime's, from the first instruction on. */
  state?: TransactionState | undefined;
}

/** Whether a context is that of a Solana transaction. */
export function isSolanaContext(context: TransactionContext): context is SolanaTransactionContext {
  return "solana" in context;
}
