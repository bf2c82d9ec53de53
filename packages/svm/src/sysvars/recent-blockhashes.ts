/** The recent blockhashes sysvar (deprecated, still named by nonce instructions): the last 150, newest first, with their fee. */
import { recentHashes, type SysvarHost } from "./slot-record.ts";

const ENTRIES = 150;

/** Lamports for each signature; what a nonce keeps with its hash. */
export const lamportsPerSignature = 5000n;

/** Bytes of the account: it has room for all entries from the start. */
export const recentBlockhashesLength: number = 8 + ENTRIES * 40;

/** The sysvar's account data. */
export function encodeRecentBlockhashes(host: SysvarHost): Uint8Array {
  const hashes = recentHashes(host, ENTRIES);
  const bytes = new Uint8Array(recentBlockhashesLength);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(hashes.length), true);
  for (const [index, hash] of hashes.entries()) {
    const offset = 8 + index * 40;
    bytes.set(hash, offset);
    view.setBigUint64(offset + 32, lamportsPerSignature, true);
  }
  return bytes;
}
