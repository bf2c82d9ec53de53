/**
 * What every host function costs, measured by programs. The figures are worked out by hand from nitro's constants:
 * 8400 a call, 5040 a pointer, 59,673 a request to the EVM's state, bytes out 5040 + 30 each beyond 32, bytes in
 * 16,381 + 55 each beyond 32, a gas 10,000. The ones marked "nitro" its own tests state (system_tests/program_ink_test.go).
 */
import { concatBytes, type ExecutionEnvironment } from "@trireme/core";
import { createToyEnvironment, toyOps, toyPrefix, toyProgram } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { measureInk, type MeasuredCall } from "../test/measured-ink.ts";
import { createStylusMachine, nobody, word } from "../test/stylus-machine.ts";

const key = word(1n);
const value = word(2n);
const touch = "(drop (call $account_code_size (i32.const 0)))";
const load = "(call $storage_load_bytes32 (i32.const 0) (i32.const 64))";
const cache = "(call $storage_cache_bytes32 (i32.const 0) (i32.const 32))";
const flush = "(call $storage_flush_cache (i32.const 0))";
const clear = "(call $storage_flush_cache (i32.const 1))";
const stored: Partial<MeasuredCall> = { data: concatBytes(key, value) };
const address: Partial<MeasuredCall> = { data: nobody };
const repeat = (count: number, text: string): string => text.repeat(count);

const cases: readonly (readonly [title: string, ink: bigint, call: string, part?: Partial<MeasuredCall>])[] = [
  ["read_args of nothing", 13_440n, "(call $read_args (i32.const 64))"], // 8400 + 5040
  ["read_args of 100 bytes", 15_480n, "(call $read_args (i32.const 64))", { message: { input: new Uint8Array(100) } }], // 13,440 + 30 x 68
  ["write_result of nothing", 41_162n, "(call $write_result (i32.const 0) (i32.const 0))"], // 8400 + 2 x 16,381
  ["write_result of 100 bytes", 48_642n, "(call $write_result (i32.const 0) (i32.const 100))"], // 41,162 + 2 x 55 x 68

  ["storage_load_bytes32, cold (nitro)", 21_068_480n, load, stored], // 8400 + 2 x 5040 + (2100 + 5) gas
  ["storage_load_bytes32, cached (nitro)", 18_480n, load, { ...stored, before: load }],
  ["storage_load_bytes32, after a clear (nitro)", 1_068_480n, load, { ...stored, before: load + clear }], // 18,480 + (100 + 5) gas
  ["storage_load_bytes32 of what was cached by a write", 18_480n, load, { ...stored, before: cache }],
  ["storage_load_bytes32, the 32nd", 18_480n, load, { ...stored, before: repeat(31, load) }],
  ["storage_load_bytes32, the 33rd", 38_480n, load, { ...stored, before: repeat(32, load) }], // + 2 gas
  ["storage_load_bytes32, the 129th", 118_480n, load, { ...stored, before: repeat(128, load) }], // + 10 gas
  ["storage_cache_bytes32, the 8th", 18_480n, cache, { ...stored, before: repeat(7, cache) }],
  ["storage_cache_bytes32, the 9th", 88_480n, cache, { ...stored, before: repeat(8, cache) }], // + 7 gas
  ["storage_cache_bytes32, the 65th", 118_480n, cache, { ...stored, before: repeat(64, cache) }], // + 10 gas
  ["storage_flush_cache of nothing", 68_073n, flush], // 8400 + 59,673
  ["storage_flush_cache, cold, 0 to x (nitro)", 221_068_073n, flush, { ...stored, before: cache }], // 68,073 + 22,100 gas
  ["storage_flush_cache, warm, 0 to x", 200_068_073n, flush, { ...stored, before: load + cache }], // 68,073 + 20,000 gas
  ["storage_flush_cache again", 68_073n, flush, { ...stored, before: cache + flush }],
  ["storage_flush_cache of the value that is there", 1_068_073n, flush, { ...stored, before: cache + clear + cache }], // 100 gas

  ["transient_load_bytes32 (nitro)", 1_078_153n, "(call $transient_load_bytes32 (i32.const 0) (i32.const 64))"], // 8400 + 2 x 5040 + 59,673 + 100 gas
  ["transient_store_bytes32 (nitro)", 1_078_153n, "(call $transient_store_bytes32 (i32.const 0) (i32.const 64))"],

  ["return_data_size", 8400n, "(call $return_data_size)", { returns: true }],
  ["read_return_data of nothing", 73_113n, "(call $read_return_data (i32.const 0) (i32.const 0) (i32.const 10))", { returns: true }], // 68,073 + 5040

  ["emit_log, no topic, no data (nitro)", 3_834_454n, "(call $emit_log (i32.const 0) (i32.const 0) (i32.const 0))"], // 68,073 + 16,381 + 375 gas
  ["emit_log, 10 bytes (nitro)", 4_634_454n, "(call $emit_log (i32.const 0) (i32.const 10) (i32.const 0))"], // + 8 x 10 gas
  ["emit_log, 100 bytes (nitro)", 11_838_194n, "(call $emit_log (i32.const 0) (i32.const 100) (i32.const 0))"], // + 8 x 100 gas + 55 x 68
  ["emit_log, 4 topics, 10 bytes", 19_640_284n, "(call $emit_log (i32.const 0) (i32.const 138) (i32.const 4))"], // 84,454 + 55 x 106 + (5 x 375 + 80) gas

  ["account_balance, cold", 26_078_153n, "(call $account_balance (i32.const 0) (i32.const 64))", address], // 78,153 + 2600 gas
  ["account_balance, warm", 1_078_153n, "(call $account_balance (i32.const 0) (i32.const 64))", { ...address, before: touch }],
  ["account_code_size, cold (nitro)", 33_068_073n, "(call $account_code_size (i32.const 0))", { ...address, returns: true }], // 68,073 + (700 + 2600) gas
  ["account_code_size, warm", 8_068_073n, "(call $account_code_size (i32.const 0))", { ...address, returns: true, before: touch }],
  [
    "account_code of nothing, cold",
    33_073_113n,
    "(call $account_code (i32.const 0) (i32.const 0) (i32.const 9) (i32.const 64))",
    { ...address, returns: true },
  ], // 33,068,073 + 5040
  ["account_codehash, cold", 26_078_153n, "(call $account_codehash (i32.const 0) (i32.const 64))", address],

  ["evm_gas_left", 8400n, "(call $evm_gas_left)", { returns: true }],
  ["evm_ink_left", 8400n, "(call $evm_ink_left)", { returns: true }],
  ["block_basefee", 13_440n, "(call $block_basefee (i32.const 0))"],
  ["chainid", 8400n, "(call $chainid)", { returns: true }],
  ["block_coinbase", 13_440n, "(call $block_coinbase (i32.const 0))"],
  ["block_gas_limit", 8400n, "(call $block_gas_limit)", { returns: true }],
  ["block_number", 8400n, "(call $block_number)", { returns: true }],
  ["block_timestamp", 8400n, "(call $block_timestamp)", { returns: true }],
  ["contract_address", 13_440n, "(call $contract_address (i32.const 0))"],
  ["msg_sender", 13_440n, "(call $msg_sender (i32.const 0))"],
  ["msg_value", 13_440n, "(call $msg_value (i32.const 0))"],
  ["msg_reentrant", 8400n, "(call $msg_reentrant)", { returns: true }],
  ["tx_origin", 13_440n, "(call $tx_origin (i32.const 0))"],
  ["tx_gas_price", 13_440n, "(call $tx_gas_price (i32.const 0))"],
  ["tx_ink_price", 8400n, "(call $tx_ink_price)", { returns: true }],

  ["math_div", 43_520n, "(call $math_div (i32.const 0) (i32.const 32))"], // 8400 + 3 x 5040 + 20,000
  ["math_mod", 43_520n, "(call $math_mod (i32.const 0) (i32.const 32))"],
  ["math_pow, exponent 0", 44_020n, "(call $math_pow (i32.const 0) (i32.const 32))"], // 8400 + 3 x 5040 + 3000 + 17,500
  [
    "math_pow, exponent of one byte (nitro)",
    61_520n,
    "(call $math_pow (i32.const 0) (i32.const 32))",
    { data: concatBytes(word(3n), word(255n)) },
  ],
  [
    "math_pow, exponent of two bytes (nitro)",
    79_020n,
    "(call $math_pow (i32.const 0) (i32.const 32))",
    { data: concatBytes(word(3n), word(256n)) },
  ],
  ["math_add_mod", 49_560n, "(call $math_add_mod (i32.const 0) (i32.const 32) (i32.const 64))"], // 8400 + 4 x 5040 + 21,000
  ["math_mul_mod", 52_660n, "(call $math_mul_mod (i32.const 0) (i32.const 32) (i32.const 64))"], // 8400 + 4 x 5040 + 24,100
  ["native_keccak256 of 10 bytes (nitro)", 121_800n, "(call $native_keccak256 (i32.const 0) (i32.const 10) (i32.const 256))"],
  ["native_keccak256 of 100 bytes (nitro)", 163_800n, "(call $native_keccak256 (i32.const 0) (i32.const 100) (i32.const 256))"], // + 2 x 21,000: 4 words

  ["pay_for_memory_grow of nothing", 8400n, "(call $pay_for_memory_grow (i32.const 0))"],
  ["pay_for_memory_grow of 1 page, within the free ones", 0n, "(call $pay_for_memory_grow (i32.const 1))"],
  ["pay_for_memory_grow of 65,537 pages, which are 1", 0n, "(call $pay_for_memory_grow (i32.const 65537))"],
  [
    "pay_for_memory_grow of 100 pages with 1 open (nitro)",
    9_320_660_000n,
    "(call $pay_for_memory_grow (i32.const 100))",
    { message: { gas: 10n ** 9n } },
  ], // (99 x 1000 + 833,067 - 1) gas
];

describe("ink of the host functions", () => {
  for (const [title, ink, call, part] of cases) {
    it(`${title}: ${ink}`, () => {
      expect(measureInk({ ...part, call })).toBe(ink);
    });
  }

  it("account_code is paid whole, and by its bytes alone the second time", () => {
    const machine = createStylusMachine();
    machine.host.setCode(nobody, new Uint8Array(100).fill(1));
    const call = "(call $account_code (i32.const 0) (i32.const 0) (i32.const 9) (i32.const 64))";
    const part = { call, returns: true, data: nobody, machine };
    // 68,073 + (700 + 2600) gas + 5040 + 30 x 68
    expect(measureInk(part)).toBe(33_075_153n);
    // 68,073 + 5040 + 30 x 68: the code read last is remembered
    expect(measureInk({ ...part, before: `(drop ${call})` })).toBe(75_153n);
    expect(measureInk({ ...part, before: touch })).toBe(8_075_153n);
  });
});

describe("ink of calls and creates", () => {
  const callEmpty = "(call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const -1) (i32.const 128))";
  const zeroValue = concatBytes(nobody, new Uint8Array(12), word(0n));
  const oneWei = concatBytes(nobody, new Uint8Array(12), word(1n));

  it("a call of an account that is cold or warm", () => {
    // 8400 + 3 x 5040 + 59,673 + 2 x 16,381 = 115,955, and 2600 or 100 gas
    expect(measureInk({ call: callEmpty, returns: true, data: zeroValue })).toBe(26_115_955n);
    expect(measureInk({ call: callEmpty, returns: true, data: zeroValue, before: touch })).toBe(1_115_955n);
  });

  it("a call with 100 bytes of calldata", () => {
    const call = "(call $static_call_contract (i32.const 0) (i32.const 0) (i32.const 100) (i64.const -1) (i32.const 128))";
    // 83,193 + 2 x (16,381 + 55 x 68) + 2600 gas
    expect(measureInk({ call, returns: true, data: zeroValue })).toBe(26_123_435n);
  });

  it("value pays for itself and for a new account; a stipend that is not used comes back", () => {
    const message = { value: 5n };
    // 115,955 + (2600 + 25,000 + 9000) gas
    expect(measureInk({ call: callEmpty, returns: true, data: oneWei, message })).toBe(366_115_955n);
    const machine = createStylusMachine();
    machine.host.setBalance(nobody, 1n);
    // 115,955 + (2600 + 9000) gas
    expect(measureInk({ call: callEmpty, returns: true, data: oneWei, message, machine })).toBe(116_115_955n);
  });

  it("a callee's gas is the caller's", () => {
    const machine = createStylusMachine({ neighbours: [createToyEnvironment()] });
    machine.host.setCode(nobody, toyProgram([toyOps.input(), toyOps.input(), toyOps.stop()], toyPrefix));
    // 115,955 + (2600 + 3 x 10) gas
    expect(measureInk({ call: callEmpty, returns: true, data: zeroValue, machine })).toBe(26_415_955n);
  });

  it("a callee that fails costs all that it was given", () => {
    const machine = createStylusMachine({ neighbours: [createToyEnvironment()] });
    machine.host.setCode(nobody, toyProgram([toyOps.restart()], toyPrefix));
    const call = "(call $call_contract (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 32) (i64.const 5000) (i32.const 128))";
    // 115,955 + (2600 + 5000) gas
    expect(measureInk({ call, returns: true, data: zeroValue, machine })).toBe(76_115_955n);
  });

  it("return data is paid by what is copied", () => {
    const machine = createStylusMachine({ neighbours: [createToyEnvironment()] });
    machine.host.setCode(nobody, toyProgram([toyOps.push(new Uint8Array(100)), toyOps.stop()], toyPrefix));
    const before = `(drop ${callEmpty})`;
    const read = (offset: number, size: number): bigint =>
      measureInk({
        call: `(call $read_return_data (i32.const 256) (i32.const ${offset}) (i32.const ${size}))`,
        returns: true,
        before,
        data: zeroValue,
        machine,
      });
    // 68,073 + 5040 (nitro), and + 30 x 68 (nitro)
    expect([read(0, 10), read(0, 100), read(0, 1000), read(50, 100)]).toEqual([73_113n, 75_153n, 75_153n, 73_653n]);
  });

  it("a create", () => {
    const machine = createStylusMachine({ neighbours: [deployer] });
    const create1 = "(call $create1 (i32.const 0) (i32.const 40) (i32.const 64) (i32.const 96) (i32.const 128))";
    const create2 = "(call $create2 (i32.const 0) (i32.const 40) (i32.const 64) (i32.const 64) (i32.const 96) (i32.const 128))";
    // 83,193 + 2 x (16,381 + 55 x 8) + 32,000 gas
    expect(measureInk({ call: create1, machine })).toBe(320_116_835n);
    // 88,233 + 2 x (16,381 + 55 x 8) + (32,000 + 6 x 2) gas
    expect(measureInk({ call: create2, machine })).toBe(320_241_875n);
  });
});

/** A default environment that deploys the init code itself, for nothing. */
const deployer: ExecutionEnvironment = {
  id: "deployer",
  claims: { kind: "default" },
  execute(message, host) {
    if (message.kind === "create") host.setCode(message.recipient, message.initCode);
    return { kind: "success", gasLeft: message.kind === "instruction" ? 0n : message.gas, gasRefund: 0n, output: new Uint8Array(0) };
  },
};
