/** An ABI as a Solidity interface. */
import type { ContractInterface, EventField, Method } from "../../model/contract-interface.ts";
import { definitionOf, type Definition, type Field, type Type } from "../../model/type.ts";
import { createNameScope, type NameScope } from "../../names/name-scope.ts";
import { solidityKeywords, solidityWords } from "../../names/reserved-words.ts";
import { solidityHeader } from "./solidity-header.ts";

/** The file's text. What Solidity cannot say is left out, with a warning. */
export function writeContractInterface(model: ContractInterface, warn: (text: string) => void): string {
  const name = `I${model.name}`;
  const taken = new Map<string, string>([[name, "interface"]]);
  /** One name is one kind of thing in Solidity; functions and events may share theirs with others of their kind. */
  const claims = (kind: "function" | "event" | "error", own: string): boolean => {
    const reason =
      solidityKeywords.has(own) || (kind === "error" && (own === "Error" || own === "Panic")) ? "a word of Solidity" : undefined;
    const other = taken.get(own);
    const clash = other !== undefined && (other !== kind || kind === "error") ? `taken by another ${other}` : undefined;
    if ((reason ?? clash) !== undefined) warn(`${kind} ${own} is left out of the Solidity interface: the name is ${reason ?? clash}`);
    else taken.set(own, kind);
    return (reason ?? clash) === undefined;
  };
  const methods = model.methods.filter((method) => claims("function", method.name));
  const events = model.events.filter((event) => claims("event", event.name));
  const errors = model.errors.filter((error) => claims("error", error.name));

  const scope = createNameScope([...solidityWords, ...taken.keys()]);
  const structs = new Map([...model.definitions.keys()].map((own) => [own, scope.take(own)]));
  const text = (type: Type): string => typeText(type, structs);
  const blocks = [
    ...[...model.definitions.values()].map((definition) => struct(definition, text, structs)),
    ...events.map(({ name: own, fields, isAnonymous }) => {
      const inputs = parameters(fields, (field) => `${text(field.type)}${(field as EventField).isIndexed ? " indexed" : ""}`);
      return [`event ${own}(${inputs})${isAnonymous ? " anonymous" : ""};`];
    }),
    ...errors.map(({ name: own, fields }) => [`error ${own}(${parameters(fields, ({ type }) => text(type))});`]),
    ...methods.map((method) => [methodText(method, text, model)]),
  ];
  const body = blocks.map((lines) => lines.map((line) => `    ${line}\n`).join(""));
  return `${solidityHeader}interface ${name} {\n${body.join("\n")}}\n`;
}

function methodText({ name, inputs, outputs, stateMutability }: Method, text: (type: Type) => string, model: ContractInterface): string {
  const located = (where: string) => (field: Field) => `${text(field.type)}${isReference(field.type, model) ? ` ${where}` : ""}`;
  const mutability = stateMutability === "nonpayable" ? "" : ` ${stateMutability}`;
  const scope = createNameScope(solidityWords);
  const returned = outputs.length === 0 ? "" : ` returns (${parameters(outputs, located("memory"), scope)})`;
  return `function ${name}(${parameters(inputs, located("calldata"), scope)}) external${mutability}${returned};`;
}

function isReference(type: Type, model: ContractInterface): boolean {
  return (
    ["bytes", "string", "list", "array"].includes(type.kind) ||
    (type.kind === "defined" && definitionOf(model.definitions, type.name) !== undefined)
  );
}

/** Parameters; those without a name have none here either. */
function parameters(fields: readonly Field[], text: (field: Field) => string, scope: NameScope = createNameScope(solidityWords)): string {
  return fields.map((field) => `${text(field)}${field.name === "" ? "" : ` ${scope.take(field.name)}`}`).join(", ");
}

function struct({ name, shape }: Definition, text: (type: Type) => string, names: ReadonlyMap<string, string>): string[] {
  const scope = createNameScope(solidityWords);
  const fields = shape.kind === "struct" ? shape.fields : [];
  const lines = fields.map((field, index) => `    ${text(field.type)} ${scope.take(field.name === "" ? `field${index}` : field.name)};`);
  return [`struct ${names.get(name)} {`, ...lines, "}"];
}

function typeText(type: Type, structs: ReadonlyMap<string, string>): string {
  switch (type.kind) {
    case "integer":
      return `${type.isSigned ? "" : "u"}int${type.bits}`;
    case "fixedBytes":
      return `bytes${type.length}`;
    case "list":
      return `${typeText(type.item, structs)}[]`;
    case "array":
      return `${typeText(type.item, structs)}[${type.count}]`;
    case "defined":
      return structs.get(type.name) ?? type.name;
    case "bool":
    case "address":
    case "bytes":
    case "string":
      return type.kind;
    case "pubkey":
    case "option":
      throw new RangeError(`expected a type of the ABI, got ${type.kind}`);
  }
}
