/** An IDL as an AssemblyScript module over the SDK's calls to the SVM. */
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
import { assemblyscriptWords } from "../../names/reserved-words.ts";
import { assemblyscriptHeader } from "./assemblyscript-header.ts";
import { createBorshDecoder, type BorshDecoder } from "./borsh-decoder.ts";
import { createBorshEncoder, type BorshEncoder } from "./borsh-encoder.ts";
import { createBorshTypes, type BorshTypes } from "./borsh-types.ts";

const sdk = ["AccountMeta", "Bytes", "Bytes32", "CallResult", "require", "staticCall", "Svm", "u256"];
/** Names that the functions' bodies use. */
const locals = ["account", "accounts", "at", "data", "info", "metas", "seeds", "start", "value", "revert"];
const maxAccountData = 65_536;

interface Module {
  readonly scope: NameScope;
  readonly types: BorshTypes;
  readonly encoder: BorshEncoder;
  readonly decoder: BorshDecoder;
  /** The function that gives the program's pubkey. */
  readonly program: string;
  /** The function that reads an account's data. */
  readonly reader: string;
}

/** The file's text. */
export function writeProgramModule(model: ProgramInterface): string {
  const scope = createNameScope([...assemblyscriptWords, ...sdk, ...locals]);
  const name = scope.take(model.name);
  const program = scope.take("program");
  const scratch = scope.take("SCRATCH");
  const reader = scope.take("readAccount");
  const types = createBorshTypes(model.definitions, scope);
  const encoder = createBorshEncoder(types, scope, scratch);
  const decoder = createBorshDecoder(types, scope, scratch);
  const module: Module = { scope, types, encoder, decoder, program, reader };
  const classes: string[][] = [];
  const errors = model.errors.map((error) => `export const ${scope.take(`ERROR_${constantCase(error.name)}`)}: u32 = ${error.code};`);
  const members = [
    [`export function ${program}(): Bytes32 {`, `  return ${key(model.address)};`, "}"],
    ...model.instructions.flatMap((instruction) => instructionText(instruction, module, classes)),
    ...[...model.definitions.values()].flatMap((definition) => variantText(definition, module)),
    ...model.addresses.map((address) => addressText(address, module)),
    ...model.accounts.flatMap((layout) => accountText(layout, module, classes)),
  ];
  const functions = [...encoder.functions(), ...decoder.functions()];
  const usesReader = members.some((lines) => lines.some((line) => line.includes(`${reader}(`)));
  const usesScratch = functions.some((lines) => lines.some((line) => line.includes(scratch)));
  const blocks = [
    [`import { ${sdk.join(", ")} } from "@trireme/contract-as";`],
    ...(errors.length === 0 ? [] : [errors]),
    ...(usesScratch ? [[`const ${scratch}: usize = memory.data(32);`]] : []),
    ...types.declarations(),
    ...classes,
    [
      `/** The program ${pubkeyToBase58(pubkeyFromBytes(model.address))}. An optional account that is not given is \`${program}()\`. */`,
      `export namespace ${name} {`,
      ...members.flatMap((lines, index) => [...(index === 0 ? [] : [""]), ...lines.map((line) => `  ${line}`)]),
      "}",
    ],
    ...(usesReader ? [readerText(reader, `${name}.${program}()`)] : []),
    ...functions,
  ];
  return `${assemblyscriptHeader}${blocks.map((lines) => lines.map((line) => `${line.trim() === "" ? "" : line}\n`).join("")).join("\n")}`;
}

function key(bytes: Uint8Array): string {
  const parts = [0, 8, 16, 24].map((at) => bytesToHex(bytes.subarray(at, at + 8)));
  return `Bytes32.of(${parts.join(", ")})`;
}

function parameters(fields: readonly Field[], { scope, types }: Module): { readonly text: string; readonly names: readonly string[] } {
  const inner = scope.inner();
  const names = fields.map(({ name }, index) => inner.take(name === "" ? `field${index}` : camelCase(name)));
  return { text: fields.map(({ type }, index) => `${names[index]}: ${types.text(type)}`).join(", "), names };
}

function instructionText(instruction: ProgramInstruction, module: Module, classes: string[][]): string[][] {
  const { scope, types, encoder, program } = module;
  const { name, args, accounts, discriminator } = instruction;
  const given = accounts.filter(({ address }) => address === undefined);
  const fields = given.map((account): Field => ({ name: account.name, type: { kind: "pubkey" } }));
  const accountsClass = given.length === 0 ? undefined : scope.take(`${pascalCase(name)}Accounts`);
  if (accountsClass !== undefined) classes.push(types.classText(accountsClass, fields));
  const invoke = scope.take(camelCase(name));
  const tryInvoke = scope.take(camelCase(`try_${name}`));
  const metas = scope.take(`${camelCase(name)}Metas`);
  const data = scope.take(`${camelCase(name)}Data`);
  const made = parameters(args, module);
  const accountsParameter = accountsClass === undefined ? "" : `accounts: ${accountsClass}`;
  const both = [accountsParameter, made.text].filter((text) => text !== "").join(", ");
  const passed = [...(accountsClass === undefined ? [] : ["accounts"]), ...made.names].join(", ");
  const members = types.members(fields);
  const keyOf = (account: InstructionAccount): string =>
    account.address === undefined ? `accounts.${members[given.indexOf(account)]}` : key(account.address);
  return [
    [
      `/** Runs \`${name}\`; gives its return data. */`,
      `export function ${invoke}(${both}): Bytes {`,
      `  return ${tryInvoke}(${passed}).unwrap();`,
      "}",
    ],
    [
      `/** As \`${invoke}\`; a failure is a value. */`,
      `export function ${tryInvoke}(${both}): CallResult {`,
      `  return Svm.tryInvoke(${program}(), ${metas}(${accountsClass === undefined ? "" : "accounts"}), ${data}(${made.names.join(", ")}));`,
      "}",
    ],
    [
      `export function ${metas}(${accountsParameter}): Array<AccountMeta> {`,
      ...metaText(instruction, keyOf, program).map((line) => `  ${line}`),
      "}",
    ],
    [
      `export function ${data}(${made.text}): Bytes {`,
      ...encoder
        .make(
          discriminator,
          args.map(({ type }, index) => [type, made.names[index] as string] as const),
        )
        .map((line) => `  ${line}`),
      "  return data;",
      "}",
    ],
  ];
}

/** Whoever calls signs for nobody but itself: who may sign or not does where the key is its own. */
function metaText(
  { accounts, absentAccount }: ProgramInstruction,
  keyOf: (account: InstructionAccount) => string,
  program: string,
): string[] {
  const statements = accounts.map((account) => {
    const own = keyOf(account);
    const { signer, isWritable } = account;
    const maker = signer === "always" ? (isWritable ? "writableSigner" : "signer") : isWritable ? "writable" : "readOnly";
    const meta = signer === "either" ? `new AccountMeta(${own}, ${own} == Svm.myself(), ${isWritable})` : `AccountMeta.${maker}(${own})`;
    if (!account.isOptional || account.address !== undefined) return `metas.push(${meta});`;
    if (absentAccount === "omitted") return `if (${own} != ${program}()) metas.push(${meta});`;
    return `metas.push(${own} == ${program}() ? AccountMeta.readOnly(${own}) : ${meta});`;
  });
  return ["const metas: Array<AccountMeta> = [];", ...statements, "return metas;"];
}

/** A function for every variant of an enum with fields. */
function variantText(definition: Definition, module: Module): string[][] {
  const { shape } = definition;
  if (shape.kind !== "enum" || isScalarEnum(definition)) return [];
  const own = module.types.nameOf(definition);
  return shape.variants.map(({ name, fields }, index) => {
    const made = parameters(fields, module);
    const values = fields.map(({ type }, at) => [type, made.names[at] as string] as const);
    return [
      `export function ${module.scope.take(camelCase(`${definition.name}_${name}`))}(${made.text}): ${own} {`,
      ...module.encoder.make(new Uint8Array(0), values).map((line) => `  ${line}`),
      `  return new ${own}(${index}, data);`,
      "}",
    ];
  });
}

function addressText({ name, program, seeds }: ProgramAddress, module: Module): string[] {
  const variables = seeds.flatMap((seed) => (seed.kind === "variable" ? [seed.field] : []));
  const made = parameters(variables, module);
  let next = 0;
  const statements = seeds.flatMap((seed) => {
    const bytes =
      seed.kind === "constant"
        ? [
            `const data = Bytes.alloc(${seed.bytes.length});`,
            ...(seed.bytes.length === 0 ? [] : ["let at = data.pointer;"]),
            ...module.encoder.constant(seed.bytes),
          ]
        : module.encoder.make(new Uint8Array(0), [[seed.field.type, made.names[next++] as string]]);
    return ["{", ...bytes.map((line) => `  ${line}`), "  seeds.push(data);", "}"];
  });
  return [
    `export function ${module.scope.take(camelCase(`find_${name}`))}(${made.text}): Bytes32 {`,
    "  const seeds: Array<Bytes> = [];",
    ...statements.map((line) => `  ${line}`),
    `  return Svm.findProgramAddress(seeds, ${key(program)});`,
    "}",
  ];
}

/** A class and its reader, where the fields have a fixed size. */
function accountText(layout: DataLayout, module: Module, classes: string[][]): string[][] {
  const { types, scope, encoder, decoder, reader } = module;
  const { name, discriminator, fields } = layout;
  const size = fixedSizeOf(fields, types.definitions);
  if (size === undefined || size === 0 || size + discriminator.length > maxAccountData) return [];
  const own = [...types.definitions.values()].find(({ shape }) => shape.kind === "struct" && shape.fields === fields);
  const className = own === undefined ? scope.take(pascalCase(name)) : types.nameOf(own);
  if (own === undefined) classes.push(types.classText(className, fields));
  const total = size + discriminator.length;
  const read = scope.take(camelCase(`read_${name}`));
  const decode = scope.take(camelCase(`decode_${name}`));
  const check =
    discriminator.length === 0
      ? []
      : [
          `const expected = Bytes.alloc(${discriminator.length});`,
          "let at = expected.pointer;",
          ...encoder.constant(discriminator),
          `require(data.slice(0, ${discriminator.length}) == expected, "unexpected data");`,
        ];
  return [
    [
      `/** Reads an account of the kind \`${name}\`; reverts where it is none. */`,
      `export function ${read}(account: Bytes32): ${className} {`,
      `  return ${decode}(${reader}(account, ${total}, ${discriminator.length === 0}));`,
      "}",
    ],
    [
      `export function ${decode}(data: Bytes): ${className} {`,
      `  require(data.length >= ${total}, "unexpected data");`,
      ...check.map((line) => `  ${line}`),
      `  const start = data.pointer${discriminator.length === 0 ? "" : ` + ${discriminator.length}`};`,
      `  return new ${className}(`,
      ...decoder.fields(fields, "start").map((value) => `    ${value},`),
      "  );",
      "}",
    ],
  ];
}

/** Data of an account of the program; without a discriminator nothing but the length tells kinds of accounts apart. */
function readerText(name: string, program: string): string[] {
  return [
    `function ${name}(account: Bytes32, length: i32, isExact: bool): Bytes {`,
    "  // accountInfo(bytes32) of the gateway: owner, lamports, executable, length.",
    "  const data = Bytes.alloc(36);",
    "  store<u32>(data.pointer, bswap<u32>(0x94aaf7fa));",
    "  memory.copy(data.pointer + 4, account.pointer, 32);",
    "  const info = staticCall(Svm.gateway(), data).unwrap();",
    "  const found = <i64>bswap(load<u64>(info.pointer, 120));",
    `  const isOwn = Bytes32.load(info.pointer) == ${program};`,
    '  require(isOwn && (isExact ? found == length : found >= length), "unexpected account");',
    "  return Svm.accountData(account, 0, length);",
    "}",
  ];
}
