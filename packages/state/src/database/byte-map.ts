/** A map whose keys are byte strings, with ordered scans by prefix. */

/** Keys are copied in and out; values are kept as they are given. */
export interface ByteMap<Value> {
  readonly size: number;
  get(key: Uint8Array): Value | undefined;
  has(key: Uint8Array): boolean;
  set(key: Uint8Array, value: Value): void;
  delete(key: Uint8Array): boolean;
  /** Entries whose key begins with `prefix`, in key order, as they are now: later changes do not show. */
  entries(prefix: Uint8Array): readonly (readonly [key: Uint8Array, value: Value])[];
  clear(): void;
}

/** An empty map. */
export function createByteMap<Value>(): ByteMap<Value> {
  // One UTF-16 unit per byte: equal strings are equal bytes, and string order is byte order.
  const values = new Map<string, Value>();
  // Sorted when first asked for, kept until a key comes or goes.
  let sorted: string[] | undefined;
  return {
    get size() {
      return values.size;
    },
    get: (key) => values.get(stringFromBytes(key)),
    has: (key) => values.has(stringFromBytes(key)),
    set(key, value) {
      const size = values.size;
      values.set(stringFromBytes(key), value);
      if (values.size !== size) sorted = undefined;
    },
    delete(key) {
      const existed = values.delete(stringFromBytes(key));
      if (existed) sorted = undefined;
      return existed;
    },
    entries(prefix) {
      sorted ??= [...values.keys()].sort();
      const start = stringFromBytes(prefix);
      const found: (readonly [Uint8Array, Value])[] = [];
      for (let index = firstAtOrAfter(sorted, start); index < sorted.length; index++) {
        const key = sorted[index] as string;
        if (!key.startsWith(start)) break;
        found.push([new Uint8Array(Buffer.from(key, "latin1")), values.get(key) as Value]);
      }
      return found;
    },
    clear() {
      values.clear();
      sorted = undefined;
    },
  };
}

function stringFromBytes(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("latin1");
}

function firstAtOrAfter(sorted: readonly string[], start: string): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((sorted[middle] as string) < start) low = middle + 1;
    else high = middle;
  }
  return low;
}
