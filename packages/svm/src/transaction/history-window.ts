/**
 * Replay protection (rule 22): blockhashes and message hashes of the window, as storage slots of two system accounts that
 * take turns every 256 blocks. Whoever's turn comes forgets everything, in O(1); the other one still holds the 256 blocks
 * before, more than a blockhash lives. So no list of hashes is kept, and transactions share no slot.
 */
import { bigintToBytes, bytesToBigint, equalBytes, keccak256, type Address, type Hash, type Host } from "@trireme/core";
import { isZero } from "../runtime/pubkey-names.ts";

/** A blockhash can be used in this many blocks after the one that follows its own. */
export const maxBlockhashAge = 150n;
const PERIOD = 256n;

/** What reading the window takes: the block that a transaction would stand in, and the state before it. */
export type WindowHost = Pick<Host, "block" | "getBlockHash" | "getStorage">;

/** The two system accounts; nonce 1 keeps them (EIP-161). */
export const windowAddresses: readonly [Address, Address] = [windowAddress("even"), windowAddress("odd")];

/** Makes the accounts, in genesis. */
export function writeWindowGenesis(host: Host): void {
  for (const address of windowAddresses) if (host.getNonce(address) === 0n) host.setNonce(address, 1n);
}

/** Before the first transaction of a block: the parent's hash becomes usable. */
export function openWindow(host: Host): void {
  const { number } = host.block;
  if (number === 0n) return;
  const current = currentAddress(number);
  if (number % PERIOD === 0n) {
    host.clearStorage(current);
    host.setNonce(current, 1n);
  }
  const parent = host.getBlockHash(number - 1n);
  if (parent !== undefined) host.setStorage(current, parent, bigintToBytes(number, 32));
}

/** Whether a transaction with this blockhash may stand in the host's block. */
export function isRecentBlockhash(blockhash: Hash, host: WindowHost): boolean {
  const { number } = host.block;
  const parent = host.getBlockHash(number - 1n);
  if (parent !== undefined && equalBytes(parent, blockhash)) return true;
  // The slot holds the number of the block that was the first to know the hash.
  const known = lookUp(blockhash, host);
  return known !== 0n && known < messageMark && number - known <= maxBlockhashAge;
}

/** Whether a message stood in a block of the window. */
export function isProcessed(messageHash: Uint8Array, host: WindowHost): boolean {
  return lookUp(messageHash, host) >= messageMark;
}

/** Remembers a message. */
export function recordMessage(messageHash: Uint8Array, host: Host): void {
  const { number } = host.block;
  host.setStorage(currentAddress(number), messageHash, messageWord(number));
}

function lookUp(key: Uint8Array, host: WindowHost): bigint {
  for (const address of windowAddresses) {
    const value = host.getStorage(address, key);
    if (!isZero(value)) return bytesToBigint(value);
  }
  return 0n;
}

/** What tells a message from a block: both have hashes in one window, and the hash of a message is nobody's blockhash. */
const messageMark = 1n << 255n;

/** Every message of a block is recorded with the same word: storage keeps its own copy of it. */
let lastWord = { number: 0n, bytes: bigintToBytes(messageMark, 32) };

function messageWord(number: bigint): Uint8Array {
  if (lastWord.number !== number) lastWord = { number, bytes: bigintToBytes(messageMark | number, 32) };
  return lastWord.bytes;
}

function currentAddress(number: bigint): Address {
  return windowAddresses[(number / PERIOD) % 2n === 0n ? 0 : 1];
}

function windowAddress(turn: string): Address {
  return keccak256(new TextEncoder().encode(`trireme:solana-window:${turn}`)).slice(12) as Address;
}
