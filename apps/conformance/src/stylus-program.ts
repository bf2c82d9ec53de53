/** Programs of Stylus cases: bytes as they are, WebAssembly's text format, or a body in a fixed frame. */
import { bytesToHex, emptyBytes, TriremeError } from "@trireme/core";
import { stylusCode, stylusWat } from "@trireme/testing";
import createWabt from "wabt";
import { assertFields, readHex, readObject, readString, type JsonObject, type JsonValue } from "./json-value.ts";

/**
 * Ink between the two readings of a measured program that is not the measured instructions' own: the block that the
 * first reading ends before (header 2450, local.set 210), i32.const 1 and local.get 75 before the second reading, its
 * call 3800 and its host function 8400.
 */
export const measuringInk = 2450n + 210n + 1n + 75n + 3800n + 8400n;

/** A program of a case. */
export interface CaseProgram {
  readonly wasm: Uint8Array;
  /** The program writes the ink of the instructions under `measured`, and `measuringInk`, as 8 little-endian bytes. */
  readonly isMeasured: boolean;
}

const wabt = await createWabt();
const features = { multi_value: true, bulk_memory: true, sign_extension: true, mutable_globals: true, sat_float_to_int: true };

/** Reads `{ wasm } | { wat } | { body, data?, more?, pages? } | { measured, before?, data?, more?, pages? }`. @throws TriremeError `INVALID_ENCODING` */
export function readProgram(value: JsonValue | undefined, what: string): CaseProgram {
  const fields = readObject(value, what);
  assertFields(fields, ["wasm", "wat", "body", "measured", "before", "data", "more", "pages"], what);
  if (fields["wasm"] !== undefined) return { wasm: readBytes(fields["wasm"], `${what}.wasm`), isMeasured: false };
  if (fields["wat"] !== undefined) return { wasm: bytesFromWat(readText(fields["wat"], `${what}.wat`), what), isMeasured: false };
  const data = fields["data"] === undefined ? emptyBytes : readHex(fields["data"], `${what}.data`);
  const more = fields["more"] === undefined ? "" : readText(fields["more"], `${what}.more`);
  const pages = fields["pages"] === undefined ? "1 1" : readString(fields["pages"], `${what}.pages`);
  const isMeasured = fields["measured"] !== undefined;
  const body = isMeasured ? measuringBody(fields, what) : readText(fields["body"], `${what}.body`);
  return { wasm: bytesFromWat(stylusWat(body, data, more, pages), what), isMeasured };
}

/** The code under which a case's program is deployed. */
export function codeOfProgram({ wasm }: CaseProgram): Uint8Array {
  return stylusCode(wasm);
}

function measuringBody(fields: JsonObject, what: string): string {
  const before = fields["before"] === undefined ? "" : readText(fields["before"], `${what}.before`);
  return `(local $start i64) (local $a i32) (local $b i64)
    ${before}
    (local.set $start (call $evm_ink_left))
    ${readText(fields["measured"], `${what}.measured`)}
    (i64.store (i32.const 65528) (i64.sub (local.get $start) (call $evm_ink_left)))
    (call $write_result (i32.const 65528) (i32.const 8)) (i32.const 0)`;
}

/** Text as a string or as lines. */
function readText(value: JsonValue | undefined, what: string): string {
  return Array.isArray(value) ? value.map((line: JsonValue) => readString(line, `a line of ${what}`)).join("\n") : readString(value, what);
}

/** Bytes as `0x` and hex digits, or as base64. */
function readBytes(value: JsonValue, what: string): Uint8Array {
  const text = readString(value, what);
  if (text.startsWith("0x")) return readHex(text, what);
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  if (Buffer.from(bytes).toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "")) return bytes;
  throw new TriremeError("INVALID_ENCODING", `expected ${what} to be hex with 0x or base64, got ${bytesToHex(bytes).slice(0, 20)}...`);
}

function bytesFromWat(text: string, what: string): Uint8Array {
  try {
    const module = wabt.parseWat("case.wat", text, { reference_types: false, ...features });
    try {
      return Uint8Array.from(module.toBinary({}).buffer);
    } finally {
      module.destroy();
    }
  } catch (error) {
    throw new TriremeError(
      "INVALID_ENCODING",
      `expected ${what} to be WAT, got: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
