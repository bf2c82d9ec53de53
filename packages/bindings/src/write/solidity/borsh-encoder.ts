/** Solidity that writes values as Borsh does: functions for every type that is used, and no others. */
import { definitionOf, fixedSize, isScalarEnum, type Definition, type Field, type Type } from "../../model/type.ts";
import { createNameTable, type NameScope } from "../../names/name-scope.ts";
import { typeId, typeKey } from "../../names/type-id.ts";
import { sumOf } from "../sum-of.ts";
import type { BorshTypes } from "./borsh-types.ts";

/** Writes expressions and statements; the functions that they call are collected. */
export interface BorshEncoder {
  /** An expression of the bytes that a value takes. */
  size(type: Type, value: string): string;
  /** An expression that writes a value into `data` at `at` and gives where it ends. */
  put(type: Type, value: string): string;
  /** Statements that make `data` of a constant beginning and of values. */
  make(beginning: Uint8Array, values: readonly (readonly [Type, string])[]): string[];
  /** The functions that what was written so far calls. */
  functions(): string[][];
}

/** Takes the names of its functions from the library's scope. */
export function createBorshEncoder(types: BorshTypes, scope: NameScope): BorshEncoder {
  const names = createNameTable(scope);
  const functions = new Map<string, string[]>();
  /** The name of a function; made at its first use. */
  const call = (key: string, preferred: string, make: (name: string) => string[]): string => {
    const name = names(key, preferred);
    if (!functions.has(key)) {
      functions.set(key, []);
      functions.set(key, make(name));
    }
    return name;
  };
  const library = (name: keyof typeof primitives): string => call(name, `_${name}`, (own) => primitives[name](own, library));

  const size = (type: Type, value: string): string => {
    const fixed = fixedSize(type, types.definitions);
    if (fixed !== undefined) return `${fixed}`;
    if (type.kind === "bytes") return `${type.prefix} + ${value}.length`;
    if (type.kind === "string") return `${type.prefix} + bytes(${value}).length`;
    if (type.kind === "list") {
      const item = fixedSize(type.item, types.definitions);
      if (item !== undefined) return `${type.prefix} + ${value}.length * ${item}`;
    }
    const name = call(`size ${typeKey(type)}`, `_sizeOf${typeId(type)}`, (own) => sizeFunction(own, type));
    return `${name}(${value})`;
  };

  const sizeFunction = (name: string, type: Type): string[] => {
    const body = (lines: readonly string[]): string[] => [
      `function ${name}(${types.located(type)} value) private pure returns (uint256 size) {`,
      ...lines.map((line) => `    ${line}`),
      "}",
    ];
    if (type.kind === "list" || type.kind === "array") {
      const start = type.kind === "list" ? `size = ${type.prefix};` : "";
      return body([
        ...(start === "" ? [] : [start]),
        "for (uint256 i = 0; i < value.length; i++) {",
        `    size += ${size(type.item, "value[i]")};`,
        "}",
      ]);
    }
    if (type.kind === "option") return body([`size = value.isSome ? ${type.prefix} + ${size(type.item, "value.value")} : ${type.prefix};`]);
    const { shape } = definitionOf(types.definitions, type.kind === "defined" ? type.name : "");
    if (shape.kind === "enum") return body([`size = ${shape.tagBytes} + value.fields.length;`]);
    const members = types.members(shape.fields);
    return body(shape.fields.map((field, index) => `size += ${size(field.type, `value.${members[index]}`)};`));
  };

  const put = (type: Type, value: string): string => {
    const integer = (text: string, bytes: number): string => `${library("putInteger")}(data, at, ${text}, ${bytes})`;
    switch (type.kind) {
      case "bool":
        return integer(`${value} ? 1 : 0`, 1);
      case "integer":
        return integer(type.isSigned ? `uint${type.bits}(${value})` : value, type.bits / 8);
      case "pubkey":
      case "address":
        return `${library("putWord")}(data, at, ${value}, 32)`;
      case "fixedBytes":
        if (type.length <= 32) return `${library("putWord")}(data, at, ${value}, ${type.length})`;
        return `${library("putExactly")}(data, at, ${value}, ${type.length})`;
      case "bytes":
      case "string": {
        const bytes = type.kind === "string" ? `bytes(${value})` : value;
        return type.prefix === 0
          ? `${library("putRaw")}(data, at, ${bytes})`
          : `${library("putBytes")}(data, at, ${bytes}, ${type.prefix})`;
      }
      case "defined": {
        const definition = definitionOf(types.definitions, type.name);
        if (definition.shape.kind === "enum" && isScalarEnum(definition)) return integer(`uint8(${value})`, definition.shape.tagBytes);
        break;
      }
      case "array":
      case "list":
      case "option":
        break;
    }
    const name = call(`put ${typeKey(type)}`, `_put${typeId(type)}`, (own) => putFunction(own, type));
    return `${name}(data, at, ${value})`;
  };

  const putFunction = (name: string, type: Type): string[] => {
    const body = (lines: readonly string[]): string[] => [
      `function ${name}(bytes memory data, uint256 at, ${types.located(type)} value) private pure returns (uint256) {`,
      ...lines.map((line) => `    ${line}`),
      "    return at;",
      "}",
    ];
    if (type.kind === "list" || type.kind === "array") {
      const prefix = type.kind === "list" ? [`at = ${library("putLength")}(data, at, value.length, ${type.prefix});`] : [];
      return body([...prefix, "for (uint256 i = 0; i < value.length; i++) {", `    at = ${put(type.item, "value[i]")};`, "}"]);
    }
    if (type.kind === "option") {
      const room = type.isFixed ? [`    at = ${library("putZeros")}(data, at, ${size(type.item, "value.value")});`] : [];
      return body([
        ...(type.prefix === 0 ? [] : [`at = ${library("putInteger")}(data, at, value.isSome ? 1 : 0, ${type.prefix});`]),
        "if (value.isSome) {",
        `    at = ${put(type.item, "value.value")};`,
        ...(room.length === 0 ? ["}"] : ["} else {", ...room, "}"]),
      ]);
    }
    const definition = definitionOf(types.definitions, type.kind === "defined" ? type.name : "");
    return body(definition.shape.kind === "enum" ? putVariant(definition) : putMembers(definition.shape.fields));
  };

  const putVariant = ({ name, shape }: Definition): string[] => {
    if (shape.kind !== "enum") return [];
    return [
      `require(value.variant < ${shape.variants.length}, "${name}: no such variant");`,
      `at = ${library("putInteger")}(data, at, value.variant, ${shape.tagBytes});`,
      `at = ${library("putRaw")}(data, at, value.fields);`,
    ];
  };

  const putMembers = (fields: readonly Field[]): string[] => {
    const members = types.members(fields);
    return fields.map((field, index) => `at = ${put(field.type, `value.${members[index]}`)};`);
  };

  return {
    size,
    put,
    make(beginning, values) {
      const total = sumOf([`${beginning.length}`, ...values.map(([type, value]) => size(type, value))]);
      const first =
        beginning.length === 0
          ? []
          : [`at = ${library("putWord")}(data, at, hex"${Buffer.from(beginning).toString("hex")}", ${beginning.length});`];
      return [
        `data = new bytes(${total} + 32);`,
        "uint256 at = 0;",
        ...first,
        ...values.map(([type, value]) => `at = ${put(type, value)};`),
        `${library("cut")}(data, at);`,
      ];
    },
    functions: () => [...functions.values()],
  };
}

/** What the others are made of. Writing goes by whole words: `make` leaves one to spare, which `cut` takes off again. */
const primitives = {
  putWord: (name: string): string[] => [
    `function ${name}(bytes memory data, uint256 at, bytes32 value, uint256 length) private pure returns (uint256) {`,
    '    assembly ("memory-safe") {',
    "        mstore(add(add(data, 32), at), value)",
    "    }",
    "    return at + length;",
    "}",
  ],
  putInteger: (name: string, library: Library): string[] => [
    "/// Little-endian; the value is below 2^(8 * length).",
    `function ${name}(bytes memory data, uint256 at, uint128 value, uint256 length) private pure returns (uint256) {`,
    "    value = ((value & 0xFF00FF00FF00FF00FF00FF00FF00FF00) >> 8) | ((value & 0x00FF00FF00FF00FF00FF00FF00FF00FF) << 8);",
    "    value = ((value & 0xFFFF0000FFFF0000FFFF0000FFFF0000) >> 16) | ((value & 0x0000FFFF0000FFFF0000FFFF0000FFFF) << 16);",
    "    value = ((value & 0xFFFFFFFF00000000FFFFFFFF00000000) >> 32) | ((value & 0x00000000FFFFFFFF00000000FFFFFFFF) << 32);",
    `    return ${library("putWord")}(data, at, bytes16((value >> 64) | (value << 64)), length);`,
    "}",
  ],
  putLength: (name: string, library: Library): string[] => [
    `function ${name}(bytes memory data, uint256 at, uint256 count, uint256 length) private pure returns (uint256) {`,
    '    require(count >> (8 * length) == 0, "too long");',
    `    return ${library("putInteger")}(data, at, uint128(count), length);`,
    "}",
  ],
  putRaw: (name: string): string[] => [
    `function ${name}(bytes memory data, uint256 at, bytes memory value) private pure returns (uint256) {`,
    '    assembly ("memory-safe") {',
    "        let target := add(add(data, 32), at)",
    "        for { let i := 0 } lt(i, mload(value)) { i := add(i, 32) } {",
    "            mstore(add(target, i), mload(add(add(value, 32), i)))",
    "        }",
    "    }",
    "    return at + value.length;",
    "}",
  ],
  putExactly: (name: string, library: Library): string[] => [
    `function ${name}(bytes memory data, uint256 at, bytes memory value, uint256 length) private pure returns (uint256) {`,
    '    require(value.length == length, "wrong length");',
    `    return ${library("putRaw")}(data, at, value);`,
    "}",
  ],
  putBytes: (name: string, library: Library): string[] => [
    `function ${name}(bytes memory data, uint256 at, bytes memory value, uint256 length) private pure returns (uint256) {`,
    `    return ${library("putRaw")}(data, ${library("putLength")}(data, at, value.length, length), value);`,
    "}",
  ],
  putZeros: (name: string, library: Library): string[] => [
    `function ${name}(bytes memory data, uint256 at, uint256 length) private pure returns (uint256) {`,
    "    for (uint256 i = 0; i < length; i += 32) {",
    `        ${library("putWord")}(data, at + i, 0, 0);`,
    "    }",
    "    return at + length;",
    "}",
  ],
  cut: (name: string): string[] => [
    `function ${name}(bytes memory data, uint256 length) private pure {`,
    '    assembly ("memory-safe") {',
    "        mstore(data, length)",
    "    }",
    "}",
  ],
};

type Library = (name: "putWord" | "putInteger" | "putLength" | "putRaw") => string;
