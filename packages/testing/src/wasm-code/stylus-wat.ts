/** Stylus programs in WebAssembly's text format: what stands around a body, and the code under which a program is deployed. */
import { brotliCompressSync } from "node:zlib";
import { concatBytes } from "@trireme/core";

/** The host functions that programs of this package use, by their types. */
const hostFunctions = [
  "read_args (param i32)",
  "write_result (param i32 i32)",
  "exit_early (param i32)",
  "storage_load_bytes32 (param i32 i32)",
  "storage_cache_bytes32 (param i32 i32)",
  "storage_flush_cache (param i32)",
  "transient_load_bytes32 (param i32 i32)",
  "transient_store_bytes32 (param i32 i32)",
  "call_contract (param i32 i32 i32 i32 i64 i32) (result i32)",
  "delegate_call_contract (param i32 i32 i32 i64 i32) (result i32)",
  "static_call_contract (param i32 i32 i32 i64 i32) (result i32)",
  "create1 (param i32 i32 i32 i32 i32)",
  "create2 (param i32 i32 i32 i32 i32 i32)",
  "read_return_data (param i32 i32 i32) (result i32)",
  "return_data_size (result i32)",
  "emit_log (param i32 i32 i32)",
  "account_balance (param i32 i32)",
  "account_code (param i32 i32 i32 i32) (result i32)",
  "account_code_size (param i32) (result i32)",
  "account_codehash (param i32 i32)",
  "evm_gas_left (result i64)",
  "evm_ink_left (result i64)",
  "block_basefee (param i32)",
  "chainid (result i64)",
  "block_coinbase (param i32)",
  "block_gas_limit (result i64)",
  "block_number (result i64)",
  "block_timestamp (result i64)",
  "contract_address (param i32)",
  "math_div (param i32 i32)",
  "math_mod (param i32 i32)",
  "math_pow (param i32 i32)",
  "math_add_mod (param i32 i32 i32)",
  "math_mul_mod (param i32 i32 i32)",
  "msg_reentrant (result i32)",
  "msg_sender (param i32)",
  "msg_value (param i32)",
  "native_keccak256 (param i32 i32 i32)",
  "tx_gas_price (param i32)",
  "tx_ink_price (result i32)",
  "tx_origin (param i32)",
  "pay_for_memory_grow (param i32)",
] as const;

/** A program: an entrypoint with the parameter `$len`, a page of memory that begins with `data`, the imports it calls. */
export function stylusWat(body: string, data: Uint8Array = new Uint8Array(0), more = "", pages = "1 1"): string {
  const text = `${body} ${more}`;
  const imports = hostFunctions.map((line) => {
    const [name = "", ...type] = line.split(" ");
    return new RegExp(`\\$${name}\\b`).test(text) ? `(import "vm_hooks" "${name}" (func $${name} ${type.join(" ")}))` : "";
  });
  const bytes = Array.from(data, (byte) => `\\${byte.toString(16).padStart(2, "0")}`).join("");
  return `(module ${imports.join("\n")} (memory (export "memory") ${pages}) (data (i32.const 0) "${bytes}") ${more}
    (func (export "user_entrypoint") (param $len i32) (result i32) ${body}))`;
}

/** The code of an account that has this program: prefix, no dictionary, brotli. */
export function stylusCode(wasm: Uint8Array): Uint8Array {
  return concatBytes(Uint8Array.of(0xef, 0xf0, 0, 0), new Uint8Array(brotliCompressSync(wasm)));
}
