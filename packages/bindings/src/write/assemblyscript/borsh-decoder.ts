/** AssemblyScript that reads values of a fixed size as Borsh wrote them. */
import { definitionOf, fixedSize, isScalarEnum, type Field, type Type } from "../../model/type.ts";
import { createNameTable, type NameScope } from "../../names/name-scope.ts";
import { typeId, typeKey } from "../../names/type-id.ts";
import type { BorshTypes } from "./borsh-types.ts";

/** Writes expressions; the functions that they call are collected. */
export interface BorshDecoder {
  /** An expression of the value at a pointer. The type has a fixed size. */
  get(type: Type, pointer: string): string;
  /** Expressions of fields that follow each other from a pointer. */
  fields(fields: readonly Field[], pointer: string): string[];
  functions(): string[][];
}

/** Takes the names of its functions from the module's scope. `scratch` is a global with 32 bytes of room. */
export function createBorshDecoder(types: BorshTypes, scope: NameScope, scratch: string): BorshDecoder {
  const names = createNameTable(scope);
  const functions = new Map<string, string[]>();
  const call = (key: string, preferred: string, make: (name: string) => string[]): string => {
    const name = names(key, preferred);
    if (!functions.has(key)) {
      functions.set(key, []);
      functions.set(key, make(name));
    }
    return name;
  };
  const sizeOf = (type: Type): number => fixedSize(type, types.definitions) ?? 0;

  const get = (type: Type, pointer: string): string => {
    switch (type.kind) {
      case "bool":
        return `${call("below 1", "getBelow8", (name) => getBelow(name, 1))}(${pointer}, 2) == 1`;
      case "integer":
        if (type.bits <= 64) return `load<${types.text(type)}>(${pointer})`;
        return `${call(`get ${typeKey(type)}`, `get${typeId(type)}`, (name) => getWide(name, type.isSigned, scratch))}(${pointer})`;
      case "pubkey":
        return `Bytes32.load(${pointer})`;
      case "fixedBytes":
        if (type.length > 32) return `${call("slice", "getBytes", getBytes)}(${pointer}, ${type.length})`;
        return `${call("short", "getShort", (name) => getShort(name, scratch))}(${pointer}, ${type.length})`;
      case "defined": {
        const definition = definitionOf(types.definitions, type.name);
        const { shape } = definition;
        if (shape.kind === "enum" && isScalarEnum(definition)) {
          const below = call(`below ${shape.tagBytes}`, `getBelow${8 * shape.tagBytes}`, (name) => getBelow(name, shape.tagBytes));
          return `<${types.nameOf(definition)}>${below}(${pointer}, ${shape.variants.length})`;
        }
        break;
      }
      case "address":
      case "array":
      case "bytes":
      case "list":
      case "option":
      case "string":
        break;
    }
    return `${call(`get ${typeKey(type)}`, `get${typeId(type)}`, (name) => getFunction(name, type))}(${pointer})`;
  };

  const fields = (all: readonly Field[], pointer: string): string[] => {
    let at = 0;
    return all.map(({ type }) => {
      const value = get(type, at === 0 ? pointer : `${pointer} + ${at}`);
      at += sizeOf(type);
      return value;
    });
  };

  const getFunction = (name: string, type: Type): string[] => {
    const head = `function ${name}(at: usize): ${types.text(type)} {`;
    if (type.kind === "array")
      return [
        head,
        `  const values = new ${types.text(type)}(${type.count});`,
        `  for (let index = 0; index < ${type.count}; index++) {`,
        `    values[index] = ${get(type.item, `at + index * ${sizeOf(type.item)}`)};`,
        "  }",
        "  return values;",
        "}",
      ];
    if (type.kind === "option" && type.prefix === 0)
      return [head, `  const value = ${get(type.item, "at")};`, `  return new ${types.text(type)}(!value.isZero, value);`, "}"];
    if (type.kind === "option") {
      const below = call(`below ${type.prefix}`, `getBelow${8 * type.prefix}`, (own) => getBelow(own, type.prefix));
      return [
        head,
        `  if (!${below}(at, 2)) return ${types.none(type)};`,
        `  return new ${types.text(type)}(true, ${get(type.item, `at + ${type.prefix}`)});`,
        "}",
      ];
    }
    const definition = definitionOf(types.definitions, type.kind === "defined" ? type.name : "");
    const members = definition.shape.kind === "struct" ? definition.shape.fields : [];
    return [head, `  return new ${types.text(type)}(`, ...fields(members, "at").map((value) => `    ${value},`), "  );", "}"];
  };

  return { get, fields, functions: () => [...functions.values()] };
}

function getBelow(name: string, bytes: number): string[] {
  return [
    `function ${name}(at: usize, limit: u32): u32 {`,
    `  const value = <u32>load<u${8 * bytes}>(at);`,
    '  require(value < limit, "unexpected data");',
    "  return value;",
    "}",
  ];
}

function getWide(name: string, isSigned: boolean, scratch: string): string[] {
  const fill = isSigned ? "<u64>(<i64>high >> 63)" : "0";
  return [
    `function ${name}(at: usize): u256 {`,
    "  const high = load<u64>(at, 8);",
    `  const fill: u64 = ${fill};`,
    `  store<u64>(${scratch}, fill);`,
    `  store<u64>(${scratch}, fill, 8);`,
    `  store<u64>(${scratch}, bswap(high), 16);`,
    `  store<u64>(${scratch}, bswap(load<u64>(at)), 24);`,
    `  return u256.load(${scratch});`,
    "}",
  ];
}

function getBytes(name: string): string[] {
  return [
    `function ${name}(at: usize, length: i32): Bytes {`,
    "  const bytes = Bytes.alloc(length);",
    "  memory.copy(bytes.pointer, at, length);",
    "  return bytes;",
    "}",
  ];
}

function getShort(name: string, scratch: string): string[] {
  return [
    `function ${name}(at: usize, length: i32): Bytes32 {`,
    `  memory.fill(${scratch}, 0, 32);`,
    `  memory.copy(${scratch}, at, length);`,
    `  return Bytes32.load(${scratch});`,
    "}",
  ];
}
