/** Programs of Stylus cases: code or bytes as they are, WebAssembly's text format, or a body in a fixed frame. */
import { emptyBytes, TriremeError } from "@trireme/core";
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
  /** The code that its account has. */
  readonly code: Uint8Array;
  /** The program writes the ink of the instructions under `measured`, and `measuringInk`, as 8 little-endian bytes. */
  readonly isMeasured: boolean;
}

const wabt = await createWabt();
const features = { multi_value: true, bulk_memory: true, sign_extension: true, mutable_globals: true, sat_float_to_int: true };

/** The forms of a program, by the field that each has alone, and the fields beside it. */
const forms: Readonly<Record<string, readonly string[]>> = {
  code: [],
  wasm: ["source"],
  wat: [],
  body: ["data", "more", "pages"],
  measured: ["before", "data", "more", "pages"],
};

/** Reads a program in one of its forms. @throws TriremeError `INVALID_ENCODING` */
export function readProgram(value: JsonValue | undefined, path: string): CaseProgram {
  const fields = readObject(value, path);
  const names = Object.keys(forms).filter((name) => fields[name] !== undefined);
  const [form] = names;
  if (form === undefined || names.length > 1) {
    throw new TriremeError(
      "INVALID_ENCODING",
      `expected ${path} to have one of ${Object.keys(forms).join(", ")}, got ${names.join(" and ") || JSON.stringify(Object.keys(fields))}`,
    );
  }
  assertFields(fields, [form, ...(forms[form] ?? [])], path);
  if (form === "code") return { code: readHex(fields["code"], `${path}.code`), isMeasured: false };
  if (fields["source"] !== undefined) readString(fields["source"], `${path}.source`);
  return { code: stylusCode(wasmOf(form, fields, path)), isMeasured: form === "measured" };
}

function wasmOf(form: string, fields: JsonObject, path: string): Uint8Array {
  if (form === "wasm") return readBytes(fields["wasm"], `${path}.wasm`);
  if (form === "wat") return bytesFromWat(readText(fields["wat"], `${path}.wat`), `${path}.wat`);
  const data = fields["data"] === undefined ? emptyBytes : readHex(fields["data"], `${path}.data`);
  const more = fields["more"] === undefined ? "" : readText(fields["more"], `${path}.more`);
  const pages = fields["pages"] === undefined ? "1 1" : readString(fields["pages"], `${path}.pages`);
  const body = form === "measured" ? measuringBody(fields, path) : readText(fields["body"], `${path}.body`);
  return bytesFromWat(stylusWat(body, data, more, pages), `${path}.${form}`);
}

function measuringBody(fields: JsonObject, path: string): string {
  const before = fields["before"] === undefined ? "" : readText(fields["before"], `${path}.before`);
  return `(local $start i64) (local $a i32) (local $b i64)
    ${before}
    (local.set $start (call $evm_ink_left))
    ${readText(fields["measured"], `${path}.measured`)}
    (i64.store (i32.const 65528) (i64.sub (local.get $start) (call $evm_ink_left)))
    (call $write_result (i32.const 65528) (i32.const 8)) (i32.const 0)`;
}

/** Text as a string or as lines; `{ "repeat": n, "text": "..." }` stands for n times the text. */
function readText(value: JsonValue | undefined, path: string): string {
  if (Array.isArray(value)) return value.map((line: JsonValue, index) => readText(line, `${path}[${index}]`)).join("\n");
  if (typeof value !== "object" || value === null) return readString(value, path);
  const fields = readObject(value, path);
  assertFields(fields, ["repeat", "text"], path);
  const { repeat } = fields;
  if (typeof repeat !== "number" || !Number.isInteger(repeat) || repeat < 0 || repeat > 1_000_000) {
    throw new TriremeError("INVALID_ENCODING", `expected ${path}.repeat to be a whole number up to 1000000, got ${JSON.stringify(repeat)}`);
  }
  return readText(fields["text"], `${path}.text`).repeat(repeat);
}

/** Bytes as `0x` and hex digits, or as base64. */
function readBytes(value: JsonValue | undefined, path: string): Uint8Array {
  const text = readString(value, path);
  if (/^0x/i.test(text)) return readHex(text, path);
  const bytes = Uint8Array.from(Buffer.from(text, "base64"));
  if (Buffer.from(bytes).toString("base64").replace(/=+$/, "") === text.replace(/=+$/, "")) return bytes;
  throw new TriremeError("INVALID_ENCODING", `expected ${path} to be hex with 0x or base64, got ${JSON.stringify(text.slice(0, 60))}`);
}

function bytesFromWat(text: string, path: string): Uint8Array {
  try {
    const module = wabt.parseWat(`${path}.wat`, text, { reference_types: false, ...features });
    try {
      return Uint8Array.from(module.toBinary({}).buffer);
    } finally {
      module.destroy();
    }
  } catch (error) {
    throw new TriremeError(
      "INVALID_ENCODING",
      `expected ${path} to be WAT, got: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
}
