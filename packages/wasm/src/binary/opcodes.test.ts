import { describe, expect, test } from "vitest";
import { moduleOf, type Line } from "../test/module-builder.ts";
import { watFromBytes } from "../test/wat.ts";
import { decodeModule } from "./decode/decode-module.ts";
import { encodeModule } from "./encode/encode-module.ts";
import { opcodeInfo, opcodeSpace, opcodeTable, valueType, type Mnemonic, type ValueTypeName } from "./opcodes.ts";
import { parseModule } from "./parse-module.ts";
import type { WasmModule } from "./wasm-module.ts";
import { wasmRules } from "./wasm-rules.ts";

const rules = wasmRules(60);

/** The instruction where nothing can be reached, so that its operands are there, with the blocks that it needs. */
function linesWith(name: Mnemonic): Line[] {
  const before: Line[] = name === "else" ? [["unreachable"], ["if", -64]] : name === "end" ? [["block", -64]] : [["unreachable"]];
  const after: Line[] = ["block", "loop", "if", "else"].includes(name) ? [["end"]] : [];
  const line: Line = ["block", "loop", "if"].includes(name) ? [name, -64] : name === "br_table" ? [name, 0, 2] : [name];
  return [...before, line, ["unreachable"], ...after, ["unreachable"]];
}

const locals = Uint8Array.of(valueType.i64);

describe("every accepted instruction", () => {
  test.each(opcodeTable.map(({ name }) => name))("%s: bytes, V8 and wabt agree with the table", (name) => {
    const module = moduleOf({ lines: linesWith(name), locals, targets: [0, 0, 0] });
    const bytes = encodeModule(module);
    const parsed = parseModule(bytes, rules);
    const expected: WasmModule = name === "br_table" ? module : { ...module, code: { ...module.code, targets: new Uint32Array(0) } };
    expect(parsed).toMatchObject({ kind: "decoded", module: expected });
    expect(WebAssembly.validate(bytes)).toBe(true);
    expect(watFromBytes(bytes)).toMatch(new RegExp(`^\\s*${name.replaceAll(".", "\\.")}( |$)`, "m"));
  });

  const typed = opcodeTable.filter(({ signature }) => signature !== undefined);
  test.each(typed.map((info) => [info.name, info] as const))(
    "%s: V8 takes the operands and results of the table, and no others",
    (name, { signature }) => {
      if (signature === undefined) throw new Error("filtered");
      const types = Object.keys(valueType) as ValueTypeName[];
      const constant = (type: ValueTypeName): Line => [`${type}.const`];
      const verdicts = (operands: readonly ValueTypeName[], results: readonly ValueTypeName[]): boolean[] => {
        const type = { params: new Uint8Array(0), results: Uint8Array.from(results, (result) => valueType[result]) };
        const bytes = encodeModule(moduleOf({ types: [type], lines: [...operands.map(constant), [name]] }));
        return [parseModule(bytes, rules).kind === "decoded", WebAssembly.validate(bytes)];
      };
      const { operands, results } = signature;
      expect(verdicts(operands, results)).toEqual([true, true]);
      for (const position of operands.keys()) {
        for (const other of types.filter((type) => type !== operands[position])) {
          expect(verdicts(operands.with(position, other), results)).toEqual([false, false]);
        }
      }
      expect(verdicts(operands.slice(1), results)).toEqual(operands.length === 0 ? [true, true] : [false, false]);
      for (const other of types.filter((type) => type !== results[0])) expect(verdicts(operands, [other])).toEqual([false, false]);
    },
  );

  test("has the alignment that V8 allows, and no more", () => {
    const accesses = opcodeTable.filter(({ name }) => /\.(load|store)/.test(name));
    const verdicts = (accept: (bytes: Uint8Array) => boolean): string[] =>
      accesses.flatMap(({ name }) =>
        [0, 1, 2, 3, 4].map((alignment) => {
          const bytes = encodeModule(moduleOf({ lines: [["unreachable"], [name, alignment], ["unreachable"]] }));
          return `${name} ${alignment} ${accept(bytes)}`;
        }),
      );
    expect(verdicts((bytes) => parseModule(bytes, rules).kind === "decoded")).toEqual(verdicts((bytes) => WebAssembly.validate(bytes)));
  });
});

describe("every other opcode", () => {
  const codes = Array.from({ length: 0x140 }, (_, code) => code).filter((code) => code !== 0xfc && opcodeInfo(code) === undefined);

  test.each(codes)("%i is refused by name", (code) => {
    const placeholder = moduleOf({ lines: [["unreachable"], ["nop"], ["unreachable"]] });
    const bytes = encodeModule(placeholder);
    const at = bytes.indexOf(0x01, bytes.length - 5);
    const opcode = code < 0x100 ? [code] : [0xfc, code - 0x100];
    const mutant = Uint8Array.from([...bytes.subarray(0, at), ...opcode, ...bytes.subarray(at + 1)]);
    // The body and its section grew by a byte where the opcode has two.
    for (const size of opcode.length > 1 ? [at - 3, at - 5] : []) mutant[size] = (mutant[size] ?? 0) + 1;
    const decoded = decodeModule(mutant, rules);
    expect(decoded).toMatchObject({ kind: "invalid", fault: { offset: at } });
    if (decoded.kind === "invalid") expect(["notSupported", "unknownOpcode"]).toContain(decoded.fault.code);
    // What nobody defines is unknown to V8 too.
    if (decoded.kind === "invalid" && decoded.fault.code === "unknownOpcode") expect(WebAssembly.validate(mutant)).toBe(false);
  });

  test("is outside the table", () => {
    expect(opcodeTable.every(({ code }) => code < opcodeSpace)).toBe(true);
    expect(opcodeInfo(opcodeSpace)).toBeUndefined();
  });
});
