/** Keys as nibbles, read in place: a key is never unpacked. */

/** The nibble at `index`, the high half of a byte first. */
export function nibbleAt(key: Uint8Array, index: number): number {
  const byte = key[index >> 1] as number;
  return (index & 1) === 0 ? byte >> 4 : byte & 15;
}

/** First index from `from` on, at most `limit`, where the keys differ or one of them ends. */
export function divergence(left: Uint8Array, right: Uint8Array, from: number, limit: number): number {
  const end = Math.min(left.length * 2, right.length * 2, limit);
  let index = from;
  while (index < end && nibbleAt(left, index) === nibbleAt(right, index)) index++;
  return index;
}
