/** Solidity that reads values of a fixed size as Borsh wrote them. */
import { definitionOf, fixedSize, isScalarEnum, type Field, type Type } from "../../model/type.ts";
import { createNameTable, type NameScope } from "../../names/name-scope.ts";
import { typeId, typeKey } from "../../names/type-id.ts";
import type { BorshTypes } from "./borsh-types.ts";

/** Writes expressions; the functions that they call are collected. */
export interface BorshDecoder {
  /** An expression of the value at `offset` of `data`, whose length was checked. The type has a fixed size. */
  get(type: Type, offset: string): string;
  /** Statements that fill a struct from `data` at `offset`. */
  fill(target: string, fields: readonly Field[], offset: number | string): string[];
  /** The functions that what was written so far calls. */
  functions(): string[][];
}

/** Takes the names of its functions from the library's scope. */
export function createBorshDecoder(types: BorshTypes, scope: NameScope): BorshDecoder {
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
  const word = (): string => call("word", "_getWord", getWord);
  const integer = (): string => call("integer", "_getInteger", (name) => getInteger(name, word()));
  const below = (): string => call("below", "_getBelow", (name) => getBelow(name, integer()));

  const get = (type: Type, offset: string): string => {
    switch (type.kind) {
      case "bool":
        return `${below()}(data, ${offset}, 1, 2) == 1`;
      case "integer": {
        const unsigned = `uint${type.bits}(${integer()}(data, ${offset}, ${type.bits / 8}))`;
        return type.isSigned ? `int${type.bits}(${unsigned})` : unsigned;
      }
      case "pubkey":
      case "address":
        return `${word()}(data, ${offset})`;
      case "fixedBytes":
        if (type.length <= 32) return `bytes${type.length}(${word()}(data, ${offset}))`;
        return `${call("slice", "_getSlice", getSlice)}(data, ${offset}, ${type.length})`;
      case "defined": {
        const definition = definitionOf(types.definitions, type.name);
        const { shape } = definition;
        if (shape.kind === "enum" && isScalarEnum(definition))
          return `${types.nameOf(definition)}(${below()}(data, ${offset}, ${shape.tagBytes}, ${shape.variants.length}))`;
        break;
      }
      case "array":
      case "bytes":
      case "list":
      case "option":
      case "string":
        break;
    }
    return `${call(`get ${typeKey(type)}`, `_get${typeId(type)}`, (name) => getFunction(name, type))}(data, ${offset})`;
  };

  const fill = (target: string, fields: readonly Field[], offset: number | string): string[] => {
    let at = 0;
    const members = types.members(fields);
    return fields.map(({ type }, index) => {
      const place = typeof offset === "number" ? `${offset + at}` : at === 0 ? offset : `${offset} + ${at}`;
      at += sizeOf(type);
      return `${target}.${members[index]} = ${get(type, place)};`;
    });
  };

  const sizeOf = (type: Type): number => fixedSize(type, types.definitions) ?? 0;

  const getFunction = (name: string, type: Type): string[] => [
    `function ${name}(bytes memory data, uint256 at) private pure returns (${types.located(type)} value) {`,
    ...bodyOf(type).map((line) => `    ${line}`),
    "}",
  ];

  const bodyOf = (type: Type): string[] => {
    if (type.kind === "array")
      return [`for (uint256 i = 0; i < ${type.count}; i++) {`, `    value[i] = ${get(type.item, `at + i * ${sizeOf(type.item)}`)};`, "}"];
    if (type.kind === "option" && type.prefix === 0) return [`value.value = ${get(type.item, "at")};`, "value.isSome = value.value != 0;"];
    if (type.kind === "option")
      return [
        `value.isSome = ${below()}(data, at, ${type.prefix}, 2) == 1;`,
        `if (value.isSome) value.value = ${get(type.item, `at + ${type.prefix}`)};`,
      ];
    const definition = definitionOf(types.definitions, type.kind === "defined" ? type.name : "");
    return definition.shape.kind === "struct" ? fill("value", definition.shape.fields, "at") : [];
  };

  return { get, fill, functions: () => [...functions.values()] };
}

function getWord(name: string): string[] {
  return [
    "/// Beyond the end of `data` may be anything: what is too much is cut off by a conversion.",
    `function ${name}(bytes memory data, uint256 at) private pure returns (bytes32 value) {`,
    '    assembly ("memory-safe") {',
    "        value := mload(add(add(data, 32), at))",
    "    }",
    "}",
  ];
}

function getInteger(name: string, word: string): string[] {
  return [
    "/// Little-endian.",
    `function ${name}(bytes memory data, uint256 at, uint256 length) private pure returns (uint128 value) {`,
    `    value = uint128(bytes16(${word}(data, at)));`,
    "    value = ((value & 0xFF00FF00FF00FF00FF00FF00FF00FF00) >> 8) | ((value & 0x00FF00FF00FF00FF00FF00FF00FF00FF) << 8);",
    "    value = ((value & 0xFFFF0000FFFF0000FFFF0000FFFF0000) >> 16) | ((value & 0x0000FFFF0000FFFF0000FFFF0000FFFF) << 16);",
    "    value = ((value & 0xFFFFFFFF00000000FFFFFFFF00000000) >> 32) | ((value & 0x00000000FFFFFFFF00000000FFFFFFFF) << 32);",
    "    value = (value >> 64) | (value << 64);",
    "    if (length < 16) value &= uint128((uint256(1) << (8 * length)) - 1);",
    "}",
  ];
}

function getBelow(name: string, integer: string): string[] {
  return [
    "/// An integer that has to be below a limit.",
    `function ${name}(bytes memory data, uint256 at, uint256 length, uint256 limit) private pure returns (uint128 value) {`,
    `    value = ${integer}(data, at, length);`,
    '    require(value < limit, "unexpected data");',
    "}",
  ];
}

function getSlice(name: string): string[] {
  return [
    `function ${name}(bytes memory data, uint256 at, uint256 length) private pure returns (bytes memory value) {`,
    "    value = new bytes(length);",
    "    for (uint256 i = 0; i < length; i++) value[i] = data[at + i];",
    "}",
  ];
}
