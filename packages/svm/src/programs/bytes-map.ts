/** A map from byte strings (keys, addresses, hashes) without making a string of them. */

/** Entries by key; keys are compared by their bytes and must not be written to. */
export interface BytesMap<Value> {
  get(key: Uint8Array): Value | undefined;
  set(key: Uint8Array, value: Value): void;
  delete(key: Uint8Array): void;
  entries(): IterableIterator<readonly [Uint8Array, Value]>;
}

interface Entry<Value> {
  readonly key: Uint8Array;
  value: Value;
}

/** A map with these entries. Keys have at least 8 bytes; those that are not hashes should differ in their first or last four. */
export function createBytesMap<Value>(entries: Iterable<readonly [Uint8Array, Value]> = []): BytesMap<Value> {
  const buckets = new Map<number, Entry<Value>[]>();

  const map: BytesMap<Value> = {
    get(key) {
      const bucket = buckets.get(digest(key));
      if (bucket === undefined) return undefined;
      for (const entry of bucket) if (isEqual(entry.key, key)) return entry.value;
      return undefined;
    },
    set(key, value) {
      const place = digest(key);
      const bucket = buckets.get(place);
      const known = bucket?.find((entry) => isEqual(entry.key, key));
      if (known !== undefined) known.value = value;
      else if (bucket === undefined) buckets.set(place, [{ key, value }]);
      else bucket.push({ key, value });
    },
    delete(key) {
      const place = digest(key);
      const bucket = buckets.get(place)?.filter((entry) => !isEqual(entry.key, key));
      if (bucket === undefined || bucket.length === 0) buckets.delete(place);
      else buckets.set(place, bucket);
    },
    *entries() {
      for (const bucket of buckets.values()) for (const { key, value } of bucket) yield [key, value];
    },
  };
  for (const [key, value] of entries) map.set(key, value);
  return map;
}

/** 32 bits of the first and last four bytes. */
function digest(key: Uint8Array): number {
  const end = key.length;
  const first = (key[0] as number) | ((key[1] as number) << 8) | ((key[2] as number) << 16) | ((key[3] as number) << 24);
  const last =
    (key[end - 4] as number) | ((key[end - 3] as number) << 8) | ((key[end - 2] as number) << 16) | ((key[end - 1] as number) << 24);
  return first ^ last;
}

function isEqual(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false;
  for (let index = 0; index < left.length; index++) if (left[index] !== right[index]) return false;
  return true;
}
