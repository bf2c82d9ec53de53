/** Where a pubkey or an address stands in a list: whoever names 255 accounts must not buy each compared with each. */
import { processSeed } from "./process-seed.ts";

/** Up to here comparing is faster than hashing. */
const few = 16;

/** Bytes as a string that differs wherever they differ. */
export function nameOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

/** Finds the first place of a key; -1 where it is not. The list has fewer than 65,536 keys and must not change. */
export function placesOf(keys: readonly Uint8Array[]): (key: Uint8Array) => number {
  if (keys.length <= few) return (key) => firstOf(keys, key);
  // Open addressing, half empty: a place plus 1, 0 for none.
  const mask = (1 << (33 - Math.clz32(keys.length))) - 1;
  const slots = new Uint16Array(mask + 1);
  const slotOf = (key: Uint8Array): number => {
    let slot = hashOf(key) & mask;
    while (slots[slot] !== 0 && !isSame(keys[(slots[slot] as number) - 1] as Uint8Array, key)) slot = (slot + 1) & mask;
    return slot;
  };
  for (let place = 0; place < keys.length; place++) {
    const slot = slotOf(keys[place] as Uint8Array);
    if (slots[slot] === 0) slots[slot] = place + 1;
  }
  return (key) => (slots[slotOf(key)] as number) - 1;
}

function hashOf(key: Uint8Array): number {
  let hash = processSeed;
  for (let index = 0; index < key.length; index++) {
    hash = Math.imul(hash ^ (key[index] as number), 0x85eb_ca6b);
    hash ^= hash >>> 13;
  }
  return hash;
}

function firstOf(keys: readonly Uint8Array[], key: Uint8Array): number {
  for (let place = 0; place < keys.length; place++) if (isSame(keys[place] as Uint8Array, key)) return place;
  return -1;
}

/** From the end: what contracts' names begin with is the same. */
function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = left.length - 1; index >= 0; index--) if (left[index] !== right[index]) return false;
  return true;
}

/** The same for what is told apart by identity. */
export function placesOfSame<T>(items: readonly T[]): (item: T) => number {
  if (items.length <= few) return (item) => items.indexOf(item);
  const places = new Map<T, number>();
  for (let place = items.length - 1; place >= 0; place--) places.set(items[place] as T, place);
  return (item) => places.get(item) ?? -1;
}
