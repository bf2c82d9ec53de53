/**
 * The flat key space: everything that is in the state, of every VM, under keys that begin with a kind byte.
 *
 * | kind | key after the kind | value |
 * | --- | --- | --- |
 * | account | address | account record (`account-encoding.ts`) |
 * | slot | address ‖ generation (u32) ‖ slot key | the word without leading zeros, never empty |
 * | code | keccak256 of the code | the code, never empty |
 * | page | address ‖ page index (u32) | 4 KiB of account data without trailing zeros, never empty |
 * | generation | address | generation (u32, never 0) that an absent account starts with when it is made again |
 *
 * Integers are big-endian. The last kind lets an address that was removed be made again without seeing its old slots;
 * it stands only while the account itself does not, and the state root does not know of it.
 */
import { TriremeError, type Address, type Hash } from "@trireme/core";

/** First byte of a flat key. */
export const flatKind = { account: 1, slot: 2, code: 3, page: 4, generation: 5 } as const;

/** A flat key read back. */
export type FlatKey =
  | { readonly kind: "account"; readonly address: Address }
  | { readonly kind: "slot"; readonly address: Address; readonly generation: number; readonly key: Uint8Array }
  | { readonly kind: "code"; readonly codeHash: Hash }
  | { readonly kind: "page"; readonly address: Address; readonly index: number }
  | { readonly kind: "generation"; readonly address: Address };

/** Key of an account record: 21 bytes. */
export function accountFlatKey(address: Address): Uint8Array {
  return addressKey(flatKind.account, address, 21);
}

/** Key of a storage slot: 57 bytes. */
export function slotFlatKey(address: Address, generation: number, key: Uint8Array): Uint8Array {
  const bytes = addressKey(flatKind.slot, address, 57);
  writeU32(bytes, 21, generation);
  bytes.set(key, 25);
  return bytes;
}

/** Key of deployed code: 33 bytes. */
export function codeFlatKey(codeHash: Hash): Uint8Array {
  const bytes = new Uint8Array(33);
  bytes[0] = flatKind.code;
  bytes.set(codeHash, 1);
  return bytes;
}

/** Key of a page of account data: 25 bytes. */
export function pageFlatKey(address: Address, index: number): Uint8Array {
  const bytes = addressKey(flatKind.page, address, 25);
  writeU32(bytes, 21, index);
  return bytes;
}

/** Key of the generation that an absent account starts with: 21 bytes. */
export function generationFlatKey(address: Address): Uint8Array {
  return addressKey(flatKind.generation, address, 21);
}

/** Reads a flat key. The parts are copies. @throws TriremeError `INVALID_ENCODING` on any other bytes. */
export function flatKeyFromBytes(bytes: Uint8Array): FlatKey {
  const address = bytes.slice(1, 21) as Address;
  if (bytes[0] === flatKind.account && bytes.length === 21) return { kind: "account", address };
  if (bytes[0] === flatKind.slot && bytes.length === 57) {
    return { kind: "slot", address, generation: readU32(bytes, 21), key: bytes.slice(25) };
  }
  if (bytes[0] === flatKind.code && bytes.length === 33) return { kind: "code", codeHash: bytes.slice(1) as Hash };
  if (bytes[0] === flatKind.page && bytes.length === 25) return { kind: "page", address, index: readU32(bytes, 21) };
  if (bytes[0] === flatKind.generation && bytes.length === 21) return { kind: "generation", address };
  throw new TriremeError(
    "INVALID_ENCODING",
    `expected a flat key of kind 1 to 5, got kind ${bytes[0] ?? "none"} with ${bytes.length} bytes`,
  );
}

/** Value of a slot: the word without leading zeros; undefined for zero, which is not stored. */
export function slotValueFromWord(word: Uint8Array): Uint8Array | undefined {
  let start = 0;
  while (start < word.length && word[start] === 0) start++;
  return start === word.length ? undefined : word.slice(start);
}

/** The 32-byte word of a slot value. @throws TriremeError `INVALID_ENCODING` unless it is 1 to 32 bytes without a leading zero. */
export function wordFromSlotValue(value: Uint8Array): Uint8Array {
  if (value.length === 0 || value.length > 32 || value[0] === 0) {
    throw new TriremeError("INVALID_ENCODING", `expected a slot value of 1 to 32 bytes without a leading zero, got ${value.length} bytes`);
  }
  const word = new Uint8Array(32);
  word.set(value, 32 - value.length);
  return word;
}

/** Value of a page: its bytes without trailing zeros; undefined for zeros, which are not stored. */
export function pageValueFromBytes(page: Uint8Array): Uint8Array | undefined {
  let end = page.length;
  while (end > 0 && page[end - 1] === 0) end--;
  return end === 0 ? undefined : page.slice(0, end);
}

/** Value of a generation record: u32. */
export function generationValue(generation: number): Uint8Array {
  const bytes = new Uint8Array(4);
  writeU32(bytes, 0, generation);
  return bytes;
}

/** Reads a generation record. @throws TriremeError `INVALID_ENCODING` unless it is 4 bytes and not 0. */
export function generationFromValue(value: Uint8Array): number {
  const generation = value.length === 4 ? readU32(value, 0) : 0;
  if (generation === 0) throw new TriremeError("INVALID_ENCODING", `expected a generation: 4 bytes, not 0, got ${value.length} bytes`);
  return generation;
}

function addressKey(kind: number, address: Address, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  bytes[0] = kind;
  bytes.set(address, 1);
  return bytes;
}

function writeU32(bytes: Uint8Array, offset: number, value: number): void {
  bytes[offset] = value >>> 24;
  bytes[offset + 1] = value >>> 16;
  bytes[offset + 2] = value >>> 8;
  bytes[offset + 3] = value;
}

function readU32(bytes: Uint8Array, offset: number): number {
  return (
    (((bytes[offset] as number) << 24) |
      ((bytes[offset + 1] as number) << 16) |
      ((bytes[offset + 2] as number) << 8) |
      (bytes[offset + 3] as number)) >>>
    0
  );
}
