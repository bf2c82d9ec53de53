/**
 * A small assembler: one instruction per line, `name:` marks a place, `;` begins a comment.
 * Numbers are decimal or 0x-hexadecimal. `push` takes a number of at most 32 bytes, jumps take the name of a place.
 */
import { bigintToBytes, concatBytes, TriremeError } from "@trireme/core";
import { instructionSet, type Mnemonic } from "./instruction-set.ts";

/** First bytes of Own VM's code: 0xEF, so that it is never EVM code, and ASCII `OV`. */
export const ownVmPrefix: Uint8Array = Uint8Array.of(0xef, 0x4f, 0x56);

/** Deployable code of a program. @throws TriremeError `INVALID_ENCODING` with the line that cannot be read. */
export function assemble(source: string): Uint8Array {
  const lines = source
    .split("\n")
    .map((line) => line.replace(/;.*$/, "").trim())
    .filter((line) => line !== "");
  const places = new Map<string, number>();
  let offset = ownVmPrefix.length;
  for (const line of lines) {
    if (line.endsWith(":")) places.set(line.slice(0, -1), offset);
    else offset += 1 + instructionOf(line).immediate;
  }
  const code = lines.filter((line) => !line.endsWith(":")).map((line) => encodeLine(line, places));
  return concatBytes(ownVmPrefix, ...code);
}

function encodeLine(line: string, places: ReadonlyMap<string, number>): Uint8Array {
  const { opcode, immediate } = instructionOf(line);
  const operand = line.split(/\s+/)[1];
  if ((operand === undefined) !== (immediate === 0)) throw unreadable(line, immediate === 0 ? "no operand" : "one operand");
  if (operand === undefined) return Uint8Array.of(opcode);
  const value = places.get(operand) ?? (/^(0x[0-9a-fA-F]+|[0-9]+)$/.test(operand) ? BigInt(operand) : undefined);
  if (value === undefined) throw unreadable(line, "a number or the name of a place");
  return concatBytes(Uint8Array.of(opcode), bigintToBytes(BigInt(value), immediate));
}

function instructionOf(line: string) {
  const name = line.split(/\s+/)[0] as Mnemonic;
  if (!Object.hasOwn(instructionSet, name)) throw unreadable(line, "an instruction");
  return instructionSet[name];
}

function unreadable(line: string, expected: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", `expected ${expected}, got ${JSON.stringify(line)}`);
}
