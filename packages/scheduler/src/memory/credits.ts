/** Credits that add up in any order, as keys of their own beside the account's. */
import { bigintToBytes, bytesToBigint, type Address } from "@trireme/core";
import type { BlockMemory } from "./block-memory.ts";

/** First byte of a credit's key: no flat key has it. */
const creditKind = 0x80;

/** Key under which a transaction notes what it credited an account without reading it. */
export function creditKey(address: Address): Uint8Array {
  const key = new Uint8Array(21);
  key[0] = creditKind;
  key.set(address, 1);
  return key;
}

/** Whether a key is that of credits. */
export function isCreditKey(key: Uint8Array): boolean {
  return key[0] === creditKind;
}

/** A credit as a value. */
export function creditValue(wei: bigint): Uint8Array {
  return bigintToBytes(wei, 32);
}

/** Credits under a key by the transactions above `since` and below `index`. */
export interface Credits {
  readonly wei: bigint;
  /** A transaction whose credit is an estimate; undefined where none is. */
  readonly estimate: number | undefined;
}

const none: Credits = { wei: 0n, estimate: undefined };

/** Adds credits up. */
export function creditsBetween(memory: BlockMemory, key: number, since: number, index: number): Credits {
  let version = memory.versionBelow(key, index);
  if (version === 0) return none;
  let wei = 0n;
  for (; version !== 0; version = memory.olderThan(version)) {
    const transaction = memory.transactionOf(version);
    if (transaction <= since) break;
    const value = memory.valueOf(version);
    if (value < 0) return { wei, estimate: transaction };
    if (value !== 0) wei += bytesToBigint(memory.readValue(value) ?? new Uint8Array(0));
  }
  return { wei, estimate: undefined };
}
