/** Address and base58 of pubkeys: both are dear to work out, and the same few pubkeys come again and again. */
import { pubkeyToBase58, toAddress, type Address, type Pubkey } from "@trireme/core";

// Direct-mapped: a pubkey has one place, and the last one there stays. At first that is the pubkey of 32 zeros.
const places = 4096;
const known = new Uint8Array(places * 32);
const addresses: (Address | undefined)[] = Array.from({ length: places }, () => undefined);
const texts: (string | undefined)[] = Array.from({ length: places }, () => undefined);

/** `toAddress`, remembered. The array is shared: it is not to be written to. */
export function addressOf(pubkey: Pubkey): Address {
  const place = placeOf(pubkey);
  return (addresses[place] ??= toAddress(pubkey));
}

/** `pubkeyToBase58`, remembered. */
export function base58Of(pubkey: Pubkey): string {
  const place = placeOf(pubkey);
  return (texts[place] ??= pubkeyToBase58(pubkey));
}

/** Whether two pubkeys are the same 32 bytes. */
export function samePubkey(left: Uint8Array, right: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) if (left[index] !== right[index]) return false;
  return true;
}

/** Whether a pubkey is among others. */
export function includesPubkey(pubkeys: readonly Pubkey[], pubkey: Pubkey): boolean {
  for (const other of pubkeys) if (samePubkey(other, pubkey)) return true;
  return false;
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

function placeOf(pubkey: Pubkey): number {
  let hash = 0;
  for (let index = 0; index < 32; index += 3) hash = (Math.imul(hash, 31) + (pubkey[index] as number)) | 0;
  const place = (hash ^ (hash >>> 12)) & (places - 1);
  const at = place * 32;
  if (isPubkeyAt(pubkey, known, at)) return place;
  for (let index = 0; index < 32; index++) known[at + index] = pubkey[index] as number;
  addresses[place] = undefined;
  texts[place] = undefined;
  return place;
}
