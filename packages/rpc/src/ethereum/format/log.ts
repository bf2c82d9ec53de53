/** Logs on the wire. */
import type { Block, Receipt } from "@trireme/chain";
import { addressToHex, bytesToHex, type Hex, type Log } from "@trireme/core";
import { toQuantity } from "./quantity.ts";

/** A log with the place where it stands. */
export interface RpcLog {
  readonly address: Hex;
  readonly topics: readonly Hex[];
  readonly data: Hex;
  readonly blockNumber: Hex;
  readonly blockHash: Hex;
  readonly blockTimestamp: Hex;
  readonly transactionHash: Hex;
  readonly transactionIndex: Hex;
  readonly logIndex: Hex;
  readonly removed: boolean;
}

/** The log number `index` of a receipt. */
export function formatLog(log: Log, index: number, receipt: Receipt, timestamp: bigint): RpcLog {
  return {
    address: addressToHex(log.address),
    topics: log.topics.map(bytesToHex),
    data: bytesToHex(log.data),
    blockNumber: toQuantity(receipt.blockNumber),
    blockHash: bytesToHex(receipt.blockHash),
    blockTimestamp: toQuantity(timestamp),
    transactionHash: bytesToHex(receipt.transactionHash),
    transactionIndex: toQuantity(receipt.transactionIndex),
    logIndex: toQuantity(receipt.firstLogIndex + index),
    removed: false,
  };
}

/** All logs of a receipt. */
export function formatLogs(receipt: Receipt, block: Block): readonly RpcLog[] {
  return receipt.logs.map((log, index) => formatLog(log, index, receipt, block.header.timestamp));
}
