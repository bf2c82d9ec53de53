/** Address and base58 of pubkeys: both are dear to work out, and the same few pubkeys come again and again. */
import { pubkeyToBase58, toAddress, type Address, type Pubkey } from "@trireme/core";

interface Names {
  readonly pubkey: Pubkey;
  address: Address | undefined;
  base58: string | undefined;
}

// Direct-mapped: a pubkey has one place, and the last one there stays.
const places = 4096;
const table: (Names | undefined)[] = Array.from({ length: places }, () => undefined);

/** `toAddress`, remembered. The array is shared: it is not to be written to. */
export function addressOf(pubkey: Pubkey): Address {
  const names = namesOf(pubkey);
  return (names.address ??= toAddress(pubkey));
}

/** `pubkeyToBase58`, remembered. */
export function base58Of(pubkey: Pubkey): string {
  const names = namesOf(pubkey);
  return (names.base58 ??= pubkeyToBase58(pubkey));
}

/** Whether two pubkeys are the same 32 bytes. */
export function samePubkey(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) if (left[index] !== right[index]) return false;
  return true;
}

/** Whether a pubkey's 32 bytes stand at a place. */
export function isPubkeyAt(pubkey: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = 31; index >= 0; index--) if (pubkey[index] !== bytes[at + index]) return false;
  return true;
}

/** Whether there are zeros only. */
export function isZero(bytes: Uint8Array): boolean {
  for (let index = 0; index < bytes.length; index++) if (bytes[index] !== 0) return false;
  return true;
}

function namesOf(pubkey: Pubkey): Names {
  let hash = 0;
  for (let index = 0; index < 32; index += 3) hash = (Math.imul(hash, 31) + (pubkey[index] as number)) | 0;
  const place = (hash ^ (hash >>> 12)) & (places - 1);
  const found = table[place];
  if (found !== undefined && samePubkey(found.pubkey, pubkey)) return found;
  // A copy: a view into a large buffer would keep all of it.
  const names: Names = { pubkey: new Uint8Array(pubkey) as Pubkey, address: undefined, base58: undefined };
  table[place] = names;
  return names;
}
