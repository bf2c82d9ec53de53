/** Instructions, errors and events of programs, by IDLs. */
import type { ProgramInterface } from "@trireme/bindings";
import { bytesToHex, hasPrefix, hexToBytes, pubkeyToBase58, type Hex, type Pubkey } from "@trireme/core";
import type { Decoded, DecodedField } from "./decoded.ts";
import { readFields } from "./read-data.ts";
import { wellKnownPrograms, type KnownProgram } from "./well-known-programs.ts";

/** Reads what programs are told and say. Programs go by their base58 id. */
export interface ProgramDecoder {
  nameOf(program: string): string | undefined;
  instruction(program: string, data: Hex): Decoded | undefined;
  /** Names of an instruction's accounts, as far as its interface has them. */
  accountNames(program: string, data: Hex): readonly string[];
  /** Name and message of a program's own error. */
  error(program: string, code: number): string | undefined;
  /** One entry of `sol_log_data`. */
  event(program: string, data: Hex): Decoded | undefined;
}

/** Before the event in the data of an instruction that an Anchor program sends to itself: sha256("anchor:event"), as a u64 from its end. */
const anchorEventTag = hexToBytes("0xe445a52e51cb9a1d");

/** Makes a decoder; an IDL goes before what is well known. */
export function createProgramDecoder(interfaces: readonly ProgramInterface[]): ProgramDecoder {
  const programs = new Map<string, KnownProgram>(wellKnownPrograms);
  for (const program of interfaces) programs.set(pubkeyToBase58(program.address as Pubkey), program);

  const find = (program: string, data: Uint8Array) =>
    programs
      .get(program)
      ?.instructions.filter(({ discriminator }) => hasPrefix(data, discriminator))
      .toSorted((left, right) => right.discriminator.length - left.discriminator.length)[0];
  const eventOf = (program: string, data: Uint8Array): Decoded | undefined => {
    const known = programs.get(program);
    const layout = known?.events.find(({ discriminator }) => discriminator.length > 0 && hasPrefix(data, discriminator));
    return known === undefined || layout === undefined ? undefined : decode(known, layout.name, layout.discriminator, layout.fields, data);
  };

  return {
    nameOf: (program) => programs.get(program)?.name,
    instruction(program, hex) {
      const data = hexToBytes(hex);
      const known = programs.get(program);
      const found = find(program, data);
      if (known === undefined) return undefined;
      if (found !== undefined) return decode(known, found.name, found.discriminator, found.args, data);
      const event = hasPrefix(data, anchorEventTag) ? eventOf(program, data.subarray(anchorEventTag.length)) : undefined;
      return event === undefined ? undefined : { ...event, name: `emit ${event.name}` };
    },
    accountNames: (program, hex) => find(program, hexToBytes(hex))?.accounts.map(({ name }) => name) ?? [],
    error(program, code) {
      const found = programs.get(program)?.errors.find((error) => error.code === code);
      return found === undefined ? undefined : `${found.name}${found.message === "" ? "" : `: ${found.message}`}`;
    },
    event: (program, data) => eventOf(program, hexToBytes(data)),
  };
}

/** With the bytes that are left as they are where they do not fit the types. */
function decode(
  { definitions }: KnownProgram,
  name: string,
  discriminator: Uint8Array,
  fields: KnownProgram["instructions"][number]["args"],
  data: Uint8Array,
): Decoded {
  const rest = data.subarray(discriminator.length);
  const unread: readonly DecodedField[] = [{ name: "data", value: bytesToHex(rest) }];
  return { name, fields: readFields(fields, rest, definitions) ?? unread };
}
