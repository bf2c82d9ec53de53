/** An IDL as TypeScript: instructions for @solana/kit, codecs of accounts and events, and the way through the SVM gateway. */
import { pubkeyFromBytes, pubkeyToBase58 } from "@trireme/core";
import type {
  DataLayout,
  InstructionAccount,
  ProgramAddress,
  ProgramInstruction,
  ProgramInterface,
} from "../../model/program-interface.ts";
import { fixedSizeOf, type Field } from "../../model/type.ts";
import { camelCase, constantCase, pascalCase } from "../../names/letter-case.ts";
import { createNameScope, type NameScope } from "../../names/name-scope.ts";
import { typescriptWords } from "../../names/reserved-words.ts";
import type { GeneratedFile } from "../generated-file.ts";
import { assignment, callOf, choiceOf, functionHead, layOut, listOf, objectOf, quoted, type Layout } from "./layout.ts";
import { createProgramTypes, type ProgramTypes } from "./program-types.ts";
import { svmGatewayText } from "./svm-gateway.ts";
import { importText, typescriptHeader } from "./typescript-header.ts";

/** Everything of @solana/kit that a file may import, and names that the functions' bodies use. */
const reserved = `
  AccountMeta AccountRole AccountSignerMeta Address Codec FixedSizeCodec ProgramDerivedAddress ReadonlyUint8Array TransactionSigner
  addCodecSizePrefix fixCodecSize transformCodec getProgramDerivedAddress
  getAddressCodec getArrayCodec getBooleanCodec getBytesCodec getConstantCodec getDiscriminatedUnionCodec getHiddenPrefixCodec
  getLiteralUnionCodec getNullableCodec getStructCodec getUnitCodec getUtf8Codec
  getU8Codec getU16Codec getU32Codec getU64Codec getU128Codec getI8Codec getI16Codec getI32Codec getI64Codec getI128Codec
  BuiltInstruction InstructionOptions SignerAccount MaySignAccount
  accounts args data options seeds signerMeta maySignMeta programAddress remainingAccounts
`
  .trim()
  .split(/\s+/);

interface Client {
  readonly scope: NameScope;
  readonly types: ProgramTypes;
  /** The constant with the program's pubkey. */
  readonly program: string;
  /** Constants with the pubkeys that accounts have by default, by pubkey. */
  readonly defaults: Map<string, string>;
}

/** The files. */
export function writeProgramClient(model: ProgramInterface, stem: string): GeneratedFile[] {
  const language = "typescript";
  return [
    { path: `typescript/${stem}.ts`, language, text: clientText(model) },
    { path: "typescript/svm-gateway.ts", language, text: svmGatewayText },
  ];
}

function clientText(model: ProgramInterface): string {
  const scope = createNameScope([...typescriptWords, ...reserved]);
  const program = scope.take(`${constantCase(model.name)}_PROGRAM`);
  const types = createProgramTypes(model.definitions, scope);
  const client: Client = { scope, types, program, defaults: defaultsOf(model, scope) };
  const address = pubkeyToBase58(pubkeyFromBytes(model.address));
  const errors = scope.take(`${camelCase(model.name)}Errors`);
  const blocks = [
    `/** The program's pubkey. */\nexport const ${program} =\n  "${address}" as ${types.kit("type Address")}<"${address}">;\n`,
    ...(client.defaults.size === 0 ? [] : [defaultsText(client)]),
    ...(model.errors.length === 0 ? [] : [errorsText(errors, model)]),
    ...types.declarations(),
    ...(model.instructions.length === 0 ? [] : [instructionTypes(model.instructions, types)]),
    ...model.instructions.map((instruction) => instructionText(instruction, client)),
    ...model.addresses.map((one) => addressText(one, client)),
    ...model.accounts.map((layout) => layoutText(layout, "account", client)),
    ...model.events.map((layout) => layoutText(layout, "event", client)),
  ];
  const all = [...blocks, ...helpers(model.instructions, types), ...types.functions()];
  return `${typescriptHeader}${importText(types.imports(), "@solana/kit")}\n${all.join("\n")}`;
}

/** A name for each, from the first account that has it. */
function defaultsOf(model: ProgramInterface, scope: NameScope): Map<string, string> {
  const names = new Map<string, string>();
  for (const { name, address } of model.instructions.flatMap(({ accounts }) => accounts)) {
    const key = address === undefined ? undefined : pubkeyToBase58(pubkeyFromBytes(address));
    if (key !== undefined && !names.has(key)) names.set(key, scope.take(`${constantCase(name)}_ADDRESS`));
  }
  return names;
}

function defaultsText({ defaults, types }: Client): string {
  const type = types.kit("type Address");
  return [...defaults].map(([key, name]) => `${assignment(`const ${name}`, `"${key}" as ${type}`)}\n`).join("");
}

function errorsText(name: string, model: ProgramInterface): string {
  const seen = new Set<number>();
  const entries = model.errors.flatMap(({ code, name: own, message }) => {
    if (seen.has(code)) return [];
    seen.add(code);
    const text = quoted(message);
    // As long as a line: it stands on one of its own.
    const member = text.length > 100 - "    message: ,".length ? `message:\n      ${text}` : `message: ${text}`;
    const entry = layOut(objectOf([`name: "${own}"`, member]), "  ", `  ${code}: `.length);
    return [`  ${code}: ${entry},\n`];
  });
  return `/** What the program's own error codes mean. */\nexport const ${name} = {\n${entries.join("")}} as const;\n`;
}

function instructionTypes(instructions: readonly ProgramInstruction[], types: ProgramTypes): string {
  const accounts = instructions.flatMap((instruction) => instruction.accounts);
  const [address, meta, signerMeta, bytes] = ["Address", "AccountMeta", "AccountSignerMeta", "ReadonlyUint8Array"].map((name) =>
    types.kit(`type ${name}`),
  );
  const signs = accounts.some(({ signer }) => signer !== "never");
  return [
    "/** An instruction that @solana/kit sends; `toEthereumTransaction` makes an Ethereum transaction of it. */",
    "export interface BuiltInstruction {",
    `  readonly programAddress: ${address};`,
    `  readonly accounts: readonly (${meta} | ${signerMeta})[];`,
    `  readonly data: ${bytes};`,
    "}",
    "",
    "export interface InstructionOptions {",
    "  /** Another deployment of the program. */",
    `  readonly programAddress?: ${address};`,
    "  /** Accounts that follow those of the instruction. */",
    `  readonly remainingAccounts?: readonly (${meta} | ${signerMeta})[];`,
    "}",
    ...(signs
      ? [
          "",
          "/** An account that signs: by this signer, or by whoever sends the transaction. */",
          `export type SignerAccount = ${address} | ${types.kit("type TransactionSigner")};`,
        ]
      : []),
    ...(accounts.some(({ signer }) => signer === "either")
      ? [
          "",
          "/** An account that signs unless it says that it does not. */",
          "export type MaySignAccount =",
          "  | SignerAccount",
          `  | { readonly address: ${address}; readonly isSigner: false };`,
        ]
      : []),
    "",
  ].join("\n");
}

/** The functions that make metas of accounts, where they are called. */
function helpers(instructions: readonly ProgramInstruction[], types: ProgramTypes): string[] {
  const accounts = instructions.flatMap((instruction) => instruction.accounts);
  const signs = accounts.some(({ signer }) => signer !== "never");
  if (!signs) return [];
  const meta = `${types.kit("type AccountMeta")} | ${types.kit("type AccountSignerMeta")}`;
  const role = types.kit("AccountRole");
  return [
    [
      `function signerMeta(account: SignerAccount, isWritable: boolean): ${meta} {`,
      `  const role = isWritable ? ${role}.WRITABLE_SIGNER : ${role}.READONLY_SIGNER;`,
      '  if (typeof account === "string") return { address: account, role };',
      "  return { address: account.address, role, signer: account };",
      "}",
      "",
    ].join("\n"),
    ...(accounts.some(({ signer }) => signer === "either")
      ? [
          [
            functionHead("function maySignMeta", ["account: MaySignAccount", "isWritable: boolean"], meta),
            '  const saysNo = typeof account !== "string" && "isSigner" in account;',
            "  if (!saysNo) return signerMeta(account, isWritable);",
            `  const role = isWritable ? ${role}.WRITABLE : ${role}.READONLY;`,
            "  return { address: account.address, role };",
            "}",
            "",
          ].join("\n"),
        ]
      : []),
  ];
}

function instructionText(instruction: ProgramInstruction, client: Client): string {
  const { scope, types, program } = client;
  const { name, args, accounts, discriminator } = instruction;
  const pascal = pascalCase(name);
  const hasAccounts = accounts.length > 0;
  const accountsName = hasAccounts ? scope.take(`${pascal}Accounts`) : "";
  const argsName = args.length === 0 ? "void" : scope.take(`${pascal}Args`);
  const codecName = scope.take(`${camelCase(name)}DataCodec`);
  const builder = scope.take(`get${pascal}Instruction`);
  const isFixed = fixedSizeOf(args, types.definitions) !== undefined;
  const members = types.members(accounts.map((account): Field => ({ name: account.name, type: { kind: "pubkey" } })));
  const mayBeEmpty = accounts.every(({ isOptional, address }) => isOptional || address !== undefined);
  const parameters = [
    ...(hasAccounts ? [`accounts: ${accountsName}${mayBeEmpty && args.length === 0 ? " = {}" : ""}`] : []),
    ...(args.length === 0 ? [] : [`args: ${argsName}`]),
    "options: InstructionOptions = {}",
  ];
  const metas = accounts.map((account, index) => metaText(account, `accounts.${members[index]}`, instruction, client));
  const accountsBlock = hasAccounts
    ? [
        `export interface ${accountsName} {\n${accounts.map((account, index) => `  ${accountMember(account, members[index] as string, types)}\n`).join("")}}\n`,
      ]
    : [];
  const argsBlock = args.length === 0 ? [] : [types.interfaceText(argsName, args)];
  return [
    ...accountsBlock,
    ...argsBlock,
    `/** The data of \`${name}\`. */\n${constantText(codecName, types.codecType(argsName, isFixed), dataCodec(discriminator, types.structCodec(args), types))}`,
    [
      `/** Makes an instruction \`${name}\`. */`,
      functionHead(`export function ${builder}`, parameters, "BuiltInstruction"),
      `  const { programAddress = ${program}, remainingAccounts = [] } = options;`,
      "  return {",
      "    programAddress,",
      `    accounts: ${layOut(listOf([...metas, "...remainingAccounts"]), "    ", "    accounts: ".length)},`,
      `    data: ${codecName}.encode(${args.length === 0 ? "undefined" : "args"}),`,
      "  };",
      "}",
      "",
    ].join("\n"),
  ].join("\n");
}

function constantText(name: string, type: string, value: Layout): string {
  return `${assignment(`export const ${name}: ${type}`, value)}\n`;
}

/** The codec of a discriminator and what follows. */
function dataCodec(discriminator: Uint8Array, rest: Layout, types: ProgramTypes): Layout {
  if (discriminator.length === 0) return rest;
  const constant = callOf(types.kit("getConstantCodec"), callOf("Uint8Array.of", ...[...discriminator].map(String)));
  return callOf(types.kit("getHiddenPrefixCodec"), rest, listOf([constant]));
}

function accountMember(account: InstructionAccount, name: string, types: ProgramTypes): string {
  const address = types.kit("type Address");
  const type = account.signer === "either" ? "MaySignAccount" : account.signer === "always" ? "SignerAccount" : address;
  return `readonly ${name}${account.isOptional || account.address !== undefined ? "?" : ""}: ${type};`;
}

function metaText(account: InstructionAccount, value: string, { absentAccount }: ProgramInstruction, { types, defaults }: Client): Layout {
  const role = types.kit("AccountRole");
  const { signer, isWritable, isOptional, address } = account;
  const own = address === undefined ? value : `${value} ?? ${defaults.get(pubkeyToBase58(pubkeyFromBytes(address)))}`;
  const meta =
    signer === "never"
      ? objectOf([`address: ${own}`, `role: ${role}.${isWritable ? "WRITABLE" : "READONLY"}`])
      : callOf(signer === "always" ? "signerMeta" : "maySignMeta", own, `${isWritable}`);
  if (!isOptional || address !== undefined) return meta;
  if (absentAccount === "omitted") return ["...(", choiceOf(`${value} === undefined`, "[]", listOf([meta])), ")"];
  return choiceOf(`${value} === undefined`, objectOf(["address: programAddress", `role: ${role}.READONLY`]), meta);
}

function addressText({ name, program, seeds }: ProgramAddress, { scope, types }: Client): string {
  const pascal = pascalCase(name);
  const variables = seeds.flatMap((seed) => (seed.kind === "variable" ? [seed.field] : []));
  const seedsName = scope.take(`${pascal}Seeds`);
  const find = scope.take(`find${pascal}Address`);
  const members = types.members(variables);
  let next = 0;
  const items = seeds.map((seed) => {
    if (seed.kind === "constant") return callOf("Uint8Array.of", ...[...seed.bytes].map(String));
    const value = `seeds.${members[next++]}`;
    const { type } = seed.field;
    return type.kind === "string" || type.kind === "bytes" ? value : [types.codec(type), `.encode(${value})`];
  });
  const derived = types.kit("type ProgramDerivedAddress");
  const seedsBlock = variables.length === 0 ? [] : [types.interfaceText(seedsName, variables)];
  const parameters = variables.length === 0 ? [] : [`seeds: ${seedsName}`];
  return [
    ...seedsBlock,
    [
      `/** The address \`${name}\`, with its bump. */`,
      functionHead(`export async function ${find}`, parameters, `Promise<${derived}>`),
      `  return ${types.kit("getProgramDerivedAddress")}({`,
      `    programAddress: "${pubkeyToBase58(pubkeyFromBytes(program))}" as ${types.kit("type Address")},`,
      `    seeds: ${layOut(listOf(items), "    ", "    seeds: ".length)},`,
      "  });",
      "}",
      "",
    ].join("\n"),
  ].join("\n");
}

/** The data of an account or an event: a type, a codec and a strict decoder. */
function layoutText({ name, discriminator, fields }: DataLayout, what: "account" | "event", { scope, types }: Client): string {
  const own = [...types.definitions.values()].find(({ shape }) => shape.kind === "struct" && shape.fields === fields);
  const type = fields.length === 0 ? "void" : own === undefined ? scope.take(pascalCase(name)) : types.nameOf(own);
  const codec = scope.take(camelCase(`${name}_${what}_codec`));
  const decode = scope.take(camelCase(`decode_${name}${what === "event" ? "_event" : ""}`));
  const size = fixedSizeOf(fields, types.definitions);
  const bytes = types.kit("type ReadonlyUint8Array");
  // Without a discriminator nothing but the length tells kinds of accounts apart.
  const check =
    discriminator.length > 0 || size === undefined
      ? []
      : [`  if (data.length !== ${size}) {`, `    throw new RangeError(\`expected ${size} bytes, got \${data.length}\`);`, "  }"];
  return [
    ...(fields.length === 0 || own !== undefined ? [] : [types.interfaceText(type, fields)]),
    `/** The data of the ${what} \`${name}\`. */\n${constantText(codec, types.codecType(type, size !== undefined), dataCodec(discriminator, own === undefined ? types.structCodec(fields) : types.codecOf(own), types))}`,
    [
      `/** Decodes the ${what} \`${name}\`; throws where the data is none. */`,
      functionHead(`export function ${decode}`, [`data: ${bytes}`], type),
      ...check,
      `  return ${codec}.decode(data);`,
      "}",
      "",
    ].join("\n"),
  ].join("\n");
}
