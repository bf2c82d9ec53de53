/** AssemblyScript that writes values as Borsh does: functions for every type that is used, and no others. */
import { definitionOf, fixedSize, isScalarEnum, type Definition, type Field, type Type } from "../../model/type.ts";
import { createNameTable, type NameScope } from "../../names/name-scope.ts";
import { typeId, typeKey } from "../../names/type-id.ts";
import { rangeFunction } from "./abi-codec.ts";
import { sumOf } from "../sum-of.ts";
import type { BorshTypes } from "./borsh-types.ts";

/** Writes expressions and statements; the functions that they call are collected. */
export interface BorshEncoder {
  /** Statements that make `data` of a constant beginning and of values. */
  make(beginning: Uint8Array, values: readonly (readonly [Type, string])[]): string[];
  /** Statements that write constant bytes to `at` and move it. */
  constant(bytes: Uint8Array): string[];
  functions(): string[][];
}

/** Takes the names of its functions from the module's scope. `scratch` is a global with 32 bytes of room. */
export function createBorshEncoder(types: BorshTypes, scope: NameScope, scratch: string): BorshEncoder {
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

  const size = (type: Type, value: string): string => {
    const fixed = fixedSize(type, types.definitions);
    if (fixed !== undefined) return `${fixed}`;
    if (type.kind === "bytes") return `${type.prefix} + ${value}.length`;
    if (type.kind === "string") return `${type.prefix} + String.UTF8.byteLength(${value})`;
    const name = call(`size ${typeKey(type)}`, `sizeOf${typeId(type)}`, (own) => sizeFunction(own, type));
    return `${name}(${value})`;
  };

  const sizeFunction = (name: string, type: Type): string[] => {
    const head = `function ${name}(value: ${types.text(type)}): i32 {`;
    if (type.kind === "list" || type.kind === "array") {
      const item = fixedSize(type.item, types.definitions);
      const start = type.kind === "list" ? type.prefix : 0;
      if (item !== undefined) return [head, `  return ${start} + ${item} * value.length;`, "}"];
      return [
        head,
        `  let size = ${start};`,
        "  for (let index = 0; index < value.length; index++) {",
        `    size += ${size(type.item, "value[index]")};`,
        "  }",
        "  return size;",
        "}",
      ];
    }
    if (type.kind === "option")
      return [head, `  return value.isSome ? ${type.prefix} + ${size(type.item, "value.value")} : ${type.prefix};`, "}"];
    const { shape } = definitionOf(types.definitions, type.kind === "defined" ? type.name : "");
    if (shape.kind === "enum") return [head, `  return ${shape.tagBytes} + value.fields.length;`, "}"];
    const members = types.members(shape.fields);
    return [head, `  return ${shape.fields.map((field, index) => size(field.type, `value.${members[index]}`)).join(" + ")};`, "}"];
  };

  const put = (type: Type, value: string): string[] => {
    const move = (bytes: number): string => `at += ${bytes};`;
    switch (type.kind) {
      case "bool":
        return [`store<u8>(at, ${value} ? 1 : 0);`, move(1)];
      case "integer":
        if (type.bits <= 64) return [`store<${types.text(type)}>(at, ${value});`, move(type.bits / 8)];
        return [`at = ${call(`put ${typeKey(type)}`, `put${typeId(type)}`, (own) => wideFunction(own, type))}(at, ${value});`];
      case "pubkey":
        return [`memory.copy(at, ${value}.pointer, 32);`, move(32)];
      case "bytes":
        return [`at = ${bytesFunction()}(at, ${value}.pointer, ${value}.length, ${type.prefix});`];
      case "string":
        return [`at = ${call("string", "putString", (own) => stringFunction(own, lengthFunction()))}(at, ${value}, ${type.prefix});`];
      case "defined": {
        const definition = definitionOf(types.definitions, type.name);
        const { shape } = definition;
        if (shape.kind !== "enum" || !isScalarEnum(definition)) break;
        const check = `require(<u32>${value} < ${shape.variants.length}, "${definition.name}: no such variant");`;
        return [check, `store<u${8 * shape.tagBytes}>(at, ${value});`, move(shape.tagBytes)];
      }
      case "address":
      case "array":
      case "fixedBytes":
      case "list":
      case "option":
        break;
    }
    return [`at = ${call(`put ${typeKey(type)}`, `put${typeId(type)}`, (own) => putFunction(own, type))}(at, ${value});`];
  };

  const lengthFunction = (): string => call("length", "putLength", putLength);
  const bytesFunction = (): string => call("bytes", "putBytes", (own) => putBytes(own, lengthFunction()));

  const wideFunction = (name: string, type: Type): string[] => {
    const inRange = call(`range ${typeKey(type)}`, `is${typeId(type)}`, (own) => rangeFunction(own, type, "u256"));
    return [
      `function ${name}(at: usize, value: u256): usize {`,
      `  require(${inRange}(value), "a value out of the range of ${typeId(type)}");`,
      `  value.writeWord(${scratch});`,
      `  store<u64>(at, bswap(load<u64>(${scratch}, 24)));`,
      `  store<u64>(at, bswap(load<u64>(${scratch}, 16)), 8);`,
      "  return at + 16;",
      "}",
    ];
  };

  const putFunction = (name: string, type: Type): string[] => {
    const body = (lines: readonly string[]): string[] => [
      `function ${name}(at: usize, value: ${types.text(type)}): usize {`,
      ...lines.map((line) => `  ${line}`),
      "  return at;",
      "}",
    ];
    const inner = (lines: readonly string[]): string[] => lines.map((line) => `  ${line}`);
    if (type.kind === "fixedBytes") return body(fixedBytes(type));
    if (type.kind === "list" || type.kind === "array") {
      const first =
        type.kind === "list"
          ? `at = ${lengthFunction()}(at, value.length, ${type.prefix});`
          : `require(value.length == ${type.count}, "expected an array of ${type.count}");`;
      return body([first, "for (let index = 0; index < value.length; index++) {", ...inner(put(type.item, "value[index]")), "}"]);
    }
    if (type.kind === "option") {
      const room = type.isFixed ? fixedSize(type.item, types.definitions) : undefined;
      return body([
        ...(type.prefix === 0 ? [] : [`store<u${8 * type.prefix}>(at, value.isSome ? 1 : 0);`, `at += ${type.prefix};`]),
        "if (value.isSome) {",
        ...inner(put(type.item, "value.value")),
        ...(room === undefined ? [] : ["} else {", `  memory.fill(at, 0, ${room});`, `  at += ${room};`]),
        "}",
      ]);
    }
    const definition = definitionOf(types.definitions, type.kind === "defined" ? type.name : "");
    return body(definition.shape.kind === "enum" ? putVariant(definition) : putMembers(definition.shape.fields));
  };

  const fixedBytes = (type: Type & { readonly kind: "fixedBytes" }): string[] => {
    const { length } = type;
    const check =
      length > 32
        ? `value.length == ${length}`
        : length < 32
          ? `${call(`range ${typeKey(type)}`, `is${typeId(type)}`, (own) => rangeFunction(own, type, "Bytes32"))}(value)`
          : "";
    return [
      ...(check === "" ? [] : [`require(${check}, "expected ${length} bytes");`]),
      `memory.copy(at, value.pointer, ${length});`,
      `at += ${length};`,
    ];
  };

  const putVariant = ({ name, shape }: Definition): string[] => {
    if (shape.kind !== "enum") return [];
    return [
      `require(value.variant < ${shape.variants.length}, "${name}: no such variant");`,
      `store<u${8 * shape.tagBytes}>(at, ${shape.tagBytes < 4 ? `<u${8 * shape.tagBytes}>` : ""}value.variant);`,
      `at += ${shape.tagBytes};`,
      `at = ${bytesFunction()}(at, value.fields.pointer, value.fields.length, 0);`,
    ];
  };

  const putMembers = (fields: readonly Field[]): string[] => {
    const members = types.members(fields);
    return fields.flatMap((field, index) => put(field.type, `value.${members[index]}`));
  };

  const encoder: BorshEncoder = {
    make(beginning, values) {
      const total = sumOf([`${beginning.length}`, ...values.map(([type, value]) => size(type, value))]);
      const writes = [...encoder.constant(beginning), ...values.flatMap(([type, value]) => put(type, value))];
      return [`const data = Bytes.alloc(${total});`, ...(writes.length === 0 ? [] : ["let at = data.pointer;"]), ...writes];
    },
    constant(bytes) {
      const statements: string[] = [];
      let at = 0;
      for (const width of [8, 4, 2, 1]) {
        while (bytes.length - at >= width) {
          const value = Buffer.from(bytes.subarray(at, at + width))
            .reverse()
            .toString("hex");
          statements.push(`store<u${8 * width}>(at, 0x${value}, ${at});`);
          at += width;
        }
      }
      return at === 0 ? [] : [...statements, `at += ${at};`];
    },
    functions: () => [...functions.values()],
  };
  return encoder;
}

function putLength(name: string): string[] {
  return [
    `function ${name}(at: usize, count: i32, length: i32): usize {`,
    "  // A list's length fills the number before it, the low byte first.",
    '  require(length >= 4 || <u32>count >> (8 * length) == 0, "too long");',
    "  for (let index = 0; index < length; index++) {",
    "    store<u8>(at + index, index < 4 ? <u8>(<u32>count >> (8 * index)) : 0);",
    "  }",
    "  return at + length;",
    "}",
  ];
}

function putBytes(name: string, length: string): string[] {
  return [
    `function ${name}(at: usize, from: usize, count: i32, prefix: i32): usize {`,
    `  if (prefix) at = ${length}(at, count, prefix);`,
    "  memory.copy(at, from, count);",
    "  return at + count;",
    "}",
  ];
}

function stringFunction(name: string, length: string): string[] {
  return [
    `function ${name}(at: usize, value: string, prefix: i32): usize {`,
    "  const count = String.UTF8.byteLength(value);",
    `  if (prefix) at = ${length}(at, count, prefix);`,
    "  String.UTF8.encodeUnsafe(changetype<usize>(value), value.length, at);",
    "  return at + count;",
    "}",
  ];
}
