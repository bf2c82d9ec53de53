/** Each rule of an activation with a program that keeps it and one that breaks it, and what an activation costs. */
import { emptyCodeHash, keccak256, zeroHash } from "@trireme/core";
import { describe, expect, test } from "vitest";
import { defaultStylusParameters } from "../pricing/stylus-parameters.ts";
import { bytesFromWat } from "../test/wat.ts";
import { activate, moduleHashOf } from "./activate.ts";
import type { ActivationOptions, ActivationResult } from "./activation-result.ts";
import { debugSignatures, hostioSignatures } from "./hostio-signatures.ts";

const options: ActivationOptions = { parameters: defaultStylusParameters, codeHash: zeroHash, isDebug: false };
const arbos51: ActivationOptions = { ...options, parameters: { ...defaultStylusParameters, arbosVersion: 51 } };
const debug: ActivationOptions = { ...options, isDebug: true };

const memory = '(memory (export "memory") 1 1)';
const entry = '(func (export "user_entrypoint") (param i32) (result i32) (i32.const 0))';

/** A program with these fields, of which the first are imports. */
function wat(fields: string, imports = ""): Uint8Array {
  return bytesFromWat(`(module ${imports} ${fields})`);
}

function verdict(bytes: Uint8Array, given = options): string {
  const result = activate(bytes, given);
  return result.kind === "invalid" ? result.fault.code : result.kind;
}

/** The verdicts on a program that keeps a rule and on one that breaks it. */
function verdicts(kept: Uint8Array, broken: Uint8Array, given = options): readonly [string, string] {
  return [verdict(kept, given), verdict(broken, given)];
}

function activated(bytes: Uint8Array, given = options): Extract<ActivationResult, { kind: "activated" }> {
  const result = activate(bytes, given);
  if (result.kind === "invalid") throw new Error(result.fault.message);
  return result;
}

const plain = wat(memory + entry);

describe("imports", () => {
  const importing = (module: string, name: string, type: string): Uint8Array =>
    wat(memory + entry, `(import "${module}" "${name}" (func ${type}))`);
  const typeText = (signature: string): string => {
    const [params = "", result = ""] = signature.split("->");
    return `${params === "" ? "" : `(param ${params})`} ${result === "" ? "" : `(result ${result})`}`;
  };

  test("all 42 functions of vm_hooks, each with its type alone", () => {
    expect(Object.keys(hostioSignatures)).toHaveLength(42);
    for (const [name, signature] of Object.entries(hostioSignatures)) {
      const [params = "", result = ""] = signature.split("->");
      const right = importing("vm_hooks", name, typeText(signature));
      const wrong = [`${params} f32->${result}`, `${params}->${result === "" ? "i32" : ""}`].map((other) =>
        importing("vm_hooks", name, typeText(other)),
      );
      expect([name, verdict(right), ...wrong.map((bytes) => verdict(bytes))]).toEqual([name, "activated", "stylusRule", "stylusRule"]);
    }
  });

  test("signatures that the reference states", () => {
    const wanted = {
      call_contract: "(param i32 i32 i32 i32 i64 i32) (result i32)",
      delegate_call_contract: "(param i32 i32 i32 i64 i32) (result i32)",
      static_call_contract: "(param i32 i32 i32 i64 i32) (result i32)",
      create1: "(param i32 i32 i32 i32 i32)",
      create2: "(param i32 i32 i32 i32 i32 i32)",
      account_code: "(param i32 i32 i32 i32) (result i32)",
      read_return_data: "(param i32 i32 i32) (result i32)",
      native_keccak256: "(param i32 i32 i32)",
      evm_gas_left: "(result i64)",
      chainid: "(result i64)",
      tx_ink_price: "(result i32)",
      storage_flush_cache: "(param i32)",
    };
    for (const [name, type] of Object.entries(wanted))
      expect([name, verdict(importing("vm_hooks", name, type))]).toEqual([name, "activated"]);
  });

  test("no function and no module beside them", () => {
    expect(verdict(importing("vm_hooks", "storage_store_bytes32", "(param i32 i32)"))).toBe("stylusRule");
    expect(verdict(importing("env", "read_args", "(param i32)"))).toBe("stylusRule");
    expect(verdict(importing("vm_hooks", "toString", ""))).toBe("stylusRule");
    expect(verdict(importing("__proto__", "toString", ""))).toBe("stylusRule");
  });

  test("console and debug on a debug chain alone", () => {
    for (const [module, signatures] of Object.entries(debugSignatures)) {
      for (const [name, signature] of Object.entries(signatures)) {
        const bytes = importing(module, name, typeText(signature));
        expect([name, verdict(bytes, debug), verdict(bytes)]).toEqual([name, "activated", "stylusRule"]);
      }
    }
    expect(verdict(importing("console", "log_txt", "(param i32)"), debug)).toBe("stylusRule");
  });

  test("functions only, and of one type each", () => {
    expect(verdict(wat(entry, '(import "vm_hooks" "memory" (memory 1 1))'))).toBe("notSupported");
    const twice = (second: string): Uint8Array =>
      wat(memory + entry, `(import "vm_hooks" "read_args" (func (param i32))) (import "vm_hooks" "read_args" (func ${second}))`);
    expect(verdicts(twice("(param i32)"), twice("(param i64)"))).toEqual(["activated", "stylusRule"]);
  });

  test("at most 513", () => {
    const many = (count: number): Uint8Array =>
      wat(memory + entry, '(import "vm_hooks" "msg_reentrant" (func (result i32)))'.repeat(count));
    expect(verdicts(many(513), many(514))).toEqual(["activated", "limitExceeded"]);
  });
});

describe("exports", () => {
  test("an entry point that takes and gives an i32", () => {
    expect(verdicts(plain, wat(memory))).toEqual(["activated", "stylusRule"]);
    expect(verdict(wat(`${memory} (func (export "user_entrypoint") (param i64) (result i32) (i32.const 0))`))).toBe("stylusRule");
    expect(verdict(wat(`${memory} (func (export "user_entrypoint") (param i32))`))).toBe("stylusRule");
    expect(verdict(wat(`${memory} (func) (global (export "user_entrypoint") i32 (i32.const 0))`))).toBe("stylusRule");
    const imported = wat(
      `${memory} (export "user_entrypoint" (func 0))`,
      '(import "vm_hooks" "account_code_size" (func (param i32) (result i32)))',
    );
    expect(verdict(imported)).toBe("activated");
  });

  test("the memory under its name", () => {
    expect(verdicts(plain, wat(`(memory 1 1) ${entry}`))).toEqual(["activated", "stylusRule"]);
    expect(verdict(wat(entry))).toBe("stylusRule");
    expect(verdict(wat(`(memory 1 1) (func (export "memory")) ${entry}`))).toBe("stylusRule");
    expect(verdict(wat(`(memory 1 1) (global (export "memory") i32 (i32.const 0)) ${entry}`))).toBe("stylusRule");
  });

  test("no reserved name, behind the last __ neither", () => {
    const exporting = (name: string): Uint8Array => wat(`${memory} ${entry} (func (export "${name}"))`);
    expect(verdicts(exporting("my_stylus"), exporting("stylus_ink_left"))).toEqual(["activated", "stylusRule"]);
    expect(verdicts(exporting("stylus__x"), exporting("x__stylus_"))).toEqual(["activated", "stylusRule"]);
    expect(verdict(exporting("stylus"))).toBe("stylusRule");
  });

  test("no import under its own name", () => {
    const exporting = (name: string): Uint8Array =>
      wat(`${memory} ${entry} (func (export "${name}"))`, '(import "vm_hooks" "read_args" (func (param i32)))');
    expect(verdicts(exporting("read_arg"), exporting("read_args"))).toEqual(["activated", "stylusRule"]);
    expect(verdicts(exporting("x_read_args"), exporting("x__read_args"))).toEqual(["activated", "stylusRule"]);
  });

  test("1,024 of names of 512 bytes, where a debug chain keeps them", () => {
    const many = (count: number): Uint8Array =>
      wat(`${memory} ${entry} (func $f) ${Array.from({ length: count }, (_, i) => `(export "f${i}" (func $f))`).join("")}`);
    // 1,018 beside memory, entry point and four globals
    expect(verdicts(many(1018), many(1019), debug)).toEqual(["activated", "limitExceeded"]);
    const long = (name: string): Uint8Array => wat(`${memory} ${entry} (func (export "${name}"))`);
    expect(verdicts(long("x".repeat(512)), long("x".repeat(513)), debug)).toEqual(["activated", "limitExceeded"]);
    expect(verdict(long(`\\c3\\a9${"x".repeat(511)}`), debug)).toBe("limitExceeded");
    expect([verdict(many(1019)), verdict(long("x".repeat(513)))]).toEqual(["activated", "activated"]);
  });

  test("no start function but on a debug chain", () => {
    const start = wat(`${memory} ${entry} (func $s) (start $s)`);
    expect([verdict(plain), verdict(start), verdict(start, debug)]).toEqual(["activated", "stylusRule", "activated"]);
  });
});

describe("memory", () => {
  const sized = (limits: string, imports = ""): Uint8Array => wat(`(memory (export "memory") ${limits}) ${entry}`, imports);
  const pay = '(import "vm_hooks" "pay_for_memory_grow" (func (param i32)))';

  test("a memory that can grow needs the function that pays for it", () => {
    expect(verdicts(sized("1 2", pay), sized("1 2"))).toEqual(["activated", "stylusRule"]);
    expect(verdicts(sized("1", pay), sized("1"))).toEqual(["activated", "stylusRule"]);
    expect(verdict(sized("1 2", '(import "vm_hooks" "pay_for_memory_grow" (func (param i64)))'))).toBe("stylusRule");
    expect(verdict(sized("0 0"))).toBe("activated");
  });

  test("128 pages, and no more than the transaction has left", () => {
    expect(verdicts(sized("128 128"), sized("129 129"))).toEqual(["activated", "limitExceeded"]);
    expect(verdicts(sized("7 7"), sized("8 8"), { ...options, pageBudget: 7 })).toEqual(["activated", "limitExceeded"]);
    expect(verdict(sized("9 9"), { ...options, parameters: { ...defaultStylusParameters, pageLimit: 8 } })).toBe("limitExceeded");
  });
});

describe("limits", () => {
  test("the table's entries and the segments' bytes", () => {
    const table = (entries: number): Uint8Array => wat(`${memory} ${entry} (table ${entries} funcref)`);
    expect(verdicts(table(4096), table(4097))).toEqual(["activated", "limitExceeded"]);
    const elements = (count: number): Uint8Array =>
      wat(`${memory} ${entry} (table 4096 funcref) (elem (i32.const 0) ${"0 ".repeat(count)})`);
    // flags 1, offset 3, count 2, then a byte for each: 4,096
    expect(verdicts(elements(4090), elements(4091))).toEqual(["activated", "limitExceeded"]);
  });

  test("globals with the middlewares' four", () => {
    const globals = (count: number): Uint8Array => wat(`${memory} ${entry} ${"(global i32 (i32.const 0))".repeat(count)}`);
    const roomy = { ...options, parameters: { ...defaultStylusParameters, maxWasmSize: 2 ** 20 } };
    expect(verdict(globals(32_765), roomy)).toBe("limitExceeded");
    // As many as are allowed: their prediction fits, 32,768 x 1.628 = 53,346.
    expect(activated(globals(32_764), roomy).cachedCost).toBe(53_346 + 5 + Math.floor(((32_764 * 5 + 56) * 122) / 100_000));
  });

  test("348 locals, 4,096 functions, 128 segments", () => {
    const locals = (count: number): Uint8Array => wat(`${memory} ${entry} (func (param i64) (local ${"i32 ".repeat(count)}))`);
    expect(verdicts(locals(348), locals(349))).toEqual(["activated", "limitExceeded"]);
    const functions = (count: number): Uint8Array => wat(`${memory} ${entry} ${"(func)".repeat(count)}`);
    expect(verdicts(functions(4095), functions(4096))).toEqual(["activated", "limitExceeded"]);
    const segments = (count: number): Uint8Array => wat(`${memory} ${entry} ${'(data (i32.const 0) "x")'.repeat(count)}`);
    expect(verdicts(segments(128), segments(129))).toEqual(["activated", "limitExceeded"]);
  });

  test("the module's name has 512 bytes", () => {
    const named = (length: number): Uint8Array => {
      const name = Array.from({ length }, () => 0x6e);
      const size = (value: number): number[] => [(value & 0x7f) | 0x80, value >> 7];
      const subsection = [0, ...size(length + 2), ...size(length), ...name];
      const section = [0, ...size(subsection.length + 5), 4, 0x6e, 0x61, 0x6d, 0x65, ...subsection];
      return Uint8Array.from([...plain, ...section]);
    };
    expect(verdicts(named(512), named(513))).toEqual(["activated", "limitExceeded"]);
  });

  test("a program of 131,072 bytes", () => {
    const filled = (data: number): Uint8Array => wat(`(memory (export "memory") 4 4) ${entry} (data (i32.const 0) "${"x".repeat(data)}")`);
    const overhead = filled(100_000).length - 100_000;
    // Such a segment costs too much to predict in 16 bits; the limit on bytes comes before.
    expect(activate(filled(131_072 - overhead), options)).toMatchObject({ fault: { message: expect.stringContaining("cached start") } });
    expect(activate(filled(131_073 - overhead), options)).toMatchObject({ fault: { message: expect.stringContaining("131072 bytes") } });
  });

  test("a prediction that fits 16 bits", () => {
    const data = (bytes: number): Uint8Array => wat(`(memory (export "memory") 2 2) ${entry} (data (i32.const 0) "${"x".repeat(bytes)}")`);
    expect(verdicts(data(86_000), data(87_500))).toEqual(["activated", "limitExceeded"]);
  });
});

describe("features", () => {
  test("several results only before ArbOS 60", () => {
    const pair = wat(`${memory} ${entry} (func (result i32 i32) (i32.const 1) (i32.const 2))`);
    expect([verdict(pair, arbos51), verdict(pair)]).toEqual(["activated", "notSupported"]);
  });

  test("floats can be held and moved, but not computed with", () => {
    const float = (body: string): Uint8Array => wat(`${memory} ${entry} (func (param f32 f64) (local f32) ${body})`);
    for (const body of [
      "(drop (f32.const 1))",
      "(drop (f64.load (i32.const 0)))",
      "(f32.store (i32.const 0) (local.get 0))",
      "(drop (i64.reinterpret_f64 (local.get 1)))",
      "(local.set 2 (local.get 0))",
    ]) {
      expect([body, verdict(float(body))]).toEqual([body, "activated"]);
    }
    for (const body of [
      "(drop (f32.add (local.get 0) (local.get 0)))",
      "(drop (f64.lt (local.get 1) (local.get 1)))",
      "(drop (f64.neg (local.get 1)))",
      "(drop (f64.promote_f32 (local.get 0)))",
      "(drop (i32.trunc_f32_s (local.get 0)))",
      "(drop (i64.trunc_sat_f64_u (local.get 1)))",
      "(drop (f32.convert_i32_s (i32.const 1)))",
    ]) {
      expect([body, verdict(float(body))]).toEqual([body, "notSupported"]);
    }
  });

  test("of bulk memory, copy and fill", () => {
    const bulk = (body: string): Uint8Array => wat(`${memory} ${entry} (data $d "x") (func ${body})`);
    const three = "(i32.const 0) (i32.const 0) (i32.const 0)";
    expect(verdicts(bulk(`(memory.copy ${three})`), bulk(`(memory.init $d ${three})`))).toEqual(["activated", "notSupported"]);
    expect(verdicts(bulk(`(memory.fill ${three})`), bulk("(data.drop $d)"))).toEqual(["activated", "notSupported"]);
  });

  test("bytes that are no module", () => {
    expect(verdict(new Uint8Array(0))).toBe("unexpectedEnd");
    expect(verdict(plain.subarray(0, -3))).toBe("unexpectedEnd");
  });
});

describe("costs", () => {
  test("the smallest program", () => {
    const result = activated(plain);
    // header 8; sections of types 8, functions 4, memory 6, exports 30, code 8
    expect(plain).toHaveLength(64);
    // 64 x 0.31733 -> 20, 1 x 0.17263 -> 0, a page 2217, 31 instructions x 0.535 -> 16
    // (prologue 12, header 12, the constant, giving the frame back 4, return, end)
    expect(result.activationGas).toBe(28 * (20 + 0 + 2217 + 16));
    // 1 x 8.252 -> 8, types 2 x 1.059 -> 2, 64 x 0.1286 -> 8
    expect(result.initCost).toBe(8 + 2 + 8);
    // 1 x 0.1342 -> 0, 2 x 0.00089 -> 0, 64 x 0.00122 -> 0, globals 4 x 1.628 -> 6, a page 5
    expect(result.cachedCost).toBe(0 + 6 + 5);
    // 512,000, 996.829 -> 996, 2 x 11.416 -> 22, 64 x 6.2628 -> 400
    expect(result.asmEstimate).toBe(512_000 + 996 + 22 + 400);
    expect(result.footprint).toBe(1);
    // In version 1 the start pays for the cached start.
    expect(activated(plain, { ...options, parameters: { ...defaultStylusParameters, stylusVersion: 1 } }).initCost).toBe(18 + 11);
  });

  test("functions, types, data, elements, globals and pages", () => {
    const bytes = wat(`(memory (export "memory") 3 3) ${entry} ${"(func (param i32 i64) (result i32) (local.get 0))".repeat(99)}
      (table 40 funcref) (elem (i32.const 2) ${"1 ".repeat(30)}) (global i32 (i32.const 1)) (global i32 (i32.const 1))
      (data (i32.const 70000) "${"d".repeat(1000)}") (data (i32.const 5) "${"e".repeat(100)}")`);
    const result = activated(bytes);
    const size = bytes.length;
    // The element segment: flags 1, offset 3, count 1, 30 indices: 35. Data: 1 + 5 + 2 + 1000 and 1 + 3 + 1 + 100: 1,113.
    // Functions 100, types 2 + 99 x 3 = 299, globals 6, instructions 100 x 31.
    const part = (count: number, millionths: number): number => Math.floor((count * millionths) / 1_000_000);
    expect(result.activationGas).toBe(28 * (part(size, 317_330) + 17 + 191 + 6 + 3 * 2217 + 1658)); // 100 x 0.17263, 1100 and 35 x 0.17376, 3100 x 0.535
    expect(result.cachedCost).toBe(13 + 0 + part(size, 1220) + 9 + 863 + 15); // 100 x 0.1342, 299 x 0.00089, 6 x 1.628, 1148 x 0.75244, 3 pages
    expect(result.initCost).toBe(825 + 316 + part(size, 128_600)); // 100 x 8.252, 299 x 1.059
    expect(result.asmEstimate).toBe(512_000 + 99_682 + 3413 + part(size, 6_262_800)); // 100 x 996.829, 299 x 11.416
    expect(result.footprint).toBe(3);
  });

  test("custom sections count as bytes and stay out of what runs", () => {
    const custom = Uint8Array.from([...plain, 0, 5, 1, 0x78, 1, 2, 3]);
    const [before, after] = [activated(plain), activated(custom)];
    expect(after.bytes).toEqual(before.bytes);
    expect(after.moduleHash).toEqual(before.moduleHash);
    expect(after.asmEstimate - before.asmEstimate).toBe(44); // 71 x 6.2628 -> 444, less 400
  });
});

describe("the module's hash", () => {
  test("holds the instrumented bytes, the code's hash and the version", () => {
    const { bytes, moduleHash } = activated(plain);
    expect(moduleHash).toEqual(keccak256(Uint8Array.from([...bytes, ...zeroHash, 0, 2])));
    expect(moduleHashOf(bytes, zeroHash, 0x1234)).toEqual(keccak256(Uint8Array.from([...bytes, ...zeroHash, 0x12, 0x34])));
    expect(activated(plain, { ...options, codeHash: emptyCodeHash }).moduleHash).not.toEqual(moduleHash);
    expect(activated(wat(`(memory (export "memory") 2 2) ${entry}`)).moduleHash).not.toEqual(moduleHash);
  });
});
