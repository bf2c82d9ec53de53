import { expect, test } from "vitest";
import { watPrograms } from "../test/seed-programs.ts";
import { encodeModule } from "./encode/encode-module.ts";
import { copyInstructions, createInstructionBuffer, pushInstruction, streamFromBuffer } from "./instruction-buffer.ts";
import { opcode } from "./opcodes.ts";
import { parseModule } from "./parse-module.ts";
import type { FunctionBody } from "./wasm-module.ts";
import { wasmRules } from "./wasm-rules.ts";

const program = watPrograms(false)[0];
const parsed = program === undefined ? undefined : parseModule(program.bytes, wasmRules(60));

test("instructions can be put in before those of a function, whose br_tables stay what they are", () => {
  if (parsed?.kind !== "decoded") throw new Error("expected a program");
  const { module } = parsed;
  const buffer = createInstructionBuffer(0);
  const bodies = module.bodies.map((body): FunctionBody => {
    const start = buffer.length;
    pushInstruction(buffer, opcode["i32.const"], 5, 0);
    pushInstruction(buffer, opcode.drop, 0, 0);
    copyInstructions(buffer, module.code, body.start, body.end);
    return { ...body, start, end: buffer.length };
  });
  const bytes = encodeModule({ ...module, bodies, code: streamFromBuffer(buffer, module.code.targets) });
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  expect([0, 1, 2, 9].map((kind) => (exports["classify"] as (kind: number) => number)(kind))).toEqual([10, 20, 30, 30]);
});

test("a stream is as long as what was written", () => {
  const buffer = createInstructionBuffer(3);
  for (let i = 0; i < 100; i++) pushInstruction(buffer, opcode["i64.const"], i, -i);
  const { opcodes, first, second } = streamFromBuffer(buffer, new Uint32Array(0));
  expect([opcodes.length, first[99], second[99]]).toEqual([100, 99, -99]);
});
