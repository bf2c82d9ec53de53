/** An IDL as a Solidity library over the SVM gateway. */
import { bytesToHex, pubkeyFromBytes, pubkeyToBase58 } from "@trireme/core";
import type {
  DataLayout,
  InstructionAccount,
  ProgramAddress,
  ProgramInstruction,
  ProgramInterface,
} from "../../model/program-interface.ts";
import { fixedSizeOf, isScalarEnum, type Definition, type Field } from "../../model/type.ts";
import { camelCase, constantCase, pascalCase } from "../../names/letter-case.ts";
import { createNameScope, type NameScope } from "../../names/name-scope.ts";
import { solidityWords } from "../../names/reserved-words.ts";
import { createBorshDecoder, type BorshDecoder } from "./borsh-decoder.ts";
import { createBorshEncoder, type BorshEncoder } from "./borsh-encoder.ts";
import { createBorshTypes, type BorshTypes } from "./borsh-types.ts";
import { solidityHeader } from "./solidity-header.ts";

/** Parameters beyond this many stand in a struct: the EVM's stack is short. */
const maxParameters = 6;
/** What the gateway reads of an account at once. */
const maxAccountData = 65_536;
/** Names that the functions' bodies use. */
const locals = [
  "account",
  "accounts",
  "args",
  "at",
  "data",
  "metas",
  "self",
  "seeds",
  "value",
  "count",
  "pubkey",
  "bump",
  "AccountMeta",
  "ISvmGateway",
  "SplToken",
  "Svm",
];

interface Library {
  readonly scope: NameScope;
  readonly types: BorshTypes;
  readonly encoder: BorshEncoder;
  readonly decoder: BorshDecoder;
}

/** The file's text. */
export function writeProgramLibrary(model: ProgramInterface): string {
  const scope = createNameScope([...solidityWords, ...locals, "PROGRAM", "UnexpectedAccount", "UnexpectedData"]);
  const name = scope.take(model.name);
  const types = createBorshTypes(model.definitions, scope);
  const library: Library = { scope, types, encoder: createBorshEncoder(types, scope), decoder: createBorshDecoder(types, scope) };
  const errors = model.errors.map(
    (error) => `uint32 internal constant ${scope.take(`ERROR_${constantCase(error.name)}`)} = ${error.code};`,
  );
  const accounts = model.accounts.flatMap((layout) => accountBlocks(layout, library));
  const instructions = model.instructions.flatMap((instruction) => instructionBlocks(instruction, library));
  const addresses = model.addresses.map((address) => addressBlock(address, library));
  const variants = [...model.definitions.values()].flatMap((definition) => variantBlocks(definition, library));
  const blocks = [
    [`bytes32 internal constant PROGRAM = ${bytesToHex(model.address)};`],
    ...(errors.length === 0 ? [] : [errors]),
    ...(accounts.length === 0
      ? []
      : [["/// It is not of this program, or another kind of its accounts.", "error UnexpectedAccount(bytes32 account);"]]),
    ...types.declarations(),
    ...instructions,
    ...variants,
    ...addresses,
    ...accounts,
    ...library.encoder.functions(),
    ...library.decoder.functions(),
  ];
  const body = blocks.map((lines) => lines.map((line) => (line === "" ? "\n" : `    ${line}\n`)).join(""));
  return [
    `${solidityHeader}import {AccountMeta, Svm} from "@trireme/svm/Svm.sol";\n\n`,
    `/// The program ${pubkeyToBase58(pubkeyFromBytes(model.address))}. An optional account that is not given is \`PROGRAM\`.\n`,
    `library ${name} {\n${body.join("\n")}}\n`,
  ].join("");
}

interface Parameters {
  /** As in the function's head, each followed by a comma where another parameter may follow. */
  readonly text: string;
  /** An expression for each field. */
  readonly values: readonly string[];
  /** What a caller with the same parameters passes on. */
  readonly passed: string;
  /** A struct to declare, where there are too many. */
  readonly struct: readonly string[];
}

function parameters(fields: readonly Field[], owner: string, { scope, types }: Library): Parameters {
  if (fields.length > maxParameters) {
    const name = scope.take(`${owner}Args`);
    const values = types.members(fields).map((member) => `args.${member}`);
    return { text: `${name} memory args`, values, passed: "args", struct: types.struct(name, fields) };
  }
  const inner = scope.inner();
  const values = fields.map((field, index) => inner.take(field.name === "" ? `field${index}` : camelCase(field.name)));
  const text = fields.map(({ type }, index) => `${types.located(type)} ${values[index]}`).join(", ");
  return { text, values, passed: values.join(", "), struct: [] };
}

function instructionBlocks(instruction: ProgramInstruction, library: Library): string[][] {
  const { scope, types, encoder } = library;
  const { name, args, accounts, discriminator } = instruction;
  const pascal = pascalCase(name);
  const given = accounts.filter(({ address }) => address === undefined);
  const accountFields = given.map((account): Field => ({ name: account.name, type: { kind: "pubkey" } }));
  const accountsStruct = given.length === 0 ? undefined : scope.take(`${pascal}Accounts`);
  const invoke = scope.take(camelCase(name));
  const metas = scope.take(`${camelCase(name)}Metas`);
  const data = scope.take(`${camelCase(name)}Data`);
  const made = parameters(args, pascal, library);
  const accountsParameter = accountsStruct === undefined ? "" : `${accountsStruct} memory accounts`;
  const both = [accountsParameter, made.text].filter((text) => text !== "").join(", ");
  const members = types.members(accountFields);
  const metaLines = metaStatements(instruction, (account) => `accounts.${members[given.indexOf(account)]}`);
  const isView = metaLines.some((line) => line.includes("Svm.self()"));
  return [
    ...(accountsStruct === undefined ? [] : [types.struct(accountsStruct, accountFields)]),
    ...(made.struct.length === 0 ? [] : [[...made.struct]]),
    [
      `/// Runs \`${name}\`; gives its return data.`,
      `function ${invoke}(${both}) internal returns (bytes memory) {`,
      `    return Svm.invoke(PROGRAM, ${metas}(${accountsStruct === undefined ? "" : "accounts"}), ${data}(${made.passed}));`,
      "}",
      "",
      `function ${metas}(${accountsParameter}) internal ${isView ? "view" : "pure"} returns (AccountMeta[] memory metas) {`,
      ...metaLines.map((line) => `    ${line}`),
      "}",
      "",
      `function ${data}(${made.text}) internal pure returns (bytes memory data) {`,
      ...encoder
        .make(
          discriminator,
          args.map(({ type }, index) => [type, made.values[index] as string] as const),
        )
        .map((line) => `    ${line}`),
      "}",
    ],
  ];
}

function metaStatements({ accounts, absentAccount }: ProgramInstruction, keyOf: (account: InstructionAccount) => string): string[] {
  const mayMiss = absentAccount === "omitted" && accounts.some(({ isOptional, address }) => isOptional && address === undefined);
  const statements = accounts.map((account, index) => {
    const key = account.address === undefined ? keyOf(account) : bytesToHex(account.address);
    const place = mayMiss ? "metas[count++]" : `metas[${index}]`;
    const meta = metaText(account, key);
    if (!account.isOptional || account.address !== undefined) return `${place} = ${meta};`;
    return mayMiss ? `if (${key} != PROGRAM) ${place} = ${meta};` : `${place} = ${key} == PROGRAM ? Svm.readonly(PROGRAM) : ${meta};`;
  });
  return [
    `metas = new AccountMeta[](${accounts.length});`,
    ...(mayMiss ? ["uint256 count = 0;"] : []),
    ...statements,
    ...(mayMiss ? ['assembly ("memory-safe") {', "    mstore(metas, count)", "}"] : []),
  ];
}

/** Whoever calls signs for nobody but itself: who may sign or not does where the key is its own. */
function metaText({ signer, isWritable }: InstructionAccount, key: string): string {
  if (signer === "either") return `AccountMeta(${key}, ${key} == Svm.self(), ${isWritable})`;
  const maker = signer === "always" ? (isWritable ? "writableSigner" : "signer") : isWritable ? "writable" : "readonly";
  return `Svm.${maker}(${key})`;
}

/** A function for every variant of an enum with fields. */
function variantBlocks(definition: Definition, library: Library): string[][] {
  const { shape } = definition;
  if (shape.kind !== "enum" || isScalarEnum(definition)) return [];
  const own = library.types.nameOf(definition);
  return shape.variants.map(({ name, fields }, index) => {
    const made = parameters(fields, `${own}${pascalCase(name)}`, library);
    const head = `function ${library.scope.take(camelCase(`${definition.name}_${name}`))}(${made.text}) internal pure returns (${own} memory)`;
    const values = fields.map(({ type }, at) => [type, made.values[at] as string] as const);
    const statements =
      fields.length === 0 ? ["bytes memory data;"] : ["bytes memory data;", ...library.encoder.make(new Uint8Array(0), values)];
    return [
      ...(made.struct.length === 0 ? [] : [...made.struct, ""]),
      `${head} {`,
      ...statements.map((line) => `    ${line}`),
      `    return ${own}(${index}, data);`,
      "}",
    ];
  });
}

function addressBlock({ name, program, seeds }: ProgramAddress, library: Library): string[] {
  const variables = seeds.flatMap((seed) => (seed.kind === "variable" ? [seed.field] : []));
  const made = parameters(variables, `${pascalCase(name)}Seeds`, library);
  let next = 0;
  const statements = seeds.flatMap((seed, index) => {
    if (seed.kind === "constant") return [`seeds[${index}] = hex"${Buffer.from(seed.bytes).toString("hex")}";`];
    const value = made.values[next++] as string;
    const { type } = seed.field;
    if (type.kind === "pubkey" || (type.kind === "fixedBytes" && type.length <= 32))
      return [`seeds[${index}] = abi.encodePacked(${value});`];
    if (type.kind === "string" || type.kind === "bytes") return [`seeds[${index}] = bytes(${value});`];
    return [
      "{",
      ...library.encoder.make(new Uint8Array(0), [[type, value]]).map((line) => `    ${line.replace(/^data = /, "bytes memory data = ")}`),
      `    seeds[${index}] = data;`,
      "}",
    ];
  });
  return [
    ...(made.struct.length === 0 ? [] : [...made.struct, ""]),
    `function ${library.scope.take(camelCase(`find_${name}`))}(${made.text}) internal view returns (bytes32 pubkey, uint8 bump) {`,
    `    bytes[] memory seeds = new bytes[](${seeds.length});`,
    ...statements.map((line) => `    ${line}`),
    `    return Svm.GATEWAY.findProgramAddress(seeds, ${bytesToHex(program)});`,
    "}",
  ];
}

/** A struct and its reader, where the fields have a fixed size. */
function accountBlocks(layout: DataLayout, library: Library): string[][] {
  const { types, scope, decoder } = library;
  const { name, discriminator, fields } = layout;
  const size = fixedSizeOf(fields, types.definitions);
  if (size === undefined || size === 0 || size + discriminator.length > maxAccountData) return [];
  const own = [...types.definitions.values()].find(({ shape }) => shape.kind === "struct" && shape.fields === fields);
  const struct = own === undefined ? scope.take(pascalCase(name)) : types.nameOf(own);
  const total = size + discriminator.length;
  const read = scope.take(camelCase(`read_${name}`));
  const decode = scope.take(camelCase(`decode_${name}`));
  // Without a discriminator nothing but the length tells kinds of accounts apart.
  const isWrong = discriminator.length === 0 ? `length != ${total}` : `length < ${total}`;
  const tag = `bytes${discriminator.length}`;
  const check =
    discriminator.length === 0
      ? []
      : [
          `require(${decoder.get({ kind: "fixedBytes", length: discriminator.length }, "0")} == ${tag}(hex"${Buffer.from(discriminator).toString("hex")}"), "unexpected data");`,
        ];
  return [
    ...(own === undefined ? [types.struct(struct, fields)] : []),
    [
      `/// Reads an account of the kind \`${name}\`; reverts where it is none.`,
      `function ${read}(bytes32 account) internal view returns (${struct} memory) {`,
      "    (bytes32 owner, , , uint256 length) = Svm.GATEWAY.accountInfo(account);",
      `    if (owner != PROGRAM || ${isWrong}) revert UnexpectedAccount(account);`,
      `    return ${decode}(Svm.GATEWAY.accountData(account, 0, ${total}));`,
      "}",
      "",
      `function ${decode}(bytes memory data) internal pure returns (${struct} memory value) {`,
      `    require(data.length >= ${total}, "unexpected data");`,
      ...check.map((line) => `    ${line}`),
      ...decoder.fill("value", fields, discriminator.length).map((line) => `    ${line}`),
      "}",
    ],
  ];
}
