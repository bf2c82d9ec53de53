/** Solidity's storage layout of a contract's fields. */
import type { FieldModel, TypeText } from "./contract-model.ts";
import { sourceError } from "./source-error.ts";

/** Where a field is, in the words of solc's storage layout. */
export interface StorageEntry {
  readonly label: string;
  /** The field's type as written. */
  readonly type: string;
  readonly slot: number;
  /** Bytes from the slot's low end. */
  readonly offset: number;
}

const valueBytes: ReadonlyMap<string, number> = new Map([
  ["bool", 1],
  ["u8", 1],
  ["i8", 1],
  ["u16", 2],
  ["i16", 2],
  ["u32", 4],
  ["i32", 4],
  ["u64", 8],
  ["i64", 8],
  ["Address", 20],
  ["u256", 32],
  ["Bytes32", 32],
]);

/** Short names of `StorageValue<T>`: what the SDK's index declares. */
const aliases: ReadonlyMap<string, string> = new Map([
  ["StorageU256", "u256"],
  ["StorageU64", "u64"],
  ["StorageBool", "bool"],
  ["StorageAddress", "Address"],
  ["StorageBytes32", "Bytes32"],
]);

const sdkClasses: ReadonlySet<string> = new Set(["u256", "Address", "Bytes32"]);
const slotTypes: ReadonlySet<string> = new Set(["StorageMapping", "StorageArray", "StorageBytes", "StorageString"]);

/**
 * In the order of declaration. Value types share a slot from its low end as long as they fit; everything else begins a
 * slot of its own and so does what follows it.
 */
export function storageLayout(fields: readonly FieldModel[]): StorageEntry[] {
  let slot = 0;
  let used = 0;
  const layout: StorageEntry[] = [];
  for (const { name, type } of fields) {
    const bytes = slotTypes.has(type.name) ? 32 : valueBytes.get(valueTypeOf(name, type));
    if (bytes === undefined)
      throw sourceError(type.place, `${name}: expected a value type (${[...valueBytes.keys()].join(", ")}), got ${type.text}`);
    if (used + bytes > 32) {
      slot++;
      used = 0;
    }
    layout.push({ label: name, type: type.text, slot, offset: used });
    used += bytes;
  }
  return layout;
}

/** A field's type in a form that `new` takes: an alias cannot be constructed. */
export function constructedType(type: TypeText): string {
  const alias = aliases.get(type.name);
  if (alias === undefined) return type.text;
  return `__sdk.StorageValue<${sdkClasses.has(alias) ? `__sdk.${alias}` : alias}>`;
}

function valueTypeOf(field: string, type: TypeText): string {
  const [argument] = type.typeArguments;
  if (type.name === "StorageValue" && argument !== undefined) return argument.name;
  const alias = aliases.get(type.name);
  if (alias !== undefined) return alias;
  throw sourceError(
    type.place,
    `${field}: a contract's fields are its storage; expected StorageValue<...>, ${[...aliases.keys(), ...slotTypes].join(", ")}, got ${type.text}`,
  );
}
