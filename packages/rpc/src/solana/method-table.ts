/** Names to methods. */
import * as accounts from "./methods/accounts.ts";
import * as blocks from "./methods/blocks.ts";
import * as node from "./methods/node.ts";
import { getRecentPrioritizationFees } from "./methods/prioritization-fees.ts";
import { requestAirdrop, sendTransaction } from "./methods/send-transaction.ts";
import { simulateTransaction } from "./methods/simulate-transaction.ts";
import * as subscribe from "./methods/subscribe.ts";
import * as tokens from "./methods/tokens.ts";
import * as transactions from "./methods/transactions.ts";
import { blockReportParameters, getBlockReport } from "../trireme/get-block-report.ts";
import { getTransactionIds, transactionIdsParameters } from "../trireme/get-transaction-ids.ts";
import { traceTransaction, traceTransactionParameters } from "../trireme/trace-transaction.ts";
import { solanaMethod, type SolanaMethod } from "./services.ts";

/** Every method that can be asked for, by its name on the wire. */
export const solanaMethodTable: Readonly<Record<string, SolanaMethod>> = {
  getAccountInfo: accounts.getAccountInfo,
  getBalance: accounts.getBalance,
  getBlock: blocks.getBlock,
  getBlockHeight: blocks.getSlot,
  getBlocks: blocks.getBlocks,
  getBlocksWithLimit: blocks.getBlocksWithLimit,
  getBlockTime: blocks.getBlockTime,
  getClusterNodes: node.getClusterNodes,
  getEpochInfo: blocks.getEpochInfo,
  getEpochSchedule: blocks.getEpochSchedule,
  getFeeForMessage: transactions.getFeeForMessage,
  getFirstAvailableBlock: blocks.getFirstAvailableBlock,
  getGenesisHash: blocks.getGenesisHash,
  getHealth: node.getHealth,
  getIdentity: node.getIdentity,
  getLatestBlockhash: blocks.getLatestBlockhash,
  getMaxRetransmitSlot: node.getMaxSlot,
  getMaxShredInsertSlot: node.getMaxSlot,
  getMinimumBalanceForRentExemption: accounts.getMinimumBalanceForRentExemption,
  getMultipleAccounts: accounts.getMultipleAccounts,
  getProgramAccounts: accounts.getProgramAccounts,
  getRecentPerformanceSamples: node.getRecentPerformanceSamples,
  getRecentPrioritizationFees: getRecentPrioritizationFees,
  getSignaturesForAddress: transactions.getSignaturesForAddress,
  getSignatureStatuses: transactions.getSignatureStatuses,
  getSlot: blocks.getSlot,
  getSlotLeader: node.getSlotLeader,
  getSlotLeaders: node.getSlotLeaders,
  getStakeMinimumDelegation: node.getStakeMinimumDelegation,
  getTokenAccountBalance: tokens.getTokenAccountBalance,
  getTokenAccountsByDelegate: tokens.getTokenAccountsByDelegate,
  getTokenAccountsByOwner: tokens.getTokenAccountsByOwner,
  getTokenLargestAccounts: tokens.getTokenLargestAccounts,
  getTokenSupply: tokens.getTokenSupply,
  getTransaction: transactions.getTransaction,
  getTransactionCount: transactions.getTransactionCount,
  getVersion: node.getVersion,
  getVoteAccounts: node.getVoteAccounts,
  isBlockhashValid: blocks.isBlockhashValid,
  minimumLedgerSlot: node.minimumLedgerSlot,
  requestAirdrop,
  sendTransaction,
  simulateTransaction,
  accountSubscribe: subscribe.accountSubscribe,
  accountUnsubscribe: subscribe.unsubscribe,
  logsSubscribe: subscribe.logsSubscribe,
  logsUnsubscribe: subscribe.unsubscribe,
  programSubscribe: subscribe.programSubscribe,
  programUnsubscribe: subscribe.unsubscribe,
  rootSubscribe: subscribe.rootSubscribe,
  rootUnsubscribe: subscribe.unsubscribe,
  signatureSubscribe: subscribe.signatureSubscribe,
  signatureUnsubscribe: subscribe.unsubscribe,
  slotSubscribe: subscribe.slotSubscribe,
  slotUnsubscribe: subscribe.unsubscribe,
  trireme_getBlockReport: solanaMethod(blockReportParameters, ({ chain }, [block]) => getBlockReport(chain, block)),
  trireme_getTransactionIds: solanaMethod(transactionIdsParameters, ({ chain }, [key]) => getTransactionIds(chain, key)),
  trireme_traceTransaction: solanaMethod(traceTransactionParameters, ({ chain }, [key]) => traceTransaction(chain, key)),
};
