/** What a program may import: the functions of `vm_hooks` and, on a debug chain, of `console` and `debug` (nitro, crates/wasm-libraries/forward). */
import { valueType, type ValueTypeName } from "../binary/opcodes.ts";
import type { FunctionType } from "../binary/wasm-module.ts";

/** A signature in short: the types of the parameters, and behind "->" that of the result. */
type Signature = `${string}->${"" | ValueTypeName}`;

/** The 42 functions of `vm_hooks`. */
export const hostioSignatures = {
  read_args: "i32->",
  write_result: "i32 i32->",
  exit_early: "i32->",
  storage_load_bytes32: "i32 i32->",
  storage_cache_bytes32: "i32 i32->",
  storage_flush_cache: "i32->",
  transient_load_bytes32: "i32 i32->",
  transient_store_bytes32: "i32 i32->",
  call_contract: "i32 i32 i32 i32 i64 i32->i32",
  delegate_call_contract: "i32 i32 i32 i64 i32->i32",
  static_call_contract: "i32 i32 i32 i64 i32->i32",
  create1: "i32 i32 i32 i32 i32->",
  create2: "i32 i32 i32 i32 i32 i32->",
  read_return_data: "i32 i32 i32->i32",
  return_data_size: "->i32",
  emit_log: "i32 i32 i32->",
  account_balance: "i32 i32->",
  account_code: "i32 i32 i32 i32->i32",
  account_code_size: "i32->i32",
  account_codehash: "i32 i32->",
  evm_gas_left: "->i64",
  evm_ink_left: "->i64",
  block_basefee: "i32->",
  chainid: "->i64",
  block_coinbase: "i32->",
  block_gas_limit: "->i64",
  block_number: "->i64",
  block_timestamp: "->i64",
  contract_address: "i32->",
  math_div: "i32 i32->",
  math_mod: "i32 i32->",
  math_pow: "i32 i32->",
  math_add_mod: "i32 i32 i32->",
  math_mul_mod: "i32 i32 i32->",
  msg_reentrant: "->i32",
  msg_sender: "i32->",
  msg_value: "i32->",
  native_keccak256: "i32 i32 i32->",
  tx_gas_price: "i32->",
  tx_ink_price: "->i32",
  tx_origin: "i32->",
  pay_for_memory_grow: "i32->",
} as const satisfies Readonly<Record<string, Signature>>;

/** The functions of the debug chain's modules. */
export const debugSignatures = {
  console: {
    log_txt: "i32 i32->",
    log_i32: "i32->",
    log_i64: "i64->",
    log_f32: "f32->",
    log_f64: "f64->",
    tee_i32: "i32->i32",
    tee_i64: "i64->i64",
    tee_f32: "f32->f32",
    tee_f64: "f64->f64",
  },
  debug: { null_host: "->", start_benchmark: "->", end_benchmark: "->" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, Signature>>>>;

const hostioTypes = new Map(types("vm_hooks", hostioSignatures));
const debugTypes = new Map(Object.entries(debugSignatures).flatMap(([module, signatures]) => types(module, signatures)));

/** The type of a function that a program may import; undefined for any other. */
export function importableType(module: string, name: string, isDebug: boolean): FunctionType | undefined {
  const key = `${module}.${name}`;
  return hostioTypes.get(key) ?? (isDebug ? debugTypes.get(key) : undefined);
}

function types(module: string, signatures: Readonly<Record<string, Signature>>): [string, FunctionType][] {
  return Object.entries(signatures).map(([name, text]) => {
    const [params = "", results = ""] = text.split("->");
    return [`${module}.${name}`, { params: typeBytes(params), results: typeBytes(results) }];
  });
}

function typeBytes(list: string): Uint8Array {
  return Uint8Array.from(list.split(" ").flatMap((name) => (isValueTypeName(name) ? [valueType[name]] : [])));
}

function isValueTypeName(text: string): text is ValueTypeName {
  return Object.hasOwn(valueType, text);
}
