/**
 * What sysvars know of earlier blocks beyond the host's window of 256 block hashes: a system account that one hook
 * writes at the start of each block. SlotHashes shows 512 slots: the newest 256 are the window's, the others stand here.
 * Each hash is written in the last block in which the window still has it, so that no block waits for its parent's hash
 * (rule 24).
 */
import { addressFromHex, bigintToBytes, bytesToBigint, type Address, type Hash, type Host } from "@trireme/core";
import { slotsPerEpoch } from "./epoch-schedule.ts";

/** What sysvars read of a host. */
export type SysvarHost = Pick<Host, "block" | "getBlockHash" | "getStorage" | "transaction">;

/** The system account; its storage is the record. */
export const slotRecordAddress: Address = addressFromHex("0x73766d0000000000000000000000000000000002");

/** Block hashes that the host knows. */
const WINDOW = 256n;
/** Places of the ring: a hash of slot n stands at n modulo this. */
const RING = 512n;
const EPOCH_START = 1n << 32n;

/** Makes the account; part of the environment's `writeGenesis`. */
export function writeSlotRecordGenesis(host: Host): void {
  host.setNonce(slotRecordAddress, 1n);
  host.setStorage(slotRecordAddress, keyOf(EPOCH_START), word(host.block.timestamp));
}

/** Keeps the hash that leaves the window with this block, and the time of an epoch's first block; part of `beginBlock`. */
export function writeSlotRecord(host: Host): void {
  const { number, timestamp } = host.block;
  // A chain may have got the SVM after its genesis.
  if (host.getNonce(slotRecordAddress) === 0n) host.setNonce(slotRecordAddress, 1n);
  if (number % slotsPerEpoch === 0n) host.setStorage(slotRecordAddress, keyOf(EPOCH_START), word(timestamp));
  if (number < WINDOW) return;
  const slot = number - WINDOW;
  const hash = host.getBlockHash(slot);
  if (hash !== undefined) host.setStorage(slotRecordAddress, keyOf(slot % RING), hash);
}

/** Unix time of the first block of this epoch. */
export function readEpochStart(host: SysvarHost): bigint {
  const start = bytesToBigint(host.getStorage(slotRecordAddress, keyOf(EPOCH_START)));
  return start > 0n ? start : host.block.number < slotsPerEpoch ? 0n : host.block.timestamp;
}

/** Hashes of the slots before this one, newest first, at most `count`; fewer where the chain is younger. */
export function recentHashes(host: SysvarHost, count: number): readonly Hash[] {
  const hashes: Hash[] = [];
  const { number } = host.block;
  for (let slot = number - 1n; slot >= 0n && hashes.length < count; slot--) {
    const hash = number - slot <= WINDOW ? host.getBlockHash(slot) : recordedHash(host, slot);
    if (hash === undefined) break;
    hashes.push(hash);
  }
  return hashes;
}

function recordedHash(host: SysvarHost, slot: bigint): Hash | undefined {
  const value = host.getStorage(slotRecordAddress, keyOf(slot % RING));
  return value.every((byte) => byte === 0) ? undefined : (value as Hash);
}

function keyOf(place: bigint): Uint8Array {
  return word(place);
}

function word(value: bigint): Uint8Array {
  return bigintToBytes(value, 32);
}
