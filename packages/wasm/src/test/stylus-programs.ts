/** Whole Stylus programs: mutants of them reach activation, and run. */
import { stylusWat } from "@trireme/testing";
import { bytesFromWat } from "./wat.ts";

const texts: readonly string[] = [
  // Adds the calldata's first byte to a slot under a hash of it, tells so, and returns the word.
  stylusWat(`(call $read_args (i32.const 0))
    (call $native_keccak256 (i32.const 0) (local.get $len) (i32.const 64))
    (call $storage_load_bytes32 (i32.const 64) (i32.const 96))
    (i32.store8 (i32.const 127) (i32.add (i32.load8_u (i32.const 127)) (i32.load8_u (i32.const 0))))
    (call $storage_cache_bytes32 (i32.const 64) (i32.const 96))
    (call $storage_flush_cache (i32.const 0))
    (call $emit_log (i32.const 64) (i32.const 64) (i32.const 1))
    (call $math_mul_mod (i32.const 96) (i32.const 64) (i32.const 32))
    (call $write_result (i32.const 96) (i32.const 32))
    (i32.const 0)`),
  // Calls and creates, looks at what came back, and leaves early.
  stylusWat(
    `(call $msg_sender (i32.const 0)) (call $msg_value (i32.const 32)) (call $block_coinbase (i32.const 64))
    (if (call $call_contract (i32.const 64) (i32.const 0) (i32.const 20) (i32.const 96) (i64.const 1000) (i32.const 128))
      (then (call $exit_early (i32.const 3))))
    (drop (call $static_call_contract (i32.const 0) (i32.const 0) (i32.const 4) (call $evm_gas_left) (i32.const 128)))
    (call $create1 (i32.const 200) (i32.const 5) (i32.const 96) (i32.const 160) (i32.const 128))
    (call $transient_store_bytes32 (i32.const 96) (i32.const 160))
    (drop (call $read_return_data (i32.const 256) (i32.const 0) (call $return_data_size)))
    (call $account_balance (i32.const 160) (i32.const 288))
    (call $write_result (i32.const 256) (i32.const 64))
    (call $exit_early (i32.wrap_i64 (i64.and (call $evm_ink_left) (i64.const 1))))
    (unreachable)`,
    Uint8Array.of(0, 0, 0, 0),
  ),
  // Loops, a table, globals, grown memory and bulk instructions.
  stylusWat(
    `(local $at i32)
    (call $read_args (i32.const 8))
    (drop (memory.grow (i32.and (local.get $len) (i32.const 3))))
    (block $done
      (loop $next
        (br_if $done (i32.ge_u (local.get $at) (i32.const 40)))
        (global.set $sum (i64.add (global.get $sum) (i64.load (local.get $at))))
        (i32.store (i32.const 512) (call_indirect (type $binary) (local.get $at) (i32.const 7) (i32.and (local.get $at) (i32.const 1))))
        (memory.copy (i32.add (local.get $at) (i32.const 1024)) (i32.const 0) (local.get $at))
        (local.set $at (i32.add (local.get $at) (i32.const 5)))
        (br $next)))
    (memory.fill (i32.const 2000) (i32.wrap_i64 (global.get $sum)) (i32.const 100))
    (call $write_result (i32.const 500) (i32.mul (memory.size) (i32.const 8)))
    (call $pay_for_memory_grow (i32.const 0))
    (select (i32.const 0) (i32.const 1) (i64.ne (global.get $sum) (i64.const 0)))`,
    Uint8Array.of(1, 2, 3, 4, 5, 6, 7, 8),
    `(global $sum (mut i64) (i64.const 5)) (table 2 funcref) (elem (i32.const 0) $add $fib) (type $binary (func (param i32 i32) (result i32)))
    (func $add (type $binary) (i32.add (local.get 0) (local.get 1)))
    (func $fib (type $binary)
      (if (result i32) (i32.lt_u (local.get 1) (i32.const 2)) (then (local.get 0))
        (else (i32.add (call $fib (local.get 0) (i32.sub (local.get 1) (i32.const 1)))
          (call $fib (local.get 0) (i32.sub (local.get 1) (i32.const 2)))))))`,
    "1 8",
  ),
];

/** What mutants are made of: other programs, and these three times, so that about half of the mutants could be activated. */
export function fuzzSeeds(others: readonly { readonly bytes: Uint8Array }[]): readonly Uint8Array[] {
  const programs = texts.map((text) => bytesFromWat(text));
  return [...others.map(({ bytes }) => bytes), ...programs, ...programs, ...programs];
}
