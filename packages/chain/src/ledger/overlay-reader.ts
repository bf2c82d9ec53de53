/** State with a diff over it: what a pending block or uncommitted mutations would leave. */
import { compareBytes } from "@trireme/core";
import {
  accountFlatKey,
  codeFlatKey,
  decodeAccountRecord,
  flatGetOf,
  generationFlatKey,
  generationFromValue,
  pageFlatKey,
  slotFlatKey,
  wordFromSlotValue,
  type StateDiff,
  type StateReader,
} from "@trireme/state";

/** `base` as it would be after `diff`. `base` itself is not changed and must stay as it is. */
export function overlayReader(base: StateReader, diff: StateDiff): StateReader {
  if (diff.entries.length === 0) return base;
  const values = new Map(diff.entries.map(({ key, value }) => [nameOf(key), value]));
  /** `over` reads the diff's value, `under` the base where the diff has none. */
  const read = <T>(key: Uint8Array, over: (value: Uint8Array) => T, absent: T, under: () => T): T => {
    const name = nameOf(key);
    const value = values.get(name);
    if (value !== undefined) return over(value);
    return values.has(name) ? absent : under();
  };
  const under = flatGetOf(base);
  return {
    getFlat: (key) => read(key, identity, undefined, () => under(key)),
    getAccount: (address) => read(accountFlatKey(address), decodeAccountRecord, undefined, () => base.getAccount(address)),
    getNextGeneration: (address) => read(generationFlatKey(address), generationFromValue, 0, () => base.getNextGeneration(address)),
    getSlot: (address, generation, key) =>
      read(slotFlatKey(address, generation, key), wordFromSlotValue, undefined, () => base.getSlot(address, generation, key)),
    getCode: (codeHash) => read(codeFlatKey(codeHash), identity, undefined, () => base.getCode(codeHash)),
    getDataPage: (address, index) => read(pageFlatKey(address, index), identity, undefined, () => base.getDataPage(address, index)),
  };
}

/** One diff that does what the given ones do one after the other. */
export function mergeDiffs(diffs: readonly StateDiff[]): StateDiff {
  const [first, ...rest] = diffs.filter(({ entries }) => entries.length > 0);
  if (first === undefined || rest.length === 0) return first ?? { entries: [] };
  const entries = new Map(diffs.flatMap((diff) => diff.entries).map((entry) => [nameOf(entry.key), entry]));
  return { entries: [...entries.values()].toSorted((left, right) => compareBytes(left.key, right.key)) };
}

/** One UTF-16 unit per byte. */
function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}

function identity(value: Uint8Array): Uint8Array | undefined {
  return value;
}
