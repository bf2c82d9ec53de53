/** Components' core modules in WebAssembly's text format, and the world's text. */
import { readFileSync } from "node:fs";

/** The world as it is published. */
export const worldText = readFileSync(new URL("../../wit/contract.wit", import.meta.url), "utf8");

/** The functions of the host interface in the world's text: name, and parameters and result in WIT. */
export const worldFunctions: readonly (readonly [name: string, wit: string])[] = [
  ...worldText.matchAll(/^ {2}([a-z0-9-]+): func(\(.*);$/gm),
].map(([, name = "", wit = ""]) => [name, wit]);

const flatTypes: Readonly<Record<string, string>> = { u64: "i64", u32: "i32", bool: "i32" };

/** A type as the canonical ABI passes it: what is no number is a pointer and a length. */
const flat = (type: string): string => flatTypes[type] ?? "i32 i32";

/** The type of a host function as the canonical ABI lowers it: one number is a result, all else goes to a return area. */
export function coreType(wit: string): { readonly params: readonly string[]; readonly results: readonly string[] } {
  const [, list = "", result] = /^\((.*?)\)(?: -> (.*))?$/.exec(wit) ?? [];
  const params = [...list.matchAll(/: ([^:]+?)(?:, (?=\w+:)|$)/g)].flatMap(([, type = ""]) => flat(type).split(" "));
  const isNumber = result !== undefined && result in flatTypes;
  if (result !== undefined && !isNumber) params.push("i32");
  return { params, results: isNumber ? [flat(result)] : [] };
}

/** What stands around the body of `call`, whose parameters are `$input` and `$length`. */
export interface ComponentParts {
  readonly more?: string;
  /** Limits of the memory. */
  readonly pages?: string;
  readonly realloc?: string;
}

/** Where a component's functions put a result; a host function's return area lies at 32. */
const result = `(func $ok (param $at i32) (param $size i32) (result i32)
    (i32.store (i32.const 4) (local.get $at)) (i32.store (i32.const 8) (local.get $size)) (i32.const 0))
  (func $err (param $at i32) (param $size i32) (result i32)
    (drop (call $ok (local.get $at) (local.get $size))) (i32.store8 (i32.const 0) (i32.const 1)) (i32.const 0))
  (func $given (result i32) (call $ok (i32.load (i32.const 32)) (i32.load (i32.const 36))))
  (func $answered (result i32)
    (drop (call $ok (i32.load (i32.const 36)) (i32.load (i32.const 40))))
    (i32.store8 (i32.const 0) (i32.load8_u (i32.const 32))) (i32.const 0))`;

/** Gives out memory from 4096 on, and keeps nothing. */
const bump = `(global $free (mut i32) (i32.const 4096))
  (func $realloc (export "cabi_realloc") (param i32 i32 i32) (param $size i32) (result i32)
    (global.get $free) (global.set $free (i32.add (global.get $free) (local.get $size))))`;

/** A component's core module: it imports what it calls of the host interface, by the names there. */
export function componentWat(body: string, { more = "", pages = "1 1", realloc = bump }: ComponentParts = {}): string {
  const text = `${body} ${more}`;
  const imports = worldFunctions.flatMap(([name, wit]) => {
    const { params, results } = coreType(wit);
    const type = `(param ${params.join(" ")}) (result ${results.join(" ")})`;
    const isCalled = new RegExp(`\\$${name}(?![a-z0-9-])`).test(text);
    return isCalled ? [`(import "trireme:contract/host@0.1.0" "${name}" (func $${name} ${type}))`] : [];
  });
  return `(module ${imports.join("\n")} (memory (export "memory") ${pages}) ${realloc} ${result} ${more}
    (func (export "call") (param $input i32) (param $length i32) (result i32) ${body}))`;
}
