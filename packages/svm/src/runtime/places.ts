/** Where a pubkey or an address stands in a list: whoever names 255 accounts must not buy each compared with each. */
/** Up to here comparing is faster than hashing. */
const few = 16;

/** Bytes as a string that differs wherever they differ. */
export function nameOf({ buffer, byteOffset, length }: Uint8Array): string {
  return Buffer.from(buffer, byteOffset, length).toString("latin1");
}

/** Finds the first place of a key; -1 where it is not. The list must not change. */
export function placesOf(keys: readonly Uint8Array[]): (key: Uint8Array) => number {
  if (keys.length <= few) return (key) => firstOf(keys, key);
  const places = new Map<string, number>();
  for (let place = keys.length - 1; place >= 0; place--) places.set(nameOf(keys[place] as Uint8Array), place);
  return (key) => places.get(nameOf(key)) ?? -1;
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
