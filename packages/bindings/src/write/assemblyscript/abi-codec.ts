/** AssemblyScript that encodes and decodes values as Solidity's ABI does: functions for every type that is used, and no others. */
import { definitionOf, type Definitions, type Field, type Type } from "../../model/type.ts";
import { createNameScope, createNameTable, type NameScope } from "../../names/name-scope.ts";
import { memberWords } from "../../names/reserved-words.ts";
import { typeId, typeKey } from "../../names/type-id.ts";

/** Writes types, expressions and statements; the functions that they call are collected. */
export interface AbiCodec {
  text(type: Type): string;
  /** Names of a class' fields, in order. */
  members(fields: readonly Field[]): string[];
  /** A statement that writes a value whose head is at `at` of the tuple at `base` of `writer`. */
  write(type: Type, base: string, at: string, value: string): string;
  /** An expression that reads the value whose head is at `at` of the tuple at `base` of `reader`. */
  read(type: Type, base: string, at: string): string;
  /** Bytes of the head of a tuple. */
  headSize(fields: readonly Field[]): number;
  /** Where the head of a tuple's field is. */
  headAt(fields: readonly Field[], index: number): number;
  functions(): string[][];
}

/** `nameOf` gives the class of a struct; functions take names from the module's scope. */
export function createAbiCodec(definitions: Definitions, nameOf: (struct: string) => string, scope: NameScope): AbiCodec {
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
  const fieldsOf = (name: string): readonly Field[] => {
    const { shape } = definitionOf(definitions, name);
    return shape.kind === "struct" ? shape.fields : [];
  };

  const isDynamic = (type: Type): boolean => {
    if (type.kind === "array") return isDynamic(type.item);
    if (type.kind === "defined") return fieldsOf(type.name).some((field) => isDynamic(field.type));
    return type.kind === "bytes" || type.kind === "string" || type.kind === "list";
  };
  const staticSize = (type: Type): number => {
    if (type.kind === "array") return type.count * staticSize(type.item);
    return type.kind === "defined" ? fieldsOf(type.name).reduce((sum, field) => sum + staticSize(field.type), 0) : 32;
  };
  const headOf = (type: Type): number => (isDynamic(type) ? 32 : staticSize(type));

  const text = (type: Type): string => {
    if (type.kind === "list" || type.kind === "array") return `Array<${text(type.item)}>`;
    return type.kind === "defined" ? nameOf(type.name) : plainText(type);
  };

  const write = (type: Type, base: string, at: string, value: string): string => {
    if (isPlain(type)) return `writeValue<${text(type)}>(writer, ${base}, ${at}, ${value});`;
    const name = call(`write ${typeKey(type)}`, `write${typeId(type)}`, (own) => writeFunction(own, type));
    return `${name}(writer, ${base}, ${at}, ${value});`;
  };

  const writeFunction = (name: string, type: Type): string[] => {
    const head = `function ${name}(writer: Writer, base: i32, at: i32, value: ${text(type)}): void {`;
    if (type.kind === "integer" || type.kind === "fixedBytes") {
      const inRange = call(`range ${typeKey(type)}`, `is${typeId(type)}`, (own) => rangeFunction(own, type, text(type)));
      return [
        head,
        `  require(${inRange}(value), "a value out of the range of ${typeId(type)}");`,
        `  writeValue<${text(type)}>(writer, base, at, value);`,
        "}",
      ];
    }
    const move = isDynamic(type) ? ["  writer.u32(at, writer.length - base);"] : [];
    if (type.kind === "list") {
      const size = headOf(type.item);
      return [
        head,
        ...move,
        "  const count = value.length;",
        `  const start = writer.reserve(32 + count * ${size});`,
        "  writer.u32(start, count);",
        "  const items = start + 32;",
        "  for (let index = 0; index < count; index++) {",
        `    ${write(type.item, "items", `items + index * ${size}`, "value[index]")}`,
        "  }",
        "}",
      ];
    }
    if (type.kind === "array") {
      const size = headOf(type.item);
      const start = isDynamic(type) ? `writer.reserve(${type.count * size})` : "at";
      return [
        head,
        `  require(value.length == ${type.count}, "expected an array of ${type.count}");`,
        ...move,
        `  const items = ${start};`,
        `  for (let index = 0; index < ${type.count}; index++) {`,
        `    ${write(type.item, "items", `items + index * ${size}`, "value[index]")}`,
        "  }",
        "}",
      ];
    }
    const fields = fieldsOf(type.kind === "defined" ? type.name : "");
    const members = codec.members(fields);
    const start = isDynamic(type) ? `writer.reserve(${codec.headSize(fields)})` : "at";
    const statements = fields.map(
      (field, index) => `  ${write(field.type, "start", offsetOf("start", codec.headAt(fields, index)), `value.${members[index]}`)}`,
    );
    return [head, ...move, `  const start = ${start};`, ...statements, "}"];
  };

  const read = (type: Type, base: string, at: string): string => {
    if (isPlain(type)) return `readValue<${text(type)}>(reader, ${base}, ${at})`;
    const name = call(`read ${typeKey(type)}`, `read${typeId(type)}`, (own) => readFunction(own, type));
    return `${name}(reader, ${base}, ${at})`;
  };

  const readFunction = (name: string, type: Type): string[] => {
    const head = `function ${name}(reader: Reader, base: i32, at: i32): ${text(type)} {`;
    if (type.kind === "integer" || type.kind === "fixedBytes") {
      const inRange = call(`range ${typeKey(type)}`, `is${typeId(type)}`, (own) => rangeFunction(own, type, text(type)));
      return [
        head,
        `  const value = readValue<${text(type)}>(reader, base, at);`,
        `  if (!${inRange}(value)) revertEmpty();`,
        "  return value;",
        "}",
      ];
    }
    const start = isDynamic(type) ? "reader.follow(base, at)" : "at";
    if (type.kind === "list" || type.kind === "array") {
      const size = headOf(type.item);
      const isList = type.kind === "list";
      return [
        head,
        `  const start = ${start};`,
        `  const count = ${isList ? `reader.count(start, ${size})` : type.count};`,
        `  const items = ${isList ? "start + 32" : "start"};`,
        `  const values = new ${text(type)}(count);`,
        "  for (let index = 0; index < count; index++) {",
        `    values[index] = ${read(type.item, "items", `items + index * ${size}`)};`,
        "  }",
        "  return values;",
        "}",
      ];
    }
    const fields = fieldsOf(type.kind === "defined" ? type.name : "");
    const values = fields.map((field, index) => `    ${read(field.type, "start", offsetOf("start", codec.headAt(fields, index)))},`);
    return [head, `  const start = ${start};`, `  return new ${text(type)}(`, ...values, "  );", "}"];
  };

  const codec: AbiCodec = {
    text,
    members(fields) {
      const members = createNameScope(memberWords);
      return fields.map(({ name }, index) => members.take(name === "" ? `field${index}` : name));
    },
    write,
    read,
    headSize: (fields) => fields.reduce((sum, field) => sum + headOf(field.type), 0),
    headAt: (fields, index) => codec.headSize(fields.slice(0, index)),
    functions: () => [...functions.values()],
  };
  return codec;
}

function offsetOf(base: string, bytes: number): string {
  return bytes === 0 ? base : `${base} + ${bytes}`;
}

/** Types that the SDK's codec knows. */
function isPlain(type: Type): boolean {
  if (type.kind === "integer") return type.bits === 256 || [8, 16, 32, 64].includes(type.bits);
  if (type.kind === "fixedBytes") return type.length === 32;
  return ["bool", "address", "bytes", "string"].includes(type.kind);
}

/** The text of a type that is no list and no struct. Wide signed integers are words of two's complement, short bytes stand at the left. */
export function plainText(type: Type): string {
  switch (type.kind) {
    case "bool":
    case "string":
      return type.kind;
    case "bytes":
      return "Bytes";
    case "address":
      return "Address";
    case "fixedBytes":
      return type.length <= 32 ? "Bytes32" : "Bytes";
    case "pubkey":
      return "Bytes32";
    case "integer": {
      const native = [8, 16, 32, 64].find((bits) => bits >= type.bits);
      return native === undefined ? "u256" : `${type.isSigned ? "i" : "u"}${native}`;
    }
    case "list":
    case "array":
    case "option":
    case "defined":
      throw new RangeError(`expected a plain type, got ${type.kind}`);
  }
}

/** A function that tells whether a value of a wider type is one of this type. */
export function rangeFunction(name: string, type: Type, text: string): string[] {
  const head = `function ${name}(value: ${text}): bool {`;
  if (type.kind === "fixedBytes")
    return [
      head,
      `  for (let index = ${type.length}; index < 32; index++) {`,
      "    if (load<u8>(value.pointer + index)) return false;",
      "  }",
      "  return true;",
      "}",
    ];
  if (type.kind !== "integer") return [];
  const { bits, isSigned } = type;
  if (text === "u256") {
    if (!isSigned) return [head, `  return value.bitLength <= ${bits};`, "}"];
    return [head, `  return (value.bitLength == 256 ? ~value : value).bitLength < ${bits};`, "}"];
  }
  const limit = 2n ** BigInt(isSigned ? bits - 1 : bits);
  return [head, isSigned ? `  return value >= -${limit} && value < ${limit};` : `  return value < ${limit};`, "}"];
}
