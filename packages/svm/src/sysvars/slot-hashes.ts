/** The slot hashes sysvar: slot and hash of the last 512 blocks, newest first. */
import { recentHashes, type SysvarHost } from "./slot-record.ts";

const ENTRIES = 512;

/** Bytes of the account: it has room for all entries from the start. */
export const slotHashesLength: number = 8 + ENTRIES * 40;

/** The sysvar's account data. */
export function encodeSlotHashes(host: SysvarHost): Uint8Array {
  const hashes = recentHashes(host, ENTRIES);
  const bytes = new Uint8Array(slotHashesLength);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(hashes.length), true);
  for (const [index, hash] of hashes.entries()) {
    const offset = 8 + index * 40;
    view.setBigUint64(offset, host.block.number - 1n - BigInt(index), true);
    bytes.set(hash, offset + 8);
  }
  return bytes;
}
