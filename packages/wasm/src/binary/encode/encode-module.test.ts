/** What is encoded anew does what it did. */
import { describe, expect, test } from "vitest";
import { moduleOf } from "../../test/module-builder.ts";
import { runProgram } from "../../test/run-program.ts";
import { watPrograms } from "../../test/seed-programs.ts";
import { decodeModule } from "../decode/decode-module.ts";
import { parseModule } from "../parse-module.ts";
import type { WasmModule } from "../wasm-module.ts";
import { wasmRules } from "../wasm-rules.ts";
import { encodeModule } from "./encode-module.ts";

const rules = wasmRules(51);
const programs = watPrograms(true);

describe.each(programs.map((program) => [program.name, program] as const))("%s", (_name, { bytes, calls }) => {
  const parsed = parseModule(bytes, rules);
  if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
  const encoded = encodeModule(parsed.module);

  test("does the same after an encoding", () => {
    expect(runProgram(encoded, calls)).toEqual(runProgram(bytes, calls));
  });

  test("is the same module after an encoding, and the same bytes after two", () => {
    const again = decodeModule(encoded, rules);
    expect(again).toMatchObject({ kind: "decoded", module: parsed.module });
    if (again.kind === "decoded") expect(Buffer.from(encodeModule(again.module)).equals(encoded)).toBe(true);
  });
});

test("every field of a module outlives an encoding", () => {
  const module: WasmModule = moduleOf({
    types: [
      { params: Uint8Array.of(0x7f, 0x7e, 0x7d, 0x7c), results: Uint8Array.of(0x7e, 0x7c) },
      { params: new Uint8Array(0), results: new Uint8Array(0) },
    ],
    imports: [{ module: "ä", name: "", type: 1 }],
    table: { min: 300, max: 0xffff_ffff },
    memory: { min: 128, max: undefined },
    globals: [
      { type: 0x7f, mutable: false, bits: 0xffff_ff80n },
      { type: 0x7e, mutable: true, bits: 0x8000_0000_0000_0000n },
      { type: 0x7d, mutable: true, bits: 0x7fc0_0001n },
      { type: 0x7c, mutable: false, bits: 0x7ff4_0000_0000_0001n },
    ],
    exports: [
      { name: "f", kind: "function", index: 1 },
      { name: "t", kind: "table", index: 0 },
      { name: "m", kind: "memory", index: 0 },
      { name: "g", kind: "global", index: 3 },
    ],
    start: 0,
    elements: [
      { mode: "active", offset: 299, functions: Uint32Array.of(1) },
      { mode: "passive", offset: 0, functions: Uint32Array.of(0, 1) },
      { mode: "declared", offset: 0, functions: new Uint32Array(0) },
    ],
    data: [
      { mode: "active", offset: 0xffff_fff0, bytes: Uint8Array.of(1, 2, 3) },
      { mode: "passive", offset: 0, bytes: new Uint8Array(200) },
    ],
    customs: [
      { name: "project_hash", bytes: new Uint8Array(32).fill(7) },
      { name: "empty", bytes: new Uint8Array(0) },
    ],
    locals: Uint8Array.of(0x7f, 0x7f, 0x7e, 0x7f, 0x7c),
    lines: [
      ["i64.const", -1, 0x7fff_ffff],
      ["f64.const", 1, 0x7ff4_0000],
      ["f32.const", 0x7fa0_0001],
      ["br_table", 1, 2],
    ],
    targets: [9, 5, 300, 0],
  });
  // Not valid, but sayable. The depth that no `br_table` uses is not written.
  const { targets, ...stream } = module.code;
  const written = {
    ...module,
    code: { ...stream, first: stream.first.map((value, i) => (stream.opcodes[i] === 0x0e ? 0 : value)), targets: targets.slice(1) },
  };
  expect(decodeModule(encodeModule(module), rules)).toMatchObject({ kind: "decoded", module: written });
});
