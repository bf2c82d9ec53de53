/** From an Anchor IDL, before and since 0.30, to the model. */
import { createHash } from "node:crypto";
import { bigintToBytes, emptyBytes } from "@trireme/core";
import type {
  DataLayout,
  InstructionAccount,
  ProgramAddress,
  ProgramError,
  ProgramInstruction,
  ProgramInterface,
} from "../../model/program-interface.ts";
import { camelCase, snakeCase } from "../../names/letter-case.ts";
import type { JsonCursor } from "../json-cursor.ts";
import { collectAddresses } from "../program-addresses.ts";
import { readBytes, readPubkey } from "../value.ts";
import { unlessDeclined, type Warn } from "../warning.ts";
import { readAnchorPda } from "./anchor-pda.ts";
import { createAnchorTypes, typeName, type AnchorTypes } from "./anchor-type.ts";

/** Longest discriminator. */
const maxDiscriminator = 32;
const maxAccounts = 255;

/** `program` is the pubkey where the IDL has none, as many before 0.30. @throws TriremeError `INVALID_ARGUMENT` */
export function readAnchor(idl: JsonCursor, name: string, program: Uint8Array | undefined, warn: Warn): ProgramInterface {
  const address = programAddress(idl, program);
  const types = createAnchorTypes(idl);
  const addresses = collectAddresses();
  const read = (cursor: JsonCursor): ProgramInstruction => readInstruction(cursor, types, address, addresses.add);
  const instructions = idl
    .at("instructions")
    .items()
    .flatMap((cursor) => unlessDeclined(`instruction ${cursor.at("name").identifier()}`, warn, () => read(cursor)));
  return {
    kind: "program",
    name,
    address,
    instructions,
    accounts: layouts(idl.itemsAt("accounts"), isShank(idl) ? undefined : "account", types, warn),
    events: layouts(idl.itemsAt("events"), "event", types, warn),
    definitions: types.table.definitions,
    errors: idl.itemsAt("errors").map(readError),
    addresses: addresses.all(),
  };
}

/** A program without Anchor: its accounts have no discriminator but what their fields say. */
function isShank(idl: JsonCursor): boolean {
  return idl.optional("metadata")?.optional("origin")?.value === "shank";
}

function programAddress(idl: JsonCursor, given: Uint8Array | undefined): Uint8Array {
  if (given !== undefined) return given;
  const own = idl.optional("address") ?? idl.optional("metadata")?.optional("address");
  return own === undefined ? idl.at("address").refuse("the program's pubkey (--program gives it where the IDL does not)") : readPubkey(own);
}

function readInstruction(
  cursor: JsonCursor,
  types: AnchorTypes,
  program: Uint8Array,
  addAddress: (address: ProgramAddress, instruction: string) => void,
): ProgramInstruction {
  const name = cursor.at("name").identifier();
  const args = types.fields(cursor.itemsAt("args"));
  const accounts: InstructionAccount[] = [];
  const visit = (items: readonly JsonCursor[], group: string): void => {
    for (const item of items) {
      const own = item.at("name").identifier();
      const full = group === "" ? own : camelCase(`${group}_${own}`);
      if (item.optional("accounts") !== undefined) {
        visit(item.at("accounts").items(), full);
        continue;
      }
      accounts.push(readAccount(item, full));
      if (accounts.length > maxAccounts) item.refuse(`at most ${maxAccounts} accounts`);
      const pda = item.optional("pda");
      const read = pda === undefined ? undefined : readAnchorPda(pda, { name: full, program, args });
      if (read !== undefined) addAddress(read, name);
    }
  };
  visit(cursor.at("accounts").items(), "");
  return { name, discriminator: discriminatorOf(cursor, "global", snakeCase(name)), args, accounts, absentAccount: "program" };
}

function readAccount(item: JsonCursor, name: string): InstructionAccount {
  const flag = (now: string, before: string): boolean => (item.optional(now) ?? item.optional(before))?.boolean() ?? false;
  const address = item.optional("address");
  return {
    name,
    signer: flag("signer", "isSigner") ? "always" : "never",
    isWritable: flag("writable", "isMut"),
    isOptional: flag("optional", "isOptional"),
    ...(address === undefined ? {} : { address: readPubkey(address) }),
  };
}

/** Given since 0.30; before, the hash of a name. */
function discriminatorOf(cursor: JsonCursor, namespace: string, name: string): Uint8Array {
  const given = cursor.optional("discriminator");
  if (given !== undefined) return readBytes(given, maxDiscriminator);
  // What Shank writes for programs without Anchor.
  const plain = cursor.optional("discriminant");
  if (plain !== undefined) return plainDiscriminator(plain);
  return Uint8Array.from(createHash("sha256").update(`${namespace}:${name}`).digest().subarray(0, 8));
}

function plainDiscriminator(cursor: JsonCursor): Uint8Array {
  const type = cursor.at("type").oneOf("u8", "u16", "u32");
  const bytes = Number(type.slice(1)) / 8;
  return bigintToBytes(BigInt(cursor.at("value").integer(0, 2 ** (8 * bytes) - 1)), bytes).reverse();
}

/** Accounts or events: since 0.30 their fields stand under the same name in `types`. */
function layouts(items: readonly JsonCursor[], namespace: "account" | "event" | undefined, types: AnchorTypes, warn: Warn): DataLayout[] {
  return items.flatMap((item) => {
    const name = typeName(item.at("name"));
    return unlessDeclined(`${namespace ?? "account"} ${name}`, warn, (): DataLayout => {
      const own = item.optional("fields")?.items();
      const fields = own === undefined ? types.structFields(name, item.at("name")) : types.fields(own);
      if (fields === undefined) return item.at("name").refuse("a name that stands in $.types");
      return { name, discriminator: namespace === undefined ? emptyBytes : discriminatorOf(item, namespace, name), fields };
    });
  });
}

function readError(cursor: JsonCursor): ProgramError {
  const name = cursor.at("name").identifier();
  return { name, code: cursor.at("code").integer(0, 0xffff_ffff), message: cursor.optional("msg")?.text() ?? name };
}
