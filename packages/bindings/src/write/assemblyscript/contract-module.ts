/** An ABI as an AssemblyScript module: a class whose methods call the contract. */
import { bytesToHex } from "@trireme/core";
import type { ContractInterface, Method } from "../../model/contract-interface.ts";
import type { Field } from "../../model/type.ts";
import { pascalCase } from "../../names/letter-case.ts";
import { createNameScope, type NameScope } from "../../names/name-scope.ts";
import { assemblyscriptWords, memberWords } from "../../names/reserved-words.ts";
import { typeId } from "../../names/type-id.ts";
import { createAbiCodec, type AbiCodec } from "./abi-codec.ts";
import { assemblyscriptHeader } from "./assemblyscript-header.ts";

const sdk = ["Address", "Bytes", "Bytes32", "call", "CallResult", "require", "staticCall", "u256"];
const codecs = ["Reader", "readValue", "revertEmpty", "Writer", "writeValue"];
/** Names that the methods' bodies use. */
const locals = ["writer", "reader", "value", "data", "output"];

/** The file's text. */
export function writeContractModule(model: ContractInterface): string {
  const scope = createNameScope([...assemblyscriptWords, ...sdk, ...codecs, ...locals]);
  const name = scope.take(model.name);
  const structs = new Map([...model.definitions.keys()].map((own) => [own, scope.take(own)]));
  const codec = createAbiCodec(model.definitions, (own) => structs.get(own) ?? own, scope);
  const classes = [...model.definitions.values()].map((definition) =>
    classText(structs.get(definition.name) ?? definition.name, definition.shape.kind === "struct" ? definition.shape.fields : [], codec),
  );
  const members = createNameScope([...memberWords, "__to", "__value", "__gas"]);
  const outputs: string[][] = [];
  const methods = methodNames(model.methods).flatMap(([method, preferred]) =>
    methodText(method, preferred, { name, members, scope, codec, outputs }),
  );
  const blocks = [
    ...classes,
    ...outputs,
    [
      `/** The contract at an address. \`value\` goes with every call that takes some, and \`gas\` is the most that a call may use. */`,
      `export class ${name} {`,
      "  constructor(private __to: Address, private __value: u256 = u256.zero, private __gas: u64 = u64.MAX_VALUE) {}",
      ...methods.flatMap((lines) => ["", ...lines.map((line) => `  ${line}`)]),
      "}",
    ],
    ...codec.functions(),
  ];
  const imports = [
    `import { ${sdk.join(", ")} } from "@trireme/contract-as";`,
    `import { ${codecs.join(", ")} } from "@trireme/contract-as/entry";`,
  ];
  return `${assemblyscriptHeader}${[imports, ...blocks].map((lines) => lines.map((line) => `${line}\n`).join("")).join("\n")}`;
}

/** A class of fields. */
function classText(name: string, fields: readonly Field[], codec: AbiCodec): string[] {
  const members = codec.members(fields);
  const parameters = fields.map((field, index) => `    public ${members[index]}: ${codec.text(field.type)},`);
  return [`export class ${name} {`, "  constructor(", ...parameters, "  ) {}", "}"];
}

/** Functions that share a name get their types behind it: there are no overloads. */
function methodNames(methods: readonly Method[]): [Method, string][] {
  const count = new Map<string, number>();
  for (const { name } of methods) count.set(name, (count.get(name) ?? 0) + 1);
  return methods.map((method) => {
    const isShared = (count.get(method.name) ?? 0) > 1;
    return [method, isShared ? `${method.name}${method.inputs.map(({ type }) => typeId(type)).join("")}` : method.name];
  });
}

interface MethodContext {
  /** The class. */
  readonly name: string;
  readonly members: NameScope;
  readonly scope: NameScope;
  readonly codec: AbiCodec;
  /** Classes for what functions with several results give. */
  readonly outputs: string[][];
}

function methodText(method: Method, preferred: string, context: MethodContext): string[][] {
  const { name: owner, members, scope, codec, outputs } = context;
  const name = members.take(preferred);
  const tryName = members.take(`try${preferred.slice(0, 1).toUpperCase()}${preferred.slice(1)}`);
  const dataName = members.take(`${preferred}Data`);
  const inner = scope.inner();
  const names = method.inputs.map((field, index) => inner.take(field.name === "" ? `arg${index}` : field.name));
  const parameters = method.inputs.map(({ type }, index) => `${names[index]}: ${codec.text(type)}`).join(", ");
  const given = names.join(", ");
  const isStatic = method.stateMutability === "view" || method.stateMutability === "pure";
  const value = method.stateMutability === "payable" ? "this.__value" : "u256.zero";
  const run = isStatic ? "staticCall(this.__to, data, this.__gas)" : `call(this.__to, data, ${value}, this.__gas)`;
  const size = codec.headSize(method.inputs);
  const selector = bytesToHex(Uint8Array.from(method.selector).reverse());
  const writes = method.inputs.map(
    ({ type }, index) => `  ${codec.write(type, "4", `${4 + codec.headAt(method.inputs, index)}`, names[index] as string)}`,
  );
  const blocks = [
    [
      `/** \`${method.signature}\`; its failure is a value. */`,
      `${tryName}(${parameters}): CallResult {`,
      `  const data = ${owner}.${dataName}(${given});`,
      `  return ${run};`,
      "}",
    ],
    [
      `/** Calldata of \`${method.signature}\`. */`,
      `static ${dataName}(${parameters}): Bytes {`,
      `  const writer = new Writer(${4 + size});`,
      `  writer.reserve(${4 + size});`,
      `  store<u32>(writer.start, ${selector});`,
      ...writes,
      "  return writer.toBytes();",
      "}",
    ],
  ];
  if (method.outputs.length === 0) {
    blocks.unshift([`${name}(${parameters}): void {`, `  this.${tryName}(${given}).unwrap();`, "}"]);
    return blocks;
  }
  const outputName = members.take(`${preferred}Output`);
  const [only, ...others] = method.outputs;
  const values = method.outputs.map(({ type }, index) => codec.read(type, "0", `${codec.headAt(method.outputs, index)}`));
  let result = codec.text((only as Field).type);
  let made = [`  return ${values[0]};`];
  if (others.length > 0) {
    result = scope.take(`${pascalCase(preferred)}Output`);
    outputs.push(classText(result, method.outputs, codec));
    made = [`  return new ${result}(`, ...values.map((text) => `    ${text},`), "  );"];
  }
  return [
    [`${name}(${parameters}): ${result} {`, `  return ${owner}.${outputName}(this.${tryName}(${given}).unwrap());`, "}"],
    ...blocks,
    [
      `/** What \`${method.signature}\` returned. */`,
      `static ${outputName}(data: Bytes): ${result} {`,
      "  const reader = new Reader(data.pointer, data.length);",
      ...made,
      "}",
    ],
  ];
}
