/** Each rule of the encoding with a module that keeps it and one that breaks it. */
import { describe, expect, test } from "vitest";
import { bytesOfSections } from "../../test/module-builder.ts";
import { bytesFromWat } from "../../test/wat.ts";
import { encodeModule } from "../encode/encode-module.ts";
import type { WasmFaultCode } from "../wasm-fault.ts";
import { stylusLimits, wasmRules, type WasmRules } from "../wasm-rules.ts";
import { decodeModule } from "./decode-module.ts";

const rules = wasmRules(60);
const type = [1, 1, 0x60, 0, 0];
const fn = [3, 1, 0];
const body = [10, 1, 2, 0, 0x0b];
const memory = [5, 1, 0, 1];
const table = [4, 1, 0x70, 0, 1];
type Section = [number, ...number[]];
const sections = (...list: number[][]): Uint8Array => bytesOfSections(...(list as Section[]));
const withBody = (...code: number[]): Uint8Array => sections(type, fn, table, memory, [10, 1, code.length, ...code]);
const repeat = (count: number, ...bytes: number[]): number[] => Array.from({ length: count }, () => bytes).flat();

/** Rule, bytes that keep it, bytes that break it, the fault. */
const pairs: readonly (readonly [string, Uint8Array, Uint8Array, WasmFaultCode])[] = [
  ["the magic number", sections(), Uint8Array.of(0, 0x61, 0x73, 0x6e, 1, 0, 0, 0), "badHeader"],
  ["version 1", sections(), Uint8Array.of(0, 0x61, 0x73, 0x6d, 2, 0, 0, 0), "badHeader"],
  ["a whole header", sections(), Uint8Array.of(0, 0x61, 0x73, 0x6d), "unexpectedEnd"],
  ["no component", sections(), Uint8Array.of(0, 0x61, 0x73, 0x6d, 0x0d, 0, 1, 0), "badHeader"],
  ["known sections", sections(type), sections([14, 0]), "badSection"],
  ["no tags (exception handling)", sections(type), sections([13, 0]), "badSection"],
  ["sections in order", sections(type, fn, body), sections(fn, type, body), "badSection"],
  ["sections once", sections(type), sections(type, type), "badSection"],
  ["a section that fits", sections(type), sections(type).subarray(0, -1), "unexpectedEnd"],
  ["a section without a rest", sections(type), sections([...type, 0]), "badSection"],
  ["custom sections anywhere", sections([0, 1, 0x61], type, [0, 1, 0x61, 9, 9]), sections([0, 2, 0x61]), "unexpectedEnd"],
  ["names in UTF-8", sections([0, 2, 0xc3, 0xa4]), sections([0, 2, 0xc3, 0x28]), "badName"],
  ["function types only", sections(type), sections([1, 1, 0x5f, 0]), "badForm"],
  ["number types only", sections([1, 1, 0x60, 4, 0x7c, 0x7d, 0x7e, 0x7f, 0]), sections([1, 1, 0x60, 1, 0x7b, 0]), "notSupported"],
  ["no references as values", sections(type), sections([1, 1, 0x60, 1, 0x70, 0]), "notSupported"],
  [
    "imports of functions only",
    sections(type, [2, 1, 1, 0x61, 1, 0x62, 0, 0]),
    sections(type, [2, 1, 1, 0x61, 1, 0x62, 2, 0, 1]),
    "notSupported",
  ],
  ["a table of functions", sections(type, fn, table, body), sections(type, fn, [4, 1, 0x6f, 0, 1], body), "notSupported"],
  ["one table", sections(type, fn, table, body), sections(type, fn, [4, 2, 0x70, 0, 1, 0x70, 0, 1], body), "limitExceeded"],
  ["one memory", sections(memory), sections([5, 2, 0, 1, 0, 1]), "limitExceeded"],
  ["memory that is not shared", sections([5, 1, 1, 1, 2]), sections([5, 1, 3, 1, 2]), "notSupported"],
  ["memory of 32 bits", sections([5, 1, 1, 1, 2]), sections([5, 1, 4, 1]), "notSupported"],
  ["mutability 0 or 1", sections([6, 1, 0x7f, 1, 0x41, 5, 0x0b]), sections([6, 1, 0x7f, 2, 0x41, 5, 0x0b]), "badForm"],
  ["a global's constant of its type", sections([6, 1, 0x7e, 0, 0x42, 5, 0x0b]), sections([6, 1, 0x7e, 0, 0x41, 5, 0x0b]), "typeMismatch"],
  [
    "a constant of one instruction",
    sections([6, 1, 0x7f, 0, 0x41, 5, 0x0b]),
    sections([6, 1, 0x7f, 0, 0x41, 5, 0x41, 5, 0x6a, 0x0b]),
    "badConstant",
  ],
  ["a constant that is one", sections([6, 1, 0x7f, 0, 0x41, 5, 0x0b]), sections([6, 1, 0x7f, 0, 0x23, 0, 0x0b]), "badConstant"],
  ["export kinds", sections(memory, [7, 1, 1, 0x61, 2, 0]), sections(memory, [7, 1, 1, 0x61, 4, 0]), "badForm"],
  ["element flags", sections(table, [9, 1, 0, 0x41, 0, 0x0b, 0]), sections(table, [9, 1, 8, 0x41, 0, 0x0b, 0]), "badForm"],
  ["elements as indices", sections(table, [9, 1, 2, 0, 0x41, 0, 0x0b, 0, 0]), sections(table, [9, 1, 4, 0x41, 0, 0x0b, 0]), "notSupported"],
  ["elements of functions", sections([9, 1, 1, 0, 0]), sections([9, 1, 1, 1, 0]), "badForm"],
  [
    "elements for table 0",
    sections(table, [9, 1, 2, 0, 0x41, 0, 0x0b, 0, 0]),
    sections(table, [9, 1, 2, 1, 0x41, 0, 0x0b, 0, 0]),
    "unknownIndex",
  ],
  ["data flags", sections(memory, [11, 1, 1, 0]), sections(memory, [11, 1, 3, 0]), "badForm"],
  [
    "data for memory 0",
    sections(memory, [11, 1, 2, 0, 0x41, 0, 0x0b, 0]),
    sections(memory, [11, 1, 2, 1, 0x41, 0, 0x0b, 0]),
    "unknownIndex",
  ],
  ["an offset of type i32", sections(memory, [11, 1, 0, 0x41, 0, 0x0b, 0]), sections(memory, [11, 1, 0, 0x42, 0, 0x0b, 0]), "typeMismatch"],
  ["as many data segments as counted", sections([12, 1], [11, 1, 1, 0]), sections([12, 2], [11, 1, 1, 0]), "badSection"],
  ["as many bodies as functions", sections(type, fn, body), sections(type, fn, [10, 0]), "badSection"],
  ["bodies for functions", sections(type, fn, body), sections(type, fn), "badSection"],
  ["a body that fits", withBody(0, 0x0b), sections(type, fn, [10, 1, 3, 0, 0x0b]), "unexpectedEnd"],
  ["a body that ends", withBody(0, 0x01, 0x0b), withBody(0, 0x0b, 0x01), "badControl"],
  ["348 locals", withBody(1, 0xdc, 2, 0x7f, 0x0b), withBody(1, 0xdd, 2, 0x7f, 0x0b), "limitExceeded"],
  ["348 locals in groups", withBody(2, 0xdb, 2, 0x7f, 1, 0x7e, 0x0b), withBody(2, 0xdb, 2, 0x7f, 2, 0x7e, 0x0b), "limitExceeded"],
  [
    "integers that fit 32 bits",
    withBody(0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x7f, 0x1a, 0x0b),
    withBody(0, 0x41, 0xff, 0xff, 0xff, 0xff, 0x1f, 0x1a, 0x0b),
    "badInteger",
  ],
  [
    "indices that fit 32 bits",
    withBody(0, 0x10, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b),
    withBody(0, 0x10, 0x80, 0x80, 0x80, 0x80, 0x10, 0x0b),
    "badInteger",
  ],
  ["alignments below 32", withBody(0, 0x28, 31, 0, 0x0b), withBody(0, 0x28, 32, 0, 0x0b), "badAlignment"],
  ["the table index as one byte", withBody(0, 0x11, 0, 0, 0x0b), withBody(0, 0x11, 0, 0x80, 0x80, 0x80, 0x80, 0x00, 0x0b), "notSupported"],
  ["the memory index as one byte", withBody(0, 0x3f, 0, 0x1a, 0x0b), withBody(0, 0x3f, 1, 0x1a, 0x0b), "notSupported"],
  ["block types of numbers", withBody(0, 0x02, 0x7c, 0x0b, 0x0b), withBody(0, 0x02, 0x70, 0x0b, 0x0b), "notSupported"],
  ["no floating-point arithmetic", withBody(0, 0x43, 0, 0, 0, 0, 0x1a, 0x0b), withBody(0, 0x92, 0x0b), "notSupported"],
  ["no typed select", withBody(0, 0x1b, 0x0b), withBody(0, 0x1c, 1, 0x7f, 0x0b), "notSupported"],
  ["bulk memory of copy and fill", withBody(0, 0xfc, 0x0b, 0, 0x0b), withBody(0, 0xfc, 0x08, 0, 0, 0x0b), "notSupported"],
  ["opcodes that exist", withBody(0, 0x01, 0x0b), withBody(0, 0x27, 0x0b), "unknownOpcode"],
  [
    "names that nitro can read",
    sections([0, 4, 0x6e, 0x61, 0x6d, 0x65, 0, 2, 1, 0x61]),
    sections([0, 4, 0x6e, 0x61, 0x6d, 0x65, 0, 3, 1, 0x61, 0]),
    "badSection",
  ],
  [
    "function names that nitro can read",
    sections([0, 4, 0x6e, 0x61, 0x6d, 0x65, 1, 4, 1, 0, 1, 0x61, 2, 1, 7]),
    sections([0, 4, 0x6e, 0x61, 0x6d, 0x65, 1, 2, 1, 0]),
    "unexpectedEnd",
  ],
];

describe("decodeModule", () => {
  test.each(pairs)("takes %s", (_rule, kept, broken, code) => {
    const decoded = decodeModule(kept, rules);
    expect(decoded).toMatchObject({ kind: "decoded" });
    expect(decodeModule(broken, rules)).toMatchObject({ kind: "invalid", fault: { code, offset: expect.any(Number) as unknown } });
    // And what was kept stays what it is through an encoding.
    if (decoded.kind === "decoded")
      expect(decodeModule(encodeModule(decoded.module), rules)).toMatchObject({ kind: "decoded", module: decoded.module });
  });

  /** What is limited: a module with `count` of it, by limits that allow two. */
  const limited: readonly (readonly [keyof typeof stylusLimits, (count: number) => Uint8Array])[] = [
    ["imports", (count) => sections(type, [2, count, ...repeat(count, 1, 0x61, 1, 0x62, 0, 0)])],
    ["functions", (count) => sections(type, [3, count, ...repeat(count, 0)], [10, count, ...repeat(count, 2, 0, 0x0b)])],
    ["globals", (count) => sections([6, count, ...repeat(count, 0x7f, 0, 0x41, 5, 0x0b)])],
    ["elementSegments", (count) => sections([9, count, ...repeat(count, 1, 0, 0)])],
    ["dataSegments", (count) => sections([11, count, ...repeat(count, 1, 0)])],
    ["params", (count) => sections([1, 1, 0x60, count, ...repeat(count, 0x7f), 0])],
    ["locals", (count) => withBody(1, count, 0x7f, 0x0b)],
    ["instructions", (count) => withBody(0, ...repeat(count - 1, 0x01), 0x0b)],
    ["branchTargets", (count) => withBody(0, 0x0e, count, ...repeat(count, 0), 0, 0x0b)],
    ["nameBytes", (count) => sections([0, count, ...repeat(count, 0x61)])],
    ["moduleBytes", (count) => sections().subarray(0, count)],
  ];
  test.each(limited)("takes as many as the limit of %s", (limit, bytes) => {
    const least = limit === "moduleBytes" ? 8 : 2;
    const tight: WasmRules = { ...rules, limits: { ...stylusLimits, [limit]: least } };
    expect(decodeModule(bytes(least), tight)).toMatchObject({ kind: "decoded" });
    const tighter: WasmRules = { ...rules, limits: { ...stylusLimits, [limit]: least - 1 } };
    expect(decodeModule(bytes(least), tighter)).toMatchObject({ kind: "invalid", fault: { code: "limitExceeded" } });
  });

  test("a block with a type index is for ArbOS 51", () => {
    const bytes = bytesFromWat("(module (type $t (func)) (func (type $t) (block (type $t) (i32.const 1) (drop))))");
    const indexed = Uint8Array.from(bytes);
    indexed[indexed.indexOf(0x40)] = 0;
    expect([decodeModule(indexed, wasmRules(51)).kind, decodeModule(indexed, rules)]).toMatchObject([
      "decoded",
      { kind: "invalid", fault: { code: "notSupported", offset: indexed.length - 6 } },
    ]);
  });

  test("measures segments with their headers as they came", () => {
    // An offset in five bytes: the canonical form is shorter, the price is that of what came.
    const long = sections(
      memory,
      table,
      [9, 1, 0, 0x41, 0, 0x0b, 0],
      [11, 2, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0, 0x0b, 1, 0xaa, 1, 2, 1, 2],
    );
    const inOrder = sections(
      table,
      memory,
      [9, 1, 0, 0x41, 0, 0x0b, 0],
      [11, 2, 0, 0x41, 0x80, 0x80, 0x80, 0x80, 0, 0x0b, 1, 0xaa, 1, 2, 1, 2],
    );
    expect(decodeModule(long, rules)).toMatchObject({ kind: "invalid", fault: { code: "badSection" } });
    expect(decodeModule(inOrder, rules)).toMatchObject({
      kind: "decoded",
      sizes: { module: inOrder.length, elementSegments: 5, dataSegments: 14 },
    });
  });

  test("keeps a byte order mark in a name", () => {
    const bytes = sections(memory, [7, 1, 4, 0xef, 0xbb, 0xbf, 0x61, 2, 0]);
    const decoded = decodeModule(bytes, rules);
    expect(decoded).toMatchObject({ kind: "decoded", module: { exports: [{ name: "\u{feff}a" }] } });
    if (decoded.kind === "decoded") expect(encodeModule(decoded.module)).toEqual(bytes);
  });

  test("answers for every prefix of a module", () => {
    const bytes =
      bytesFromWat(`(module (import "a" "b" (func)) (memory 1) (global i64 (i64.const -9)) (table 2 funcref) (elem (i32.const 0) 0 1)
      (data (i32.const 8) "xyz") (func (export "f") (param f32) (result i32) (local i64) (block (br_table 0 0 (i32.const 4))) (i32.const 70000)))`);
    const kinds = Array.from({ length: bytes.length + 1 }, (_, length) => {
      const ours = decodeModule(bytes.subarray(0, length), rules).kind === "decoded";
      return ours === WebAssembly.validate(Uint8Array.from(bytes.subarray(0, length)));
    });
    // Between two sections the rest may be missing: such a prefix can be read, and is valid where nothing refers to the rest.
    expect(kinds.filter((same) => !same).length).toBeLessThan(8);
    expect(decodeModule(bytes, rules).kind).toBe("decoded");
  });
});
