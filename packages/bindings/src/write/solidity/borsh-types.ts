/** The types of an IDL in Solidity: how they are written, and the structs and enums that they need. */
import { definitionOf, isScalarEnum, type Definition, type Definitions, type Field, type Type } from "../../model/type.ts";
import { camelCase, pascalCase } from "../../names/letter-case.ts";
import { createNameScope, type NameScope } from "../../names/name-scope.ts";
import { solidityWords } from "../../names/reserved-words.ts";
import { typeId, typeKey } from "../../names/type-id.ts";

/** Types of one library. */
export interface BorshTypes {
  readonly definitions: Definitions;
  /** As in a declaration, without data location. */
  text(type: Type): string;
  /** With `memory` where it needs one. */
  located(type: Type): string;
  /** Names of a struct's members, in order. */
  members(fields: readonly Field[]): string[];
  /** Lines that declare a struct. */
  struct(name: string, fields: readonly Field[]): string[];
  /** The name that a definition has here. */
  nameOf(definition: Definition): string;
  /** Names of a scalar enum's members, in order. */
  variants(definition: Definition): string[];
  /** Declarations of every definition and of the options used so far. */
  declarations(): string[][];
}

/** Takes the names of the definitions from the library's scope. */
export function createBorshTypes(definitions: Definitions, scope: NameScope): BorshTypes {
  const names = new Map([...definitions.keys()].map((name) => [name, scope.take(pascalCase(name))]));
  const options = new Map<string, { readonly name: string; readonly item: Type }>();

  const text = (type: Type): string => {
    switch (type.kind) {
      case "integer":
        return `${type.isSigned ? "" : "u"}int${type.bits}`;
      case "pubkey":
        return "bytes32";
      case "fixedBytes":
        return type.length <= 32 ? `bytes${type.length}` : "bytes";
      case "list":
        return `${text(type.item)}[]`;
      case "array":
        return `${text(type.item)}[${type.count}]`;
      case "option":
        return option(type.item);
      case "defined":
        return types.nameOf(definitionOf(definitions, type.name));
      case "bool":
      case "bytes":
      case "string":
      case "address":
        return type.kind;
    }
  };
  /** One struct for an item, whatever the tag before it is. */
  const option = (item: Type): string => {
    const key = typeKey(item);
    const known = options.get(key);
    if (known !== undefined) return known.name;
    const name = scope.take(`OptionOf${typeId(item)}`);
    options.set(key, { name, item });
    return name;
  };

  const types: BorshTypes = {
    definitions,
    text,
    located: (type) => `${text(type)}${isReference(type, definitions) ? " memory" : ""}`,
    members: (fields) => {
      const members = createNameScope(solidityWords);
      return fields.map(({ name }, index) => members.take(name === "" ? `field${index}` : camelCase(name)));
    },
    struct(name, fields) {
      const members = types.members(fields);
      // Solidity has no empty structs.
      const lines = fields.length === 0 ? ["    bool unused;"] : fields.map(({ type }, index) => `    ${text(type)} ${members[index]};`);
      return [`struct ${name} {`, ...lines, "}"];
    },
    nameOf: ({ name }) => names.get(name) ?? name,
    variants({ shape }) {
      const members = createNameScope(solidityWords);
      return shape.kind === "enum" ? shape.variants.map(({ name }) => members.take(pascalCase(name))) : [];
    },
    declarations() {
      const declared = [...definitions.values()].map((definition): string[] => {
        const name = types.nameOf(definition);
        const { shape } = definition;
        if (shape.kind === "struct") return types.struct(name, shape.fields);
        if (isScalarEnum(definition))
          return [
            `enum ${name} {`,
            ...types.variants(definition).map((one, index, all) => `    ${one}${index < all.length - 1 ? "," : ""}`),
            "}",
          ];
        return [
          "/// One variant by its place, with its fields as Borsh has them: made by the functions of its name.",
          `struct ${name} {`,
          "    uint32 variant;",
          "    bytes fields;",
          "}",
        ];
      });
      const optional = [...options.values()].map(({ name, item }) => [
        `struct ${name} {`,
        "    bool isSome;",
        `    ${text(item)} value;`,
        "}",
      ]);
      return [...declared, ...optional];
    },
  };
  return types;
}

function isReference(type: Type, definitions: Definitions): boolean {
  if (type.kind === "defined") return !isScalarEnum(definitionOf(definitions, type.name));
  return ["bytes", "string", "list", "array", "option"].includes(type.kind) || (type.kind === "fixedBytes" && type.length > 32);
}
