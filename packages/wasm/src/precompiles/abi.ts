/** As much of Solidity's ABI as the precompiles speak: static words in, words and one array out. */
import { bigintToBytes, concatBytes, keccak256, type Address } from "@trireme/core";

/** A word of a result: a number, or bytes that are at the right place already (an address, a hash). */
export type AbiWord = bigint | number | boolean | Uint8Array;

/** keccak256 of a signature such as `activateProgram(address)`: the topic of an event. */
export function signatureHash(signature: string): Uint8Array {
  return keccak256(new TextEncoder().encode(signature));
}

/** The first four bytes of the signature's hash, as a number. */
export function selectorOf(signature: string): number {
  return selectorIn(signatureHash(signature));
}

/** The selector at the start of calldata of four bytes or more. */
export function selectorIn(input: Uint8Array): number {
  return new DataView(input.buffer, input.byteOffset).getUint32(0);
}

/** Words, one after the other. */
export function encodeWords(...words: readonly AbiWord[]): Uint8Array {
  return concatBytes(...words.map(encodeWord));
}

/** A custom error: its selector, then its arguments. */
export function encodeError(signature: string, ...words: readonly AbiWord[]): Uint8Array {
  return concatBytes(signatureHash(signature).subarray(0, 4), encodeWords(...words));
}

/** One `address[]`. */
export function encodeAddresses(addresses: readonly Address[]): Uint8Array {
  return encodeWords(32, addresses.length, ...addresses);
}

function encodeWord(word: AbiWord): Uint8Array {
  if (typeof word === "object") return concatBytes(new Uint8Array(32 - word.length), word);
  return bigintToBytes(BigInt(word), 32);
}
