/** Why a transaction failed, in the names and the JSON form of Solana's `TransactionError`. */
import type { InstructionError } from "./instruction-error.ts";

/** An error that says no more than its name. */
export type TransactionErrorName =
  | "AccountInUse"
  | "AccountLoadedTwice"
  | "AccountNotFound"
  | "ProgramAccountNotFound"
  | "InsufficientFundsForFee"
  | "InvalidAccountForFee"
  | "AlreadyProcessed"
  | "BlockhashNotFound"
  | "CallChainTooDeep"
  | "MissingSignatureForFee"
  | "InvalidAccountIndex"
  | "SignatureFailure"
  | "InvalidProgramForExecution"
  | "SanitizeFailure"
  | "ClusterMaintenance"
  | "AccountBorrowOutstanding"
  | "WouldExceedMaxBlockCostLimit"
  | "UnsupportedVersion"
  | "InvalidWritableAccount"
  | "WouldExceedMaxAccountCostLimit"
  | "WouldExceedAccountDataBlockLimit"
  | "TooManyAccountLocks"
  | "AddressLookupTableNotFound"
  | "InvalidAddressLookupTableOwner"
  | "InvalidAddressLookupTableData"
  | "InvalidAddressLookupTableIndex"
  | "InvalidRentPayingAccount"
  | "WouldExceedMaxVoteCostLimit"
  | "WouldExceedAccountDataTotalLimit"
  | "MaxLoadedAccountsDataSizeExceeded"
  | "InvalidLoadedAccountsDataSizeLimit"
  | "ResanitizationNeeded"
  | "UnbalancedTransaction"
  | "ProgramCacheHitMaxLimit"
  | "CommitCancelled";

/** As the RPC shows it. Indices count the instructions or accounts of the message. */
export type SolanaTransactionError =
  | TransactionErrorName
  | { readonly InstructionError: readonly [number, InstructionError] }
  | { readonly DuplicateInstruction: number }
  | { readonly InsufficientFundsForRent: { readonly account_index: number } }
  | { readonly ProgramExecutionTemporarilyRestricted: { readonly account_index: number } };
