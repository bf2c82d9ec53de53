/** Types of Anchor's IDLs, before and since 0.30. */
import type { Field, LengthPrefix, Shape, Type, Variant } from "../../model/type.ts";
import { pascalCase } from "../../names/letter-case.ts";
import type { JsonCursor } from "../json-cursor.ts";
import { integerType } from "../integer-type.ts";
import { byName, createTypeTable, maxNesting, type TypeTable } from "../type-table.ts";

/** Most items of an array with a fixed count. */
const maxCount = 65_536;
const borsh: LengthPrefix = 4;

/** Reads the types of one IDL. */
export interface AnchorTypes {
  read(cursor: JsonCursor): Type;
  fields(cursors: readonly JsonCursor[]): Field[];
  /** The fields of a listed struct, undefined where none of this name is listed. */
  structFields(name: string, from: JsonCursor): readonly Field[] | undefined;
  readonly table: TypeTable;
}

/** A reader over the IDL's `types`. */
export function createAnchorTypes(idl: JsonCursor): AnchorTypes {
  // Before 0.30 accounts are types as well, and stand in their own list alone.
  const accounts = idl.itemsAt("accounts").filter((cursor) => cursor.optional("type") !== undefined);
  const listed = byName([...idl.itemsAt("types"), ...accounts], (cursor) => typeName(cursor.at("name")));

  const read = (cursor: JsonCursor): Type => {
    if (cursor.isText()) return elementary(cursor);
    if (!cursor.isObject()) return cursor.refuse("a type");
    const [key, ...others] = Object.keys(cursor.value as object);
    if (key === undefined || others.length > 0) return cursor.refuse("an object with one member (defined, vec, option, coption or array)");
    const inner = cursor.at(key);
    switch (key) {
      case "defined":
        return defined(inner);
      case "vec":
        return listOf(read(inner));
      case "option":
      case "coption":
        return option(inner, key === "option" ? { prefix: 1, isFixed: false } : { prefix: 4, isFixed: true });
      case "array": {
        const [item, count, ...rest] = inner.items();
        if (item === undefined || count === undefined || rest.length > 0) return inner.refuse("a type and a count");
        const type = read(item);
        const items = count.isObject() ? count.decline("a count, not a parameter") : count.integer(1, maxCount);
        return isByte(type) ? { kind: "fixedBytes", length: items } : { kind: "array", item: type, count: items };
      }
      default:
        return cursor.decline("one of defined, vec, option, coption, array");
    }
  };

  const option = (inner: JsonCursor, form: { readonly prefix: 1 | 4; readonly isFixed: boolean }): Type => {
    const item = read(inner);
    if (item.kind === "option") inner.decline("an option of a value, not of an option");
    return { kind: "option", item, ...form };
  };

  const defined = (cursor: JsonCursor): Type => {
    const isNew = cursor.isObject();
    if (isNew && cursor.itemsAt("generics").length > 0) cursor.at("generics").decline("a type without generics");
    const at = isNew ? cursor.at("name") : cursor;
    const name = typeName(at);
    const alias = listed.get(name)?.at("type");
    // An alias stands for what it names.
    if (alias?.optional("kind")?.value === "type" || alias?.optional("kind")?.value === "alias")
      return guarded(name, at, () => read(alias.at(alias.optional("alias") === undefined ? "value" : "alias")));
    table.resolve(name, at);
    return { kind: "defined", name };
  };

  const aliases = new Set<string>();
  const guarded = <T>(name: string, at: JsonCursor, make: () => T): T => {
    if (aliases.has(name)) at.refuse(`an alias that does not stand for itself (${[...aliases, name].join(" > ")})`);
    if (aliases.size >= maxNesting) at.refuse(`at most ${maxNesting} names for one type`);
    aliases.add(name);
    try {
      return make();
    } finally {
      aliases.delete(name);
    }
  };

  const fields = (cursors: readonly JsonCursor[]): Field[] => {
    // A tuple struct lists types without names.
    const isTuple =
      cursors.length > 0 && cursors.every((cursor) => cursor.isText() || (cursor.isObject() && cursor.optional("name") === undefined));
    if (isTuple) return cursors.map((cursor, index) => ({ name: `field${index}`, type: read(cursor) }));
    byName(cursors, (cursor) => cursor.at("name").identifier());
    return cursors.map((cursor) => ({ name: cursor.at("name").identifier(), type: read(cursor.at("type")) }));
  };

  const readShape = (cursor: JsonCursor): Shape => {
    if (cursor.itemsAt("generics").length > 0) cursor.at("generics").decline("a type without generics");
    // Borsh and what has no padding are the same bytes: bytemuck sees to that, or the struct is packed.
    const serialization = cursor.optional("serialization");
    const isPacked = cursor.optional("repr")?.optional("packed")?.value === true;
    const isKnown = serialization === undefined || serialization.value === "borsh" || serialization.value === "bytemuck";
    if (!isKnown && !(serialization.value === "bytemuckunsafe" && isPacked)) serialization.decline("borsh, bytemuck or a packed struct");
    const type = cursor.at("type");
    const kind = type.at("kind").oneOf("struct", "enum");
    if (kind === "struct") return { kind, fields: fields(type.itemsAt("fields")) };
    const cases = type.at("variants").items();
    if (cases.length === 0 || cases.length > 256) type.at("variants").refuse("1 to 256 variants");
    byName(cases, (one) => one.at("name").identifier());
    const variants = cases.map((one): Variant => ({ name: one.at("name").identifier(), fields: fields(one.itemsAt("fields")) }));
    return { kind, tagBytes: 1, variants };
  };

  const table = createTypeTable(listed, readShape);
  return {
    read,
    fields,
    table,
    structFields(name, from) {
      if (!listed.has(name)) return undefined;
      table.resolve(name, from);
      const shape = table.definitions.get(name)?.shape;
      return shape?.kind === "struct" ? shape.fields : from.decline("the name of a struct");
    },
  };
}

function listOf(item: Type): Type {
  return isByte(item) ? { kind: "bytes", prefix: borsh } : { kind: "list", item, prefix: borsh };
}

function isByte(type: Type): boolean {
  return type.kind === "integer" && type.bits === 8 && !type.isSigned;
}

function elementary(cursor: JsonCursor): Type {
  const text = cursor.text();
  if (text === "bool") return { kind: text };
  if (text === "pubkey" || text === "publicKey") return { kind: "pubkey" };
  if (text === "string" || text === "bytes") return { kind: text, prefix: borsh };
  return integerType(text) ?? cursor.decline("a type that can be bound (bool, u8..u128, i8..i128, pubkey, string, bytes or an object)");
}

/** A type's name; a path (`token::Side`) becomes one word. */
export function typeName(cursor: JsonCursor): string {
  const text = cursor.text();
  if (!/^[A-Za-z_]\w*(?:::[A-Za-z_]\w*)+$/.test(text) || text.length > 128) return cursor.identifier();
  return text.split("::").map(pascalCase).join("");
}
