/** From a Codama IDL (its root node) to the model. https://github.com/codama-idl/codama/tree/main/packages/nodes/docs */
import { concatBytes } from "@trireme/core";
import type {
  DataLayout,
  InstructionAccount,
  ProgramAddress,
  ProgramError,
  ProgramInstruction,
  ProgramInterface,
  Seed,
} from "../../model/program-interface.ts";
import { fixedSizeOf, type Field } from "../../model/type.ts";
import type { JsonCursor } from "../json-cursor.ts";
import { isSeedType, maxSeedBytes, maxSeeds } from "../seed.ts";
import { byName } from "../type-table.ts";
import { readPubkey } from "../value.ts";
import { unlessDeclined, type Warn } from "../warning.ts";
import { createCodamaTypes, isOpen, type CodamaTypes } from "./codama-type.ts";
import { encodeConstant } from "./codama-value.ts";

const maxDiscriminator = 32;
const maxAccounts = 255;

/** `program` overrides the IDL's own pubkey. @throws TriremeError `INVALID_ARGUMENT` */
export function readCodama(root: JsonCursor, name: string, program: Uint8Array | undefined, warn: Warn): ProgramInterface {
  const node = root.at("program");
  node.at("kind").oneOf("programNode");
  const address = program ?? readPubkey(node.at("publicKey"));
  const types = createCodamaTypes(node);
  const each = <T>(what: string, key: string, read: (cursor: JsonCursor, own: string) => T): T[] => {
    const nodes = byName(node.itemsAt(key), (cursor) => cursor.at("name").identifier());
    return [...nodes].flatMap(([own, cursor]) => unlessDeclined(`${what} ${own}`, warn, () => read(cursor, own)));
  };
  return {
    kind: "program",
    name,
    address,
    instructions: each("instruction", "instructions", (cursor, own) => readInstruction(cursor, own, types, address)),
    accounts: each("account", "accounts", (cursor, own) => readLayout(cursor, own, types)),
    events: each("event", "events", (cursor, own) => readLayout(cursor, own, types)),
    definitions: types.table.definitions,
    errors: node.itemsAt("errors").map(readError),
    addresses: each("address", "pdas", (cursor, own) => readAddress(cursor, own, types, address)),
  };
}

function readInstruction(cursor: JsonCursor, name: string, types: CodamaTypes, program: Uint8Array): ProgramInstruction {
  const accounts = cursor.at("accounts").items();
  if (accounts.length > maxAccounts) cursor.at("accounts").refuse(`at most ${maxAccounts} accounts`);
  byName(accounts, (account) => account.at("name").identifier());
  const constants: Uint8Array[] = [];
  const args: Field[] = [];
  const nodes = byName(cursor.itemsAt("arguments"), (argument) => argument.at("name").identifier());
  for (const [own, node] of nodes) {
    const type = types.read(node.at("type"), `${name}_${own}`);
    if (args.some((arg) => isOpen(arg.type))) node.decline("nothing after an argument that goes to the end of the data");
    if (node.optional("defaultValueStrategy")?.value !== "omitted") {
      args.push({ name: own, type });
      continue;
    }
    if (args.length > 0) node.decline("constants before all arguments");
    constants.push(encodeConstant(node.at("defaultValue"), type));
  }
  const discriminator = concatBytes(...constants);
  if (discriminator.length > maxDiscriminator) cursor.at("arguments").decline(`at most ${maxDiscriminator} bytes of constants`);
  const strategy = cursor.optional("optionalAccountStrategy")?.oneOf("programId", "omitted") ?? "programId";
  return {
    name,
    discriminator,
    args,
    accounts: accounts.map((account) => readAccount(account, program)),
    absentAccount: strategy === "omitted" ? "omitted" : "program",
  };
}

function readAccount(cursor: JsonCursor, program: Uint8Array): InstructionAccount {
  const signer = cursor.at("isSigner");
  const value = cursor.optional("defaultValue");
  const kind = value?.at("kind").value;
  const address =
    value !== undefined && kind === "publicKeyValueNode"
      ? readPubkey(value.at("publicKey"))
      : kind === "programIdValueNode"
        ? program
        : undefined;
  return {
    name: cursor.at("name").identifier(),
    signer: signer.value === "either" ? "either" : signer.boolean() ? "always" : "never",
    isWritable: cursor.at("isWritable").boolean(),
    isOptional: cursor.optional("isOptional")?.boolean() ?? false,
    ...(address === undefined ? {} : { address }),
  };
}

function readLayout(cursor: JsonCursor, name: string, types: CodamaTypes): DataLayout {
  const data = cursor.at("data");
  const constants: Uint8Array[] = [];
  const rest: Field[] = [];
  if (data.at("kind").value !== "structTypeNode") data.at("kind").decline("structTypeNode");
  for (const node of data.at("fields").items()) {
    const own = node.at("name").identifier();
    const type = types.read(node.at("type"), `${name}_${own}`);
    if (rest.some((field) => isOpen(field.type))) node.decline("nothing after a field that goes to the end of the data");
    if (node.optional("defaultValueStrategy")?.value !== "omitted") rest.push({ name: own, type });
    else if (rest.length > 0) node.decline("constants before all fields");
    else constants.push(encodeConstant(node.at("defaultValue"), type));
  }
  const discriminator = concatBytes(...constants);
  if (discriminator.length > maxDiscriminator) data.decline(`at most ${maxDiscriminator} bytes of constants`);
  const size = fixedSizeOf(rest, types.table.definitions);
  const told = cursor.optional("size");
  // What the program says of its own account decides whether the fields are all there is.
  if (told !== undefined && size !== undefined && told.value !== size + discriminator.length)
    told.decline(`the sum of the fields, ${size + discriminator.length}`);
  return { name, discriminator, fields: rest };
}

function readAddress(cursor: JsonCursor, name: string, types: CodamaTypes, own: Uint8Array): ProgramAddress {
  const nodes = cursor.at("seeds").items();
  if (nodes.length > maxSeeds) cursor.at("seeds").refuse(`at most ${maxSeeds} seeds`);
  const seeds = nodes.map((node): Seed => {
    const kind = node.at("kind").oneOf("constantPdaSeedNode", "variablePdaSeedNode");
    if (kind === "constantPdaSeedNode" && node.at("value").at("kind").value === "programIdValueNode")
      return { kind: "constant", bytes: own };
    const type = types.read(node.at("type"), `${name}_seed`);
    if (kind === "constantPdaSeedNode") {
      const bytes = encodeConstant(node.at("value"), type);
      return bytes.length > maxSeedBytes ? node.at("value").refuse(`at most ${maxSeedBytes} bytes`) : { kind: "constant", bytes };
    }
    if (!isSeedType(type) || ("prefix" in type && type.prefix !== 0)) return node.at("type").decline("a plain value without a length");
    return { kind: "variable", field: { name: node.at("name").identifier(), type } };
  });
  const program = cursor.optional("programId");
  return { name, program: program === undefined ? own : readPubkey(program), seeds };
}

function readError(cursor: JsonCursor): ProgramError {
  const name = cursor.at("name").identifier();
  return { name, code: cursor.at("code").integer(0, 0xffff_ffff), message: cursor.optional("message")?.text() ?? name };
}
