/** Each rule about types and indices with a module that keeps it and one that breaks it; V8 judges them alike where the rule is the specification's. */
import { describe, expect, test } from "vitest";
import { moduleOf, noType, type TestModule } from "../../test/module-builder.ts";
import { bytesFromWat } from "../../test/wat.ts";
import { encodeModule } from "../encode/encode-module.ts";
import { parseModule } from "../parse-module.ts";
import type { WasmFaultCode } from "../wasm-fault.ts";
import { stylusLimits, wasmRules } from "../wasm-rules.ts";
import { validateModule } from "./validate-module.ts";

const rules = wasmRules(60);

/** Rule, fields of a module that keeps it, fields that break it, the fault. */
const specification: readonly (readonly [string, string, string, WasmFaultCode])[] = [
  [
    "operands of the right type",
    "(func (drop (i32.add (i32.const 1) (i32.const 2))))",
    "(func (drop (i32.add (i32.const 1) (i64.const 2))))",
    "typeMismatch",
  ],
  ["operands at all", "(func (drop (i32.const 1)))", "(func drop)", "typeMismatch"],
  ["operands of the own block", "(func (i32.const 1) (drop) (block))", "(func (i32.const 1) (block (drop)))", "typeMismatch"],
  ["a result", "(func (result i32) (i32.const 1))", "(func (result i32))", "typeMismatch"],
  ["no more than the result", "(func (result i32) (i32.const 1))", "(func (result i32) (i32.const 1) (i32.const 2))", "typeMismatch"],
  [
    "a block's result",
    "(func (drop (block (result i64) (i64.const 1))))",
    "(func (drop (block (result i64) (i32.const 1))))",
    "typeMismatch",
  ],
  [
    "an if with both arms",
    "(func (drop (if (result i32) (i32.const 1) (then (i32.const 1)) (else (i32.const 2)))))",
    "(func (drop (if (result i32) (i32.const 1) (then (i32.const 1)))))",
    "typeMismatch",
  ],
  [
    "arms of one type",
    "(func (drop (if (result i32) (i32.const 1) (then (i32.const 1)) (else (i32.const 2)))))",
    "(func (drop (if (result i32) (i32.const 1) (then (i32.const 1)) (else (i64.const 2)))))",
    "typeMismatch",
  ],
  [
    "values that a branch carries",
    "(func (drop (block (result i32) (br 0 (i32.const 1)))))",
    "(func (drop (block (result i32) (br 0 (f32.const 1)))))",
    "typeMismatch",
  ],
  [
    "no values that a branch to a loop carries",
    "(func (drop (loop (result i32) (br 0))))",
    "(func (block (result i32) (loop (result i32) (i32.const 1) (br 1) drop (br_if 0 (i64.const 1)))) drop)",
    "typeMismatch",
  ],
  ["labels that exist", "(func (block (br 1)))", "(func (block (br 2)))", "unknownIndex"],
  ["a condition of type i32", "(func (br_if 0 (i32.const 1)))", "(func (br_if 0 (i64.const 1)))", "typeMismatch"],
  ["a br_table on i32", "(func (block (br_table 0 1 (i32.const 1))))", "(func (block (br_table 0 1 (i64.const 1))))", "typeMismatch"],
  [
    "labels of a br_table that exist",
    "(func (block (br_table 0 1 (i32.const 1))))",
    "(func (block (br_table 0 5 1 (i32.const 1))))",
    "unknownIndex",
  ],
  [
    "labels of a br_table with equally many values",
    "(func (result i32) (block (result i32) (br_table 0 1 (i32.const 1) (i32.const 1))))",
    "(func (result i32) (block (br_table 0 1 (i32.const 1) (i32.const 1))) (i32.const 1))",
    "typeMismatch",
  ],
  [
    "labels of a br_table in unreachable code",
    "(func (result i32) (block (result i64) (unreachable) (br_table 0 1 0)) (drop) (i32.const 1))",
    "(func (result i32) (block (unreachable) (br_table 0 1 0)) (i32.const 1))",
    "typeMismatch",
  ],
  ["a return's value", "(func (result i32) (return (i32.const 1)))", "(func (result i32) (return (i64.const 1)))", "typeMismatch"],
  [
    "anything in unreachable code",
    "(func (result i32) (unreachable) (i32.add))",
    "(func (result i32) (unreachable) (i64.add))",
    "typeMismatch",
  ],
  [
    "what unreachable code makes itself",
    "(func (unreachable) (i32.const 1) (i32.eqz) (drop))",
    "(func (unreachable) (i64.const 1) (i32.eqz) (drop))",
    "typeMismatch",
  ],
  ["nothing left over in unreachable code", "(func (unreachable))", "(func (unreachable) (i32.const 1))", "typeMismatch"],
  [
    "a select of one type",
    "(func (drop (select (i64.const 1) (i64.const 2) (i32.const 0))))",
    "(func (drop (select (i64.const 1) (i32.const 2) (i32.const 0))))",
    "typeMismatch",
  ],
  [
    "a select whose type the stack knows",
    "(func (result i64) (unreachable) (i64.const 1) (i32.const 0) (select))",
    "(func (result i32) (unreachable) (i64.const 1) (i32.const 0) (select))",
    "typeMismatch",
  ],
  [
    "a select of nothing known",
    "(func (result f32) (unreachable) (select))",
    "(func (result f32) (unreachable) (select) (i64.const 1))",
    "typeMismatch",
  ],
  [
    "locals that exist",
    "(func (param i32) (local i64) (local.set 1 (i64.const 1)))",
    "(func (param i32) (local i64) (local.set 2 (i64.const 1)))",
    "unknownIndex",
  ],
  [
    "locals of the right type",
    "(func (param i32) (local i64) (local.set 1 (i64.const 1)))",
    "(func (param i32) (local i64) (local.set 0 (i64.const 1)))",
    "typeMismatch",
  ],
  [
    "a tee that leaves its type",
    "(func (param i32) (result i32) (local.tee 0 (i32.const 1)))",
    "(func (param i32) (result i64) (local.tee 0 (i32.const 1)))",
    "typeMismatch",
  ],
  [
    "globals that exist",
    "(global i32 (i32.const 1)) (func (drop (global.get 0)))",
    "(global i32 (i32.const 1)) (func (drop (global.get 1)))",
    "unknownIndex",
  ],
  [
    "globals that may change",
    "(global (mut i32) (i32.const 1)) (func (global.set 0 (i32.const 1)))",
    "(global i32 (i32.const 1)) (func (global.set 0 (i32.const 1)))",
    "immutableGlobal",
  ],
  [
    "globals of the right type",
    "(global (mut i32) (i32.const 1)) (func (global.set 0 (i32.const 1)))",
    "(global (mut i32) (i32.const 1)) (func (global.set 0 (i64.const 1)))",
    "typeMismatch",
  ],
  ["functions that exist", "(func (call 0))", "(func (call 1))", "unknownIndex"],
  ["a call's arguments", "(func (param i64) (call 0 (i64.const 1)))", "(func (param i64) (call 0 (i32.const 1)))", "typeMismatch"],
  ["a call's result", "(func (result i64) (call 0))", "(func (result i64) (call 0) (i32.eqz))", "typeMismatch"],
  [
    "an indirect call's table",
    "(table 1 funcref) (type (func)) (func (call_indirect (type 0) (i32.const 0)))",
    "(type (func)) (func (call_indirect (type 0) (i32.const 0)))",
    "unknownIndex",
  ],
  [
    "an indirect call's index",
    "(table 1 funcref) (type (func)) (func (call_indirect (type 0) (i32.const 0)))",
    "(table 1 funcref) (type (func)) (func (call_indirect (type 0) (i64.const 0)))",
    "typeMismatch",
  ],
  [
    "an indirect call's arguments",
    "(table 1 funcref) (type (func (param i32))) (func (call_indirect (type 0) (i32.const 0) (i32.const 0)))",
    "(table 1 funcref) (type (func (param i32))) (func (call_indirect (type 0) (i32.const 0)))",
    "typeMismatch",
  ],
  ["a memory for loads", "(memory 1) (func (drop (i32.load (i32.const 0))))", "(func (drop (i32.load (i32.const 0))))", "unknownIndex"],
  ["a memory for its size", "(memory 1) (func (drop (memory.size)))", "(func (drop (memory.size)))", "unknownIndex"],
  [
    "a memory for copies",
    "(memory 1) (func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
    "(func (memory.copy (i32.const 0) (i32.const 0) (i32.const 0)))",
    "unknownIndex",
  ],
  [
    "natural alignment",
    "(memory 1) (func (drop (i64.load32_u align=4 (i32.const 0))))",
    "(memory 1) (func (drop (i64.load32_u align=8 (i32.const 0))))",
    "badAlignment",
  ],
  ["65,536 pages", "(memory 0 65536) (func)", "(memory 0 65537) (func)", "badLimits"],
  ["limits in order", "(memory 3 3) (func)", "(memory 3 2) (func)", "badLimits"],
  ["a table in order", "(table 3 3 funcref) (func)", "(table 3 2 funcref) (func)", "badLimits"],
  ["a start without a type", "(func $f) (start $f)", "(func $f (param i32)) (start $f)", "typeMismatch"],
  ["a start that exists", "(func $f) (start 0)", "(func $f) (start 1)", "unknownIndex"],
  ["exports that exist", '(func (export "a"))', '(func) (export "a" (func 1))', "unknownIndex"],
  ["exports of a memory that exists", '(func) (memory 1) (export "a" (memory 0))', '(func) (export "a" (memory 0))', "unknownIndex"],
  ["exports once", '(func (export "a") (export "b"))', '(func (export "a") (export "a"))', "duplicateExport"],
  [
    "elements that exist",
    "(func) (table 1 funcref) (elem (i32.const 0) 0)",
    "(func) (table 1 funcref) (elem (i32.const 0) 1)",
    "unknownIndex",
  ],
  ["passive elements that exist", "(func) (elem func 0)", "(func) (elem func 1)", "unknownIndex"],
  ["a table for elements", "(func) (table 1 funcref) (elem (i32.const 0) 0)", "(func) (elem (i32.const 0) 0)", "unknownIndex"],
  ["a memory for data", '(func) (memory 1) (data (i32.const 0) "a")', '(func) (data (i32.const 0) "a")', "unknownIndex"],
];

/** Rules that are not WebAssembly's: V8 takes both modules. */
const stylus: readonly (readonly [string, string, string])[] = [
  ["a function", "(func)", "(memory 1)"],
  ["data within the memory", '(func) (memory 1) (data (i32.const 65535) "a")', '(func) (memory 1) (data (i32.const 65535) "ab")'],
  ["data at no negative place", '(func) (memory 1) (data (i32.const 0) "")', '(func) (memory 1) (data (i32.const -1) "")'],
  ["elements within the table", "(func) (table 2 funcref) (elem (i32.const 1) 0)", "(func) (table 2 funcref) (elem (i32.const 1) 0 0)"],
  [
    "an import with one type",
    '(import "a" "b" (func)) (import "a" "b" (func))',
    '(import "a" "b" (func)) (import "a" "b" (func (param i32)))',
  ],
  ["no export named as an import", '(import "a" "b" (func)) (func (export "c"))', '(import "a" "b" (func)) (func (export "b"))'],
  [
    "no export whose last part is named as an import",
    '(import "a" "b" (func)) (func (export "b__c"))',
    '(import "a" "b" (func)) (func (export "c__b"))',
  ],
  ["no reserved export", '(func (export "a_stylus"))', '(func (export "stylus_a"))'],
  ["no reserved last part", '(func (export "stylus__a"))', '(func (export "a__stylus"))'],
  ["no reserved import", '(import "stylus" "b" (func))', '(import "a" "stylusb" (func))'],
];

function judge(fields: string): { ours: ReturnType<typeof parseModule>; v8: boolean } {
  const bytes = bytesFromWat(`(module ${fields})`);
  return { ours: parseModule(bytes, rules), v8: WebAssembly.validate(bytes) };
}

describe("the specification", () => {
  test.each(specification)("wants %s", (_rule, kept, broken, code) => {
    expect(judge(kept)).toMatchObject({ ours: { kind: "decoded" }, v8: true });
    expect(judge(broken)).toMatchObject({ ours: { kind: "invalid", fault: { code } }, v8: false });
  });
});

describe("Stylus", () => {
  test.each(stylus)("wants %s", (_rule, kept, broken) => {
    expect(judge(kept)).toMatchObject({ ours: { kind: "decoded" }, v8: true });
    expect(judge(broken)).toMatchObject({ ours: { kind: "invalid", fault: { code: "stylusRule" } }, v8: true });
  });

  test.each([
    ["a type with two results", "(type (func (result i32 i32))) (func)"],
    ["a block with two results", "(func (block (result i32 i32) (i32.const 1) (i32.const 2)) (drop) (drop))"],
    ["a block with a parameter", "(func (i32.const 1) (block (param i32) (drop)))"],
  ])("takes %s until ArbOS 60", (_what, fields) => {
    const bytes = bytesFromWat(`(module ${fields})`);
    expect([parseModule(bytes, wasmRules(51)), parseModule(bytes, rules)]).toMatchObject([
      { kind: "decoded" },
      { kind: "invalid", fault: { code: "notSupported" } },
    ]);
  });
});

describe("validateModule", () => {
  const invalid = (fields: TestModule): unknown => validateModule(moduleOf(fields), rules);

  test("names the instruction that breaks a rule", () => {
    expect(invalid({ lines: [["nop"], ["i32.const", 1], ["i64.eqz"], ["drop"]] })).toEqual({
      kind: "invalid",
      fault: { code: "typeMismatch", message: "expected a value of type i64, got i32", offset: undefined },
      instruction: 2,
    });
  });

  test("parseModule tells its byte", () => {
    const bytes = encodeModule(moduleOf({ lines: [["nop"], ["i32.const", 1], ["i64.eqz"], ["drop"]] }));
    expect(parseModule(bytes, rules)).toMatchObject({ kind: "invalid", fault: { code: "typeMismatch", offset: bytes.lastIndexOf(0x50) } });
  });

  test("finds blocks that do not match, which no text can write", () => {
    expect(invalid({ lines: [["block", -64]] })).toMatchObject({ fault: { code: "badControl" } });
    expect(invalid({ lines: [["block", -64], ["else"], ["end"]] })).toMatchObject({ fault: { code: "badControl" }, instruction: 1 });
    expect(invalid({ lines: [["i32.const"], ["if", -64], ["else"], ["else"], ["end"]] })).toMatchObject({
      fault: { code: "badControl" },
      instruction: 3,
    });
    expect(invalid({ lines: [["end"]] })).toMatchObject({ fault: { code: "badControl" }, instruction: 1 });
    expect(invalid({ types: [noType], functions: Uint32Array.of(0, 0) })).toMatchObject({ fault: { code: "badSection" } });
    expect(invalid({ functions: Uint32Array.of(1) })).toMatchObject({ fault: { code: "unknownIndex" } });
    expect(invalid({ imports: [{ module: "a", name: "b", type: 9 }] })).toMatchObject({ fault: { code: "unknownIndex" } });
  });

  test("bounds the table", () => {
    expect(validateModule(moduleOf({ table: { min: 4096, max: 0xffff_ffff } }), rules)).toEqual({ kind: "valid" });
    expect(invalid({ table: { min: 4097, max: undefined } })).toMatchObject({ fault: { code: "limitExceeded" } });
  });

  test("bounds the operand stack", () => {
    const tight = { ...rules, limits: { ...stylusLimits, stackValues: 2 } };
    const pushes = (count: number): TestModule => ({
      lines: [...Array.from({ length: count }, () => ["i32.const", 1] as const), ["unreachable"]],
    });
    expect(validateModule(moduleOf(pushes(2)), tight)).toEqual({ kind: "valid" });
    expect(validateModule(moduleOf(pushes(3)), tight)).toMatchObject({ kind: "invalid", fault: { code: "limitExceeded" } });
  });
});

describe("modules made to take long", () => {
  const wide = { params: new Uint8Array(1000).fill(0x7f), results: new Uint8Array(0) };
  const many = { params: new Uint8Array(0), results: new Uint8Array(1000).fill(0x7f) };
  const times = (count: number, ...lines: TestModule["lines"] & {}): TestModule["lines"] & {} =>
    Array.from({ length: count }, () => lines).flat();
  const hostile: Readonly<Record<string, TestModule>> = {
    "30,000 nested blocks": { lines: [...times(30_000, ["block", -64]), ...times(30_000, ["end"])] },
    "blocks that all branch to the outermost": { lines: [...times(20_000, ["block", -64]), ["br", 19_999], ...times(20_000, ["end"])] },
    "a br_table of 60,000 depths": {
      lines: [
        ["i32.const", 0],
        ["br_table", 0, 60_000],
      ],
      targets: Array.from({ length: 60_001 }, () => 0),
    },
    "30,000 calls with 1,000 arguments that cannot be reached": {
      types: [noType, wide],
      functions: Uint32Array.of(0),
      imports: [{ module: "a", name: "b", type: 1 }],
      lines: [["unreachable"], ...times(30_000, ["call", 0])],
    },
    "15,000 calls that leave 1,000 values and take them": {
      types: [noType, wide, many],
      imports: [
        { module: "a", name: "b", type: 1 },
        { module: "a", name: "c", type: 2 },
      ],
      lines: times(15_000, ["call", 1], ["call", 0]),
    },
  };
  test.each(Object.entries(hostile))("%s", (_name, fields) => {
    const bytes = encodeModule(moduleOf(fields));
    expect({ ours: parseModule(bytes, wasmRules(51)).kind, v8: WebAssembly.validate(bytes) }).toEqual({ ours: "decoded", v8: true });
  });
});
