/** By how much the data of all accounts has grown in a transaction: kept in transient storage, so that it is undone like any write. */
import { addressFromHex, bigintToBytes, bytesToBigint, type Host } from "@trireme/core";
import { isZero } from "./pubkey-names.ts";
import type { TransactionState } from "./transaction-state.ts";

const growthAddress = addressFromHex("0x73766d0000000000000000000000000000000004");
const growthKey = new Uint8Array(32);

/** Takes over what stands in the journal, after frames of other VMs, which may have undone some of it. */
export function readDataGrowth(state: TransactionState, host: Host): void {
  state.dataGrowth = growthIn(host);
}

/** Puts it into the journal. */
export function writeDataGrowth({ dataGrowth }: TransactionState, host: Host): void {
  if (dataGrowth === growthIn(host)) return;
  host.setTransientStorage(growthAddress, growthKey, bigintToBytes(BigInt.asUintN(256, BigInt(dataGrowth)), 32));
}

function growthIn(host: Host): number {
  const word = host.getTransientStorage(growthAddress, growthKey);
  return isZero(word) ? 0 : Number(BigInt.asIntN(256, bytesToBigint(word)));
}
