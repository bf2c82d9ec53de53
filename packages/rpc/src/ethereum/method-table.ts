/** Names to methods. Development methods go by the names of every tool that has them. */
import * as devAccounts from "./methods/dev/accounts.ts";
import { answeringTrue, unsupportedMethod } from "./methods/dev/dev-method.ts";
import * as impersonation from "./methods/dev/impersonation.ts";
import * as devMempool from "./methods/dev/mempool.ts";
import * as devMining from "./methods/dev/mining.ts";
import * as nextBlock from "./methods/dev/next-block.ts";
import * as nodeInfo from "./methods/dev/node-info.ts";
import * as snapshots from "./methods/dev/snapshots.ts";
import * as time from "./methods/dev/time.ts";
import * as raw from "./methods/debug/raw.ts";
import { traceBlockByHash, traceBlockByNumber } from "./methods/debug/trace-block.ts";
import { traceCall } from "./methods/debug/trace-call.ts";
import { traceTransaction as debugTraceTransaction } from "./methods/debug/trace-transaction.ts";
import { accounts } from "./methods/eth/accounts.ts";
import { baseFee } from "./methods/eth/base-fee.ts";
import { blobBaseFee } from "./methods/eth/blob-base-fee.ts";
import { blockNumber } from "./methods/eth/block-number.ts";
import { call } from "./methods/eth/call.ts";
import { chainId } from "./methods/eth/chain-id.ts";
import { config } from "./methods/eth/config.ts";
import { createAccessList } from "./methods/eth/create-access-list.ts";
import { estimateGas } from "./methods/eth/estimate-gas.ts";
import { feeHistory } from "./methods/eth/fee-history.ts";
import * as filters from "./methods/eth/filters.ts";
import { gasPrice } from "./methods/eth/gas-price.ts";
import { getBalance } from "./methods/eth/get-balance.ts";
import { getBlockByHash, getBlockByNumber } from "./methods/eth/get-block.ts";
import { getBlockReceipts } from "./methods/eth/get-block-receipts.ts";
import { getBlockTransactionCountByHash, getBlockTransactionCountByNumber } from "./methods/eth/get-block-transaction-count.ts";
import { getCode } from "./methods/eth/get-code.ts";
import { getLogs } from "./methods/eth/get-logs.ts";
import { getProof } from "./methods/eth/get-proof.ts";
import { getRawTransactionByHash } from "./methods/eth/get-raw-transaction-by-hash.ts";
import { getStorageAt } from "./methods/eth/get-storage-at.ts";
import { getStorageValues } from "./methods/eth/get-storage-values.ts";
import * as byIndex from "./methods/eth/get-transaction-by-block-and-index.ts";
import { getTransactionByHash } from "./methods/eth/get-transaction-by-hash.ts";
import { getTransactionBySenderAndNonce } from "./methods/eth/get-transaction-by-sender-and-nonce.ts";
import { getTransactionCount } from "./methods/eth/get-transaction-count.ts";
import { getTransactionReceipt } from "./methods/eth/get-transaction-receipt.ts";
import * as uncles from "./methods/eth/get-uncle.ts";
import { maxPriorityFeePerGas } from "./methods/eth/max-priority-fee-per-gas.ts";
import * as nodeStatus from "./methods/eth/node-status.ts";
import { sendRawTransaction } from "./methods/eth/send-raw-transaction.ts";
import { sendRawTransactionSync } from "./methods/eth/send-raw-transaction-sync.ts";
import { sendTransaction } from "./methods/eth/send-transaction.ts";
import { personalSign, sign } from "./methods/eth/sign.ts";
import { fillTransaction, signTransaction } from "./methods/eth/sign-transaction.ts";
import { simulateV1 } from "./methods/eth/simulate-v1.ts";
import { signTypedData } from "./methods/eth/sign-typed-data.ts";
import { subscribe, unsubscribe } from "./methods/eth/subscribe.ts";
import * as web3 from "./methods/eth/web3.ts";
import * as txpool from "./methods/txpool/txpool.ts";
import { blockReportParameters, getBlockReport } from "../trireme/get-block-report.ts";
import { getTransactionIds, transactionIdsParameters } from "../trireme/get-transaction-ids.ts";
import { traceTransaction, traceTransactionParameters } from "../trireme/trace-transaction.ts";
import { ethereumMethod, type EthereumMethod } from "./services.ts";

/** Every method that can be asked for, by its name on the wire. */
export const ethereumMethodTable: Readonly<Record<string, EthereumMethod>> = {
  eth_accounts: accounts,
  eth_requestAccounts: accounts,
  eth_baseFee: baseFee,
  eth_blobBaseFee: blobBaseFee,
  eth_blockNumber: blockNumber,
  eth_call: call,
  eth_chainId: chainId,
  eth_coinbase: nodeStatus.coinbase,
  eth_config: config,
  eth_createAccessList: createAccessList,
  eth_estimateGas: estimateGas,
  eth_feeHistory: feeHistory,
  eth_fillTransaction: fillTransaction,
  eth_gasPrice: gasPrice,
  eth_getBalance: getBalance,
  eth_getBlockByHash: getBlockByHash,
  eth_getBlockByNumber: getBlockByNumber,
  eth_getBlockReceipts: getBlockReceipts,
  eth_getBlockTransactionCountByHash: getBlockTransactionCountByHash,
  eth_getBlockTransactionCountByNumber: getBlockTransactionCountByNumber,
  eth_getCode: getCode,
  eth_getFilterChanges: filters.getFilterChanges,
  eth_getFilterLogs: filters.getFilterLogs,
  eth_getLogs: getLogs,
  eth_getProof: getProof,
  eth_getRawTransactionByBlockHashAndIndex: byIndex.getRawTransactionByBlockHashAndIndex,
  eth_getRawTransactionByBlockNumberAndIndex: byIndex.getRawTransactionByBlockNumberAndIndex,
  eth_getRawTransactionByHash: getRawTransactionByHash,
  eth_getStorageAt: getStorageAt,
  eth_getStorageValues: getStorageValues,
  eth_getTransactionByBlockHashAndIndex: byIndex.getTransactionByBlockHashAndIndex,
  eth_getTransactionByBlockNumberAndIndex: byIndex.getTransactionByBlockNumberAndIndex,
  eth_getTransactionByHash: getTransactionByHash,
  eth_getTransactionBySenderAndNonce: getTransactionBySenderAndNonce,
  eth_getTransactionCount: getTransactionCount,
  eth_getTransactionReceipt: getTransactionReceipt,
  eth_getUncleByBlockHashAndIndex: uncles.getUncleByBlockHashAndIndex,
  eth_getUncleByBlockNumberAndIndex: uncles.getUncleByBlockNumberAndIndex,
  eth_getUncleCountByBlockHash: uncles.getUncleCountByBlockHash,
  eth_getUncleCountByBlockNumber: uncles.getUncleCountByBlockNumber,
  eth_hashrate: nodeStatus.hashrate,
  eth_maxPriorityFeePerGas: maxPriorityFeePerGas,
  eth_mining: nodeStatus.mining,
  eth_newBlockFilter: filters.newBlockFilter,
  eth_newFilter: filters.newFilter,
  eth_newPendingTransactionFilter: filters.newPendingTransactionFilter,
  eth_protocolVersion: nodeStatus.protocolVersion,
  eth_sendRawTransaction: sendRawTransaction,
  eth_sendRawTransactionSync: sendRawTransactionSync,
  eth_sendTransaction: sendTransaction,
  eth_sendUnsignedTransaction: sendTransaction,
  eth_sign: sign,
  eth_signTransaction: signTransaction,
  eth_signTypedData: signTypedData,
  eth_signTypedData_v4: signTypedData,
  eth_simulateV1: simulateV1,
  eth_subscribe: subscribe,
  eth_syncing: nodeStatus.syncing,
  eth_uninstallFilter: filters.uninstallFilter,
  eth_unsubscribe: unsubscribe,
  personal_sign: personalSign,
  net_listening: web3.listening,
  net_peerCount: web3.peerCount,
  net_version: web3.netVersion,
  rpc_modules: web3.rpcModules,
  web3_clientVersion: web3.clientVersion,
  web3_sha3: web3.sha3,
  txpool_content: txpool.content,
  txpool_contentFrom: txpool.contentFrom,
  txpool_inspect: txpool.inspect,
  txpool_status: txpool.status,
  debug_getRawBlock: raw.getRawBlock,
  debug_getRawHeader: raw.getRawHeader,
  debug_getRawReceipts: raw.getRawReceipts,
  debug_getRawTransaction: getRawTransactionByHash,
  debug_traceBlockByHash: traceBlockByHash,
  debug_traceBlockByNumber: traceBlockByNumber,
  debug_traceCall: traceCall,
  debug_traceTransaction: debugTraceTransaction,
  evm_increaseTime: time.increaseTime,
  evm_mine: devMining.evmMine,
  evm_revert: snapshots.revert,
  evm_setAccountBalance: answeringTrue(devAccounts.setBalance),
  evm_setAccountCode: answeringTrue(devAccounts.setCode),
  evm_setAccountNonce: answeringTrue(devAccounts.setNonce),
  evm_setAccountStorageAt: devAccounts.setStorageAt,
  evm_setAutomine: answeringTrue(devMining.setAutomine),
  evm_setBlockGasLimit: nextBlock.setBlockGasLimit,
  evm_setIntervalMining: answeringTrue(devMining.setIntervalMining),
  evm_setNextBlockTimestamp: time.setNextBlockTimestamp,
  evm_setTime: time.setTime,
  evm_snapshot: snapshots.snapshot,
  trireme_getBlockReport: ethereumMethod(blockReportParameters, ({ chain }, [block]) => getBlockReport(chain, block)),
  trireme_getTransactionIds: ethereumMethod(transactionIdsParameters, ({ chain }, [key]) => getTransactionIds(chain, key)),
  trireme_traceTransaction: ethereumMethod(traceTransactionParameters, ({ chain }, [key]) => traceTransaction(chain, key)),
  ...toolMethods(),
};

/** anvil answers null where hardhat answers true; else the two agree. */
function toolMethods(): Readonly<Record<string, EthereumMethod>> {
  const decrees: Readonly<Record<string, EthereumMethod>> = {
    autoImpersonateAccount: impersonation.autoImpersonateAccount,
    impersonateAccount: impersonation.impersonateAccount,
    mine: devMining.mine,
    setBalance: devAccounts.setBalance,
    setCode: devAccounts.setCode,
    setCoinbase: nextBlock.setCoinbase,
    setLoggingEnabled: nodeInfo.setLoggingEnabled,
    setMinGasPrice: nextBlock.setMinGasPrice,
    setNextBlockBaseFeePerGas: nextBlock.setNextBlockBaseFeePerGas,
    setNonce: devAccounts.setNonce,
    setPrevRandao: nextBlock.setPrevRandao,
    stopImpersonatingAccount: impersonation.stopImpersonatingAccount,
  };
  const shared: Readonly<Record<string, EthereumMethod>> = {
    dropAllTransactions: devMempool.dropAllTransactions,
    getAutomine: devMining.getAutomine,
    metadata: nodeInfo.metadata,
    reset: unsupportedMethod("reset is not supported: take evm_snapshot at the start and evm_revert to it, or start a new chain"),
    setRpcUrl: unsupportedMethod("setRpcUrl is not supported: this chain forks no other"),
    setStorageAt: devAccounts.setStorageAt,
  };
  const table: Record<string, EthereumMethod> = {
    anvil_addBalance: devAccounts.addBalance,
    anvil_dropTransaction: devMempool.dropTransaction,
    anvil_getIntervalMining: devMining.getIntervalMining,
    anvil_increaseTime: time.increaseTime,
    anvil_nodeInfo: nodeInfo.nodeInfo,
    anvil_removeBlockTimestampInterval: time.removeBlockTimestampInterval,
    anvil_revert: snapshots.revert,
    anvil_setAutomine: devMining.setAutomine,
    anvil_setBlockGasLimit: nextBlock.setBlockGasLimit,
    anvil_setBlockTimestampInterval: time.setBlockTimestampInterval,
    anvil_setIntervalMining: devMining.setIntervalMining,
    anvil_setNextBlockTimestamp: time.setNextBlockTimestamp,
    anvil_setTime: time.setTime,
    anvil_snapshot: snapshots.snapshot,
    hardhat_dropTransaction: devMempool.dropTransactionHardhat,
  };
  for (const [name, method] of Object.entries(decrees)) {
    table[`anvil_${name}`] = method;
    table[`hardhat_${name}`] = answeringTrue(method);
  }
  for (const [name, method] of Object.entries(shared)) {
    table[`anvil_${name}`] = method;
    table[`hardhat_${name}`] = method;
  }
  return table;
}
