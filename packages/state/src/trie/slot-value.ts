/** Values of the storage trie: the slot without leading zeros, as an RLP string. */
import { writeString } from "./rlp-write.ts";

/** The leaf value of a slot; undefined for zero, which has no leaf. */
export function encodeSlotValue(value: Uint8Array | undefined): Uint8Array | undefined {
  if (value === undefined) return undefined;
  let start = 0;
  while (start < value.length && value[start] === 0) start++;
  const length = value.length - start;
  if (length === 0) return undefined;
  const trimmed = value.subarray(start);
  const encoded = new Uint8Array(length === 1 && (trimmed[0] as number) < 0x80 ? 1 : length + 1);
  writeString(encoded, 0, trimmed);
  return encoded;
}

/** The slot without leading zeros. */
export function decodeSlotValue(leaf: Uint8Array): Uint8Array {
  return (leaf[0] as number) < 0x80 ? leaf : leaf.subarray(1);
}
