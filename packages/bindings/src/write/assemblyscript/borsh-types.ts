/** The types of an IDL in AssemblyScript: how they are written, and the classes and enums that they need. */
import { definitionOf, isScalarEnum, type Definition, type Definitions, type Field, type Type } from "../../model/type.ts";
import { camelCase, pascalCase } from "../../names/letter-case.ts";
import { createNameScope, type NameScope } from "../../names/name-scope.ts";
import { memberWords } from "../../names/reserved-words.ts";
import { plainText } from "./abi-codec.ts";

/** Types of one module. */
export interface BorshTypes {
  readonly definitions: Definitions;
  text(type: Type): string;
  /** Names of a class' fields, in order. */
  members(fields: readonly Field[]): string[];
  /** Lines that declare a class of fields. */
  classText(name: string, fields: readonly Field[]): string[];
  nameOf(definition: Definition): string;
  /** An expression of an option without a value. */
  none(option: Type & { readonly kind: "option" }): string;
  /** Declarations of every definition, and of what options are made of if there are any. */
  declarations(): string[][];
}

/** Takes the names of the definitions from the module's scope. */
export function createBorshTypes(definitions: Definitions, scope: NameScope): BorshTypes {
  const names = new Map([...definitions.keys()].map((name) => [name, scope.take(pascalCase(name))]));
  const option = scope.take("Option");
  const some = scope.take("some");
  const none = scope.take("none");
  let hasOptions = false;

  const types: BorshTypes = {
    definitions,
    text(type) {
      if (type.kind === "list" || type.kind === "array") return `Array<${types.text(type.item)}>`;
      if (type.kind === "defined") return types.nameOf(definitionOf(definitions, type.name));
      if (type.kind !== "option") return plainText(type);
      hasOptions = true;
      return `${option}<${types.text(type.item)}>`;
    },
    members(fields) {
      const members = createNameScope(memberWords);
      return fields.map(({ name }, index) => members.take(name === "" ? `field${index}` : camelCase(name)));
    },
    classText(name, fields) {
      const members = types.members(fields);
      const parameters = fields.map(({ type }, index) => `    public ${members[index]}: ${types.text(type)},`);
      if (fields.length === 0) return [`export class ${name} {}`];
      return [`export class ${name} {`, "  constructor(", ...parameters, "  ) {}", "}"];
    },
    nameOf: ({ name }) => names.get(name) ?? name,
    none: ({ item }) => `${none}<${types.text(item)}>()`,
    declarations() {
      const declared = [...definitions.values()].map((definition): string[] => {
        const { shape } = definition;
        const name = types.nameOf(definition);
        if (shape.kind === "struct") return types.classText(name, shape.fields);
        if (isScalarEnum(definition)) {
          const members = createNameScope(memberWords);
          return [`export enum ${name} {`, ...shape.variants.map((variant) => `  ${members.take(pascalCase(variant.name))},`), "}"];
        }
        return [
          "/** One variant by its place, with its fields as Borsh has them: made by the functions of its name. */",
          `export class ${name} {`,
          "  constructor(",
          "    public variant: u32,",
          "    public fields: Bytes,",
          "  ) {}",
          "}",
        ];
      });
      return hasOptions ? [...declared, ...optionText(option, some, none)] : declared;
    },
  };
  return types;
}

function optionText(option: string, some: string, none: string): string[][] {
  return [
    [
      `/** A value or none: made by \`${some}\` and \`${none}\`. \`value\` means nothing where there is none. */`,
      `export class ${option}<T> {`,
      "  constructor(",
      "    public isSome: bool,",
      "    public value: T,",
      "  ) {}",
      "}",
    ],
    [`export function ${some}<T>(value: T): ${option}<T> {`, `  return new ${option}<T>(true, value);`, "}"],
    [
      `export function ${none}<T>(): ${option}<T> {`,
      "  if (isReference<T>()) {",
      `    return new ${option}<T>(false, changetype<T>(<usize>0));`,
      "  } else {",
      `    return new ${option}<T>(false, <T>0);`,
      "  }",
      "}",
    ],
  ];
}
