export type { BlockHeader } from "./block-header.ts";
export type {
  AccessListEntry,
  Authorization,
  EthereumTransaction,
  EthereumTransactionType,
  Signature,
  UnsignedTransaction,
} from "./ethereum-transaction.ts";
export type { Withdrawal } from "./withdrawal.ts";
