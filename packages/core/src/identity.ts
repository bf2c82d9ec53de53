/**
 * Identity: the total, deterministic mapping between 20-byte addresses and 32-byte pubkeys.
 * `toPubkey(address)` = tag ‖ address and is reversible; `toAddress(pubkey)` = the last 20 bytes if tagged, else the
 * last 20 bytes of keccak256(pubkey). No registration step. Rules 1 to 3 of docs/spec/cross-vm.md.
 */
import type { Address } from "./address.ts";
import { equalBytes } from "./bytes.ts";
import { keccak256 } from "./keccak/keccak.ts";
import type { Pubkey } from "./pubkey.ts";

/** The 12 bytes before the address in a tagged pubkey: ASCII `trireme:addr`. */
export const pubkeyTag: Uint8Array = new TextEncoder().encode("trireme:addr");

/** Whether a pubkey is the tagged name of an address. A tagged pubkey can never sign with ed25519. */
export function isTaggedPubkey(pubkey: Pubkey): boolean {
  for (let index = 0; index < 12; index++) if (pubkey[index] !== pubkeyTag[index]) return false;
  return true;
}

/** The tagged pubkey of an address: tag ‖ address. Injective; `toAddress(toPubkey(a))` = a. */
export function toPubkey(address: Address): Pubkey {
  const pubkey = new Uint8Array(32);
  pubkey.set(pubkeyTag, 0);
  pubkey.set(address, 12);
  return pubkey as Pubkey;
}

/** The address under which a pubkey's account is stored. Total. */
export function toAddress(pubkey: Pubkey): Address {
  return (isTaggedPubkey(pubkey) ? pubkey.slice(12) : keccak256(pubkey).slice(12)) as Address;
}

/**
 * The way back (rule 2): the bound pubkey of an address, else its tagged one. Gateways, token faces, SDKs and RPCs
 * convert with this, never with the raw map, so that what is sent to an address reaches the key that owns it.
 */
export function pubkeyOf(address: Address, boundPubkey: Pubkey | undefined): Pubkey {
  return boundPubkey ?? toPubkey(address);
}

/**
 * The canonical name of an account within one message (rule 1): the bound pubkey, else the untagged pubkey that the
 * message itself uses for the address, else the tagged one. Two different untagged pubkeys of one address cannot both
 * be its name: the second does not load.
 */
export function canonicalPubkey(address: Address, boundPubkey: Pubkey | undefined, named: readonly Pubkey[]): Pubkey {
  if (boundPubkey !== undefined) return boundPubkey;
  for (const pubkey of named) {
    if (!isTaggedPubkey(pubkey) && equalBytes(toAddress(pubkey), address)) return pubkey;
  }
  return toPubkey(address);
}
