/** Program-derived addresses of Anchor's IDLs: those whose seeds are constants, arguments and accounts. */
import type { Field, Type } from "../../model/type.ts";
import type { ProgramAddress, Seed } from "../../model/program-interface.ts";
import type { JsonCursor } from "../json-cursor.ts";
import { isSeedType, maxSeedBytes, maxSeeds } from "../seed.ts";
import { readPubkey } from "../value.ts";

/** Where the seeds of an account are found. */
export interface PdaContext {
  /** The account's name. */
  readonly name: string;
  /** The program of the IDL. */
  readonly program: Uint8Array;
  /** The instruction's arguments. */
  readonly args: readonly Field[];
}

/** The address that `pda` describes, undefined where a caller could not make it from what it has. @throws TriremeError for what is malformed */
export function readAnchorPda(pda: JsonCursor, context: PdaContext): ProgramAddress | undefined {
  const items = pda.at("seeds").items();
  if (items.length > maxSeeds) pda.at("seeds").refuse(`at most ${maxSeeds} seeds`);
  const seeds: Seed[] = [];
  for (const item of items) {
    const seed = readSeed(item, context.args);
    if (seed === undefined) return undefined;
    seeds.push(seed);
  }
  const program = readProgram(pda, context.program);
  return program === undefined ? undefined : { name: context.name, program, seeds };
}

function readSeed(seed: JsonCursor, args: readonly Field[]): Seed | undefined {
  const kind = seed.at("kind").text();
  if (kind === "const") return { kind: "constant", bytes: readConstant(seed.at("value")) };
  const path = seed.at("path").text();
  // A path goes into an account's data or an argument's fields: the caller would have to know them.
  if (!/^\w+$/.test(path)) return undefined;
  if (kind === "account") return { kind: "variable", field: { name: path, type: { kind: "pubkey" } } };
  if (kind !== "arg") return undefined;
  const type = args.find(({ name }) => name === path)?.type;
  return type !== undefined && isSeedType(type) ? { kind: "variable", field: { name: path, type: raw(type) } } : undefined;
}

/** A seed has no length before it. */
function raw(type: Type): Type {
  return type.kind === "string" || type.kind === "bytes" ? { kind: type.kind, prefix: 0 } : type;
}

/** Bytes; before 0.30 also a text. */
function readConstant(value: JsonCursor): Uint8Array {
  const bytes = value.isText()
    ? new TextEncoder().encode(value.text())
    : Uint8Array.from(value.items().map((item) => item.integer(0, 255)));
  return bytes.length > maxSeedBytes ? value.refuse(`at most ${maxSeedBytes} bytes`) : bytes;
}

function readProgram(pda: JsonCursor, own: Uint8Array): Uint8Array | undefined {
  const program = pda.optional("program") ?? pda.optional("programId");
  if (program === undefined) return own;
  if (program.isText()) return readPubkey(program);
  if (program.at("kind").value !== "const") return undefined;
  const bytes = program.at("value");
  if (!bytes.isList()) return bytes.isText() ? readPubkey(bytes) : undefined;
  const key = readConstant(bytes);
  return key.length === 32 ? key : bytes.refuse("32 bytes");
}
