/** Type nodes of Codama's IDLs. https://github.com/codama-idl/codama/tree/main/packages/nodes/docs/typeNodes */
import type { Field, LengthPrefix, Shape, Type, Variant } from "../../model/type.ts";
import { pascalCase } from "../../names/letter-case.ts";
import { integerType } from "../integer-type.ts";
import type { JsonCursor } from "../json-cursor.ts";
import { byName, createTypeTable, maxNesting, type TypeTable } from "../type-table.ts";

const maxCount = 65_536;

/** Reads the types of one program. */
export interface CodamaTypes {
  /** `owner` names structs and enums that have no name. */
  read(cursor: JsonCursor, owner: string): Type;
  /** The fields of a struct node. */
  fields(struct: JsonCursor, owner: string): Field[];
  readonly table: TypeTable;
}

/** A reader over the program's `definedTypes`. */
export function createCodamaTypes(program: JsonCursor): CodamaTypes {
  const listed = byName(program.itemsAt("definedTypes"), (cursor) => cursor.at("name").identifier());

  const read = (cursor: JsonCursor, owner: string): Type => {
    const kind = cursor.at("kind").text();
    switch (kind) {
      case "numberTypeNode":
        return number(cursor);
      case "amountTypeNode":
      case "dateTimeTypeNode":
      case "solAmountTypeNode":
        return read(cursor.at("number"), owner);
      case "booleanTypeNode":
        if (!isPlainNumber(cursor.optional("size"), "u8")) cursor.at("size").decline("a bool of one byte");
        return { kind: "bool" };
      case "publicKeyTypeNode":
        return { kind: "pubkey" };
      case "bytesTypeNode":
        return { kind: "bytes", prefix: 0 };
      case "stringTypeNode":
        return text(cursor);
      case "sizePrefixTypeNode": {
        const inner = read(cursor.at("type"), owner);
        if ((inner.kind !== "bytes" && inner.kind !== "string") || inner.prefix !== 0)
          return cursor.at("type").decline("bytes or a string without a length");
        return { kind: inner.kind, prefix: prefixOf(cursor.at("prefix")) };
      }
      case "fixedSizeTypeNode": {
        const inner = read(cursor.at("type"), owner);
        if (inner.kind !== "bytes" || inner.prefix !== 0) return cursor.at("type").decline("bytes");
        return { kind: "fixedBytes", length: cursor.at("size").integer(1, maxCount) };
      }
      case "arrayTypeNode":
        return array(cursor, owner);
      case "optionTypeNode": {
        const item = closed(cursor.at("item"), owner);
        if (item.kind === "option") cursor.at("item").decline("an option of a value, not of an option");
        const prefix = cursor.optional("prefix") === undefined ? 1 : prefixOf(cursor.at("prefix"));
        if (prefix !== 1 && prefix !== 4) return cursor.at("prefix").decline("a prefix of 1 or 4 bytes");
        return { kind: "option", item, prefix, isFixed: cursor.optional("fixed")?.boolean() ?? false };
      }
      case "zeroableOptionTypeNode": {
        const item = read(cursor.at("item"), owner);
        if (item.kind !== "pubkey" || cursor.optional("zeroValue") !== undefined)
          return cursor.decline("an optional pubkey that is zeros where there is none");
        return { kind: "option", item, prefix: 0, isFixed: true };
      }
      case "definedTypeLinkNode":
        return link(cursor);
      case "structTypeNode":
      case "tupleTypeNode":
      case "enumTypeNode":
        return { kind: "defined", name: table.define(pascalCase(owner), shape(cursor, owner)) };
      default:
        return cursor.at("kind").decline("a type that can be bound");
    }
  };

  /** A type that something may follow. */
  const closed = (cursor: JsonCursor, owner: string): Type => {
    const type = read(cursor, owner);
    return isOpen(type) ? cursor.decline("bytes or a string with its length before it") : type;
  };

  const link = (cursor: JsonCursor): Type => {
    if (cursor.optional("program") !== undefined) cursor.at("program").decline("a type of the same program");
    const name = cursor.at("name").identifier();
    const type = listed.get(name)?.at("type");
    const isShape = ["structTypeNode", "tupleTypeNode", "enumTypeNode"].includes(String(type?.optional("kind")?.value));
    if (type === undefined || isShape) {
      table.resolve(name, cursor.at("name"));
      return { kind: "defined", name };
    }
    // A name for something that needs none.
    if (links.has(name)) cursor.refuse(`a type that does not contain itself (${[...links, name].join(" > ")})`);
    if (links.size >= maxNesting) cursor.refuse(`at most ${maxNesting} names for one type`);
    links.add(name);
    try {
      return read(type, name);
    } finally {
      links.delete(name);
    }
  };
  const links = new Set<string>();

  const array = (cursor: JsonCursor, owner: string): Type => {
    const item = closed(cursor.at("item"), `${owner}_item`);
    const count = cursor.at("count");
    const kind = count.at("kind").oneOf("fixedCountNode", "prefixedCountNode", "remainderCountNode");
    const isByte = item.kind === "integer" && item.bits === 8 && !item.isSigned;
    if (kind === "fixedCountNode") {
      const items = count.at("value").integer(1, maxCount);
      return isByte ? { kind: "fixedBytes", length: items } : { kind: "array", item, count: items };
    }
    if (kind === "remainderCountNode" && !isByte) return count.decline("a list with its length before it");
    const prefix = kind === "remainderCountNode" ? 0 : prefixOf(count.at("prefix"));
    return isByte ? { kind: "bytes", prefix } : { kind: "list", item, prefix };
  };

  const fields = (struct: JsonCursor, owner: string): Field[] => {
    const kind = struct.at("kind").value;
    if (kind === "tupleTypeNode")
      return struct
        .at("items")
        .items()
        .map((item, index) => ({ name: `field${index}`, type: closed(item, `${owner}_${index}`) }));
    if (kind !== "structTypeNode") return struct.at("kind").decline("structTypeNode or tupleTypeNode");
    const nodes = struct.at("fields").items();
    byName(nodes, (node) => node.at("name").identifier());
    return nodes.map((node) => {
      const name = node.at("name").identifier();
      if (node.optional("defaultValueStrategy")?.value === "omitted") node.at("defaultValueStrategy").decline("no constant in a struct");
      return { name, type: closed(node.at("type"), `${owner}_${name}`) };
    });
  };

  const shape = (cursor: JsonCursor, owner: string): Shape => {
    if (cursor.at("kind").value !== "enumTypeNode") return { kind: "struct", fields: fields(cursor, owner) };
    const tagBytes = cursor.optional("size") === undefined ? 1 : prefixOf(cursor.at("size"));
    if (tagBytes === 0 || tagBytes === 8) return cursor.at("size").decline("a size of 1, 2 or 4 bytes");
    const nodes = cursor.at("variants").items();
    if (nodes.length === 0 || nodes.length > 256) cursor.at("variants").refuse("1 to 256 variants");
    byName(nodes, (node) => node.at("name").identifier());
    const variants = nodes.map((node, index): Variant => {
      const name = node.at("name").identifier();
      const discriminator = node.optional("discriminator");
      if (discriminator !== undefined && discriminator.value !== index) discriminator.decline(`the variant's place, ${index}`);
      const kind = node.at("kind").oneOf("enumEmptyVariantTypeNode", "enumStructVariantTypeNode", "enumTupleVariantTypeNode");
      if (kind === "enumEmptyVariantTypeNode") return { name, fields: [] };
      return { name, fields: fields(node.at(kind === "enumStructVariantTypeNode" ? "struct" : "tuple"), `${owner}_${name}`) };
    });
    return { kind: "enum", tagBytes, variants };
  };

  const table = createTypeTable(listed, (cursor, name) => shape(cursor.at("type"), name));
  return { read, fields, table };
}

/** Whether a type goes to the end of the data. */
export function isOpen(type: Type): boolean {
  return (type.kind === "bytes" || type.kind === "string") && type.prefix === 0;
}

function number(cursor: JsonCursor): Type {
  const type = integerType(cursor.at("format").text());
  if (type === undefined) return cursor.at("format").decline("a format from u8 to u128 or i8 to i128");
  const endian = cursor.optional("endian");
  if (endian !== undefined && endian.oneOf("le", "be") === "be" && type.kind === "integer" && type.bits > 8) endian.decline("le");
  return type;
}

function text(cursor: JsonCursor): Type {
  const encoding = cursor.optional("encoding");
  if (encoding !== undefined && encoding.value !== "utf8") encoding.decline("utf8");
  return { kind: "string", prefix: 0 };
}

/** Bytes of an unsigned number that tells a length or a tag. */
function prefixOf(cursor: JsonCursor): LengthPrefix {
  for (const [format, bytes] of [
    ["u8", 1],
    ["u16", 2],
    ["u32", 4],
    ["u64", 8],
  ] as const)
    if (isPlainNumber(cursor, format)) return bytes;
  return cursor.decline("a number node of u8, u16, u32 or u64, little-endian");
}

function isPlainNumber(cursor: JsonCursor | undefined, format: string): boolean {
  if (cursor === undefined) return format === "u8";
  const type = cursor.at("kind").value === "numberTypeNode" && cursor.at("format").value === format;
  return type && (cursor.optional("endian")?.value ?? "le") === "le";
}
