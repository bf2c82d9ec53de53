/** A Solana transaction that may stand in a block. */
import type { PreparedTransaction } from "@trireme/core";
import type { NonceUse } from "./durable-nonce.ts";
import type { LoadedAddresses } from "./message-accounts.ts";
import type { TokenBalance } from "./solana-receipt.ts";
import type { SolanaTransactionContext } from "./solana-transaction-context.ts";
import type { MessageAccount, SolanaRefusal, SolanaTransaction } from "./solana-transaction.ts";

/** What `prepare` works out, and `charge` notes for `settle`. */
export interface PreparedSolanaTransaction extends PreparedTransaction<SolanaTransaction> {
  readonly context: SolanaTransactionContext;
  readonly accounts: readonly MessageAccount[];
  readonly loaded: LoadedAddresses;
  readonly nonce: NonceUse | undefined;
  /** Wei of the fee that are burnt because the message names contracts (rule 14). */
  readonly burntFee: bigint;
  readonly feeOnly?: SolanaRefusal;
  /** Set by `charge`: balances before the fee was taken. */
  before: Balances | undefined;
}

/** Balances of a message's accounts. */
export interface Balances {
  /** In lamports. */
  readonly lamports: readonly bigint[];
  readonly tokens: readonly TokenBalance[];
}
