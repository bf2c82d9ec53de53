/** The types of an IDL in TypeScript, and the codecs of @solana/kit for them. */
import {
  definitionOf,
  fixedSize,
  isScalarEnum,
  type Definition,
  type Definitions,
  type Field,
  type LengthPrefix,
  type Type,
} from "../../model/type.ts";
import { camelCase, pascalCase } from "../../names/letter-case.ts";
import { createNameScope, type NameScope } from "../../names/name-scope.ts";
import { assignment, callOf, layOut, listOf, membersOf, objectOf, type Layout } from "./layout.ts";

/** Types of one file. */
export interface ProgramTypes {
  readonly definitions: Definitions;
  text(type: Type): string;
  /** An expression that makes the codec of a type. */
  codec(type: Type): Layout;
  /** An expression that makes the codec of a struct. */
  structCodec(fields: readonly Field[]): Layout;
  /** Names of an object's properties, in order. */
  members(fields: readonly Field[]): string[];
  /** An interface's lines. */
  interfaceText(name: string, fields: readonly Field[]): string;
  /** The name of a codec's type: of values, and of a fixed size where there is one. */
  codecType(value: string, isFixed: boolean): string;
  nameOf(definition: Definition): string;
  /** The codec of a definition. */
  codecOf(definition: Definition): string;
  /** Types and codecs of every definition. */
  declarations(): string[];
  /** Marks something of @solana/kit as used; gives its name. */
  kit(name: string): string;
  /** What was used of @solana/kit; types as `type X`. */
  imports(): ReadonlySet<string>;
  /** Functions of the file itself that were used. */
  functions(): string[];
}

/** Takes the names of the definitions from the file's scope. */
export function createProgramTypes(definitions: Definitions, scope: NameScope): ProgramTypes {
  const used = new Set<string>();
  const names = new Map([...definitions.keys()].map((name) => [name, scope.take(pascalCase(name))]));
  const codecs = new Map([...definitions.keys()].map((name) => [name, scope.take(`${camelCase(name)}Codec`)]));
  const exactBytes = scope.take("exactBytesCodec");
  let usesExactBytes = false;
  const kit = (name: string): string => {
    used.add(name);
    return name.replace(/^type /, "");
  };

  const sized = (codec: Layout, prefix: LengthPrefix): Layout =>
    prefix === 0 ? codec : callOf(kit("addCodecSizePrefix"), codec, unsigned(prefix));
  const unsigned = (bytes: number): Layout => callOf(kit(`getU${8 * bytes}Codec`));

  const types: ProgramTypes = {
    definitions,
    text(type) {
      switch (type.kind) {
        case "bool":
          return "boolean";
        case "integer":
          return type.bits <= 32 ? "number" : "bigint";
        case "pubkey":
        case "address":
          return kit("type Address");
        case "fixedBytes":
        case "bytes":
          return kit("type ReadonlyUint8Array");
        case "string":
          return "string";
        case "list":
        case "array": {
          const item = types.text(type.item);
          // As kit types its arrays.
          return `${item.includes(" ") ? `(${item})` : item}[]`;
        }
        case "option":
          return `${types.text(type.item)} | null`;
        case "defined":
          return types.nameOf(definitionOf(definitions, type.name));
      }
    },
    codec(type) {
      switch (type.kind) {
        case "bool":
          return callOf(kit("getBooleanCodec"));
        case "integer":
          return callOf(kit(`get${type.isSigned ? "I" : "U"}${type.bits}Codec`));
        case "pubkey":
        case "address":
          return callOf(kit("getAddressCodec"));
        case "fixedBytes":
          usesExactBytes = true;
          return callOf(exactBytes, `${type.length}`);
        case "bytes":
          return sized(callOf(kit("getBytesCodec")), type.prefix);
        case "string":
          return sized(callOf(kit("getUtf8Codec")), type.prefix);
        case "list":
          return callOf(
            kit("getArrayCodec"),
            types.codec(type.item),
            ...(type.prefix === 4 ? [] : [objectOf([["size: ", unsigned(type.prefix)]])]),
          );
        case "array":
          return callOf(kit("getArrayCodec"), types.codec(type.item), objectOf([`size: ${type.count}`]));
        case "option": {
          const prefix = type.prefix === 0 ? "null" : unsigned(type.prefix);
          const options = [...(type.prefix === 1 ? [] : [["prefix: ", prefix]]), ...(type.isFixed ? ['noneValue: "zeroes"'] : [])];
          return callOf(kit("getNullableCodec"), types.codec(type.item), ...(options.length === 0 ? [] : [objectOf(options)]));
        }
        case "defined":
          return codecs.get(type.name) ?? type.name;
      }
    },
    structCodec(fields) {
      if (fields.length === 0) return callOf(kit("getUnitCodec"));
      const members = types.members(fields);
      return callOf(kit("getStructCodec"), listOf(fields.map(({ type }, index) => listOf([`"${members[index]}"`, types.codec(type)]))));
    },
    members(fields) {
      const members = createNameScope(["__kind", "constructor"]);
      return fields.map(({ name }, index) => members.take(name === "" ? `field${index}` : camelCase(name)));
    },
    interfaceText(name, fields) {
      const members = types.members(fields);
      const lines = fields.map(({ type }, index) => `  readonly ${members[index]}: ${types.text(type)};\n`);
      return `export interface ${name} {\n${lines.join("")}}\n`;
    },
    codecType: (value, isFixed) => `${kit(isFixed ? "type FixedSizeCodec" : "type Codec")}<${value}>`,
    nameOf: ({ name }) => names.get(name) ?? name,
    codecOf: ({ name }) => codecs.get(name) ?? name,
    declarations: () => [...definitions.values()].map((definition) => declaration(definition)),
    kit,
    imports: () => used,
    functions: () => (usesExactBytes ? [exactBytesText(exactBytes, kit)] : []),
  };

  const declaration = (definition: Definition): string => {
    const { shape } = definition;
    const name = types.nameOf(definition);
    const isFixed = fixedSize({ kind: "defined", name: definition.name }, definitions) !== undefined;
    const head = `export const ${types.codecOf(definition)}: ${types.codecType(shape.kind === "struct" && shape.fields.length === 0 ? "void" : name, isFixed)}`;
    const codec = (layout: Layout): string => `${assignment(head, layout)}\n`;
    if (shape.kind === "struct") {
      const text = shape.fields.length === 0 ? `export type ${name} = void;\n` : types.interfaceText(name, shape.fields);
      return `${text}\n${codec(types.structCodec(shape.fields))}`;
    }
    const variants = variantNames(definition);
    const size = shape.tagBytes === 1 ? [] : [objectOf([["size: ", unsigned(shape.tagBytes)]])];
    if (isScalarEnum(definition)) {
      const quoted = variants.map((variant) => `"${variant}"`);
      return `${unionText(name, quoted)}\n${codec(callOf(kit("getLiteralUnionCodec"), listOf(quoted), ...size))}`;
    }
    const members = shape.variants.map(({ fields }, index) => {
      const own = types.members(fields);
      return membersOf([
        `readonly __kind: "${variants[index]}"`,
        ...fields.map(({ type }, at) => `readonly ${own[at]}: ${types.text(type)}`),
      ]);
    });
    const cases = shape.variants.map(({ fields }, index) => listOf([`"${variants[index]}"`, types.structCodec(fields)]));
    return `${unionText(name, members)}\n${codec(callOf(kit("getDiscriminatedUnionCodec"), listOf(cases), ...size))}`;
  };
  return types;
}

function variantNames({ shape }: Definition): string[] {
  const scope = createNameScope([]);
  return shape.kind === "enum" ? shape.variants.map(({ name }) => scope.take(pascalCase(name))) : [];
}

function unionText(name: string, cases: readonly Layout[]): string {
  const head = `export type ${name} = `;
  const line = `${head}${cases.map((one) => layOut(one, "", -10_000)).join(" | ")};`;
  if (line.length <= 100) return `${line}\n`;
  return `${head.trimEnd()}\n${cases.map((one) => `  | ${layOut(one, "    ", 4)}`).join("\n")};\n`;
}

function exactBytesText(name: string, kit: (name: string) => string): string {
  const bytes = kit("type ReadonlyUint8Array");
  const [transform, fix, plain] = ["transformCodec", "fixCodecSize", "getBytesCodec"].map(kit);
  return [
    `function ${name}(length: number): ${kit("type FixedSizeCodec")}<${bytes}> {`,
    `  return ${transform}(${fix}(${plain}(), length), (value: ${bytes}) => {`,
    "    if (value.length !== length) {",
    "      throw new RangeError(`expected ${length} bytes, got ${value.length}`);",
    "    }",
    "    return value;",
    "  });",
    "}",
    "",
  ].join("\n");
}
