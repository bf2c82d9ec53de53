/** Blocks and headers on the wire. */
import type { Block } from "@trireme/chain";
import { addressToHex, bytesToHex } from "@trireme/core";
import type { BlockHeader } from "@trireme/ethereum";
import { toQuantity } from "./quantity.ts";
import { formatTransaction } from "./transaction.ts";

/** Fields by their name on the wire. */
export type RpcBlock = Readonly<Record<string, unknown>>;

/** A block as eth_getBlockByNumber gives it; a pending one has neither hash nor nonce. */
export function formatBlock(block: Block, chainId: bigint, withTransactions: boolean, isPending: boolean): RpcBlock {
  const transactions = block.transactions.map((transaction, index) =>
    withTransactions ? formatTransaction(transaction, chainId, isPending ? undefined : { block, index }) : bytesToHex(transaction.hash),
  );
  return {
    ...formatHeader(block),
    ...(isPending ? { hash: null, nonce: null } : {}),
    size: toQuantity(block.size),
    transactions,
    uncles: [],
    ...(block.header.withdrawalsRoot === undefined ? {} : { withdrawals: [] }),
  };
}

/** A header as a newHeads subscription gives it. */
export function formatHeader(block: Block): RpcBlock {
  const { header } = block;
  return {
    hash: bytesToHex(block.hash),
    parentHash: bytesToHex(header.parentHash),
    sha3Uncles: bytesToHex(header.ommersHash),
    miner: addressToHex(header.coinbase),
    stateRoot: bytesToHex(header.stateRoot),
    transactionsRoot: bytesToHex(header.transactionsRoot),
    receiptsRoot: bytesToHex(header.receiptsRoot),
    logsBloom: bytesToHex(header.logsBloom),
    difficulty: toQuantity(header.difficulty),
    number: toQuantity(header.number),
    gasLimit: toQuantity(header.gasLimit),
    gasUsed: toQuantity(header.gasUsed),
    timestamp: toQuantity(header.timestamp),
    extraData: bytesToHex(header.extraData),
    mixHash: bytesToHex(header.prevRandao),
    nonce: bytesToHex(header.nonce),
    baseFeePerGas: toQuantity(header.baseFeePerGas),
    ...laterFields(header),
  };
}

/** The fields that Shanghai, Cancun and Prague added. */
function laterFields(header: BlockHeader): RpcBlock {
  return {
    ...(header.withdrawalsRoot === undefined ? {} : { withdrawalsRoot: bytesToHex(header.withdrawalsRoot) }),
    ...(header.blobGasUsed === undefined ? {} : { blobGasUsed: toQuantity(header.blobGasUsed) }),
    ...(header.excessBlobGas === undefined ? {} : { excessBlobGas: toQuantity(header.excessBlobGas) }),
    ...(header.parentBeaconBlockRoot === undefined ? {} : { parentBeaconBlockRoot: bytesToHex(header.parentBeaconBlockRoot) }),
    ...(header.requestsHash === undefined ? {} : { requestsHash: bytesToHex(header.requestsHash) }),
  };
}
