/**
 * Mutants of real programs, against V8: what we accept V8 accepts, what we refuse as wrong V8 refuses, and what we
 * accept is the same after an encoding. `TRIREME_MUTANTS` says how many (3,000), `TRIREME_MUTANTS_SEED` which.
 */
import { isDeepStrictEqual } from "node:util";
import { expect, test } from "vitest";
import { mutateBytes } from "../test/mutate-bytes.ts";
import { mutateModule } from "../test/mutate-module.ts";
import { createRandom } from "../test/random.ts";
import { runProgram } from "../test/run-program.ts";
import { assemblyProgram, watPrograms } from "../test/seed-programs.ts";
import { decodeModule } from "./decode/decode-module.ts";
import { encodeModule } from "./encode/encode-module.ts";
import { parseModule } from "./parse-module.ts";
import type { WasmFaultCode } from "./wasm-fault.ts";
import { wasmRules } from "./wasm-rules.ts";

const count = Number(process.env["TRIREME_MUTANTS"] ?? 3000);
const seed = Number(process.env["TRIREME_MUTANTS_SEED"] ?? 1);

/** Refusals of modules that may well be WebAssembly: other features, Stylus' own rules, forms that a later V8 may know. */
const ours: ReadonlySet<WasmFaultCode> = new Set(["notSupported", "limitExceeded", "stylusRule", "badConstant", "badForm"]);

test(`${count} mutants (seed ${seed}) meet V8's judgement`, async () => {
  const programs = [...watPrograms(true), await assemblyProgram()];
  const rules51 = wasmRules(51);
  const rules60 = wasmRules(60);
  const modules = programs.map(({ bytes, calls }) => {
    const parsed = parseModule(bytes, rules51);
    if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
    // An unchanged program does after an encoding what it did before.
    expect(runProgram(encodeModule(parsed.module), calls)).toEqual(runProgram(bytes, calls));
    return parsed.module;
  });
  const random = createRandom(seed);
  const stages = { mutants: 0, decoded: 0, valid: 0, fromBytes: 0, fromBytesDecoded: 0 };
  const faults: Partial<Record<WasmFaultCode, number>> = {};

  for (let i = 0; i < count; i++) {
    const which = random.below(programs.length);
    const program = programs[which];
    const module = modules[which];
    if (program === undefined || module === undefined) continue;
    const rules = random.below(4) === 0 ? rules60 : rules51;
    const fromBytes = random.below(2) === 0;
    const bytes = fromBytes ? mutateBytes(program.bytes, random) : encodeModule(mutateModule(module, random));
    const decoded = decodeModule(bytes, rules);
    const parsed = parseModule(bytes, rules);
    stages.mutants++;
    if (fromBytes) stages.fromBytes++;
    if (decoded.kind === "decoded") {
      stages.decoded++;
      if (fromBytes) stages.fromBytesDecoded++;
      const again = decodeModule(encodeModule(decoded.module), rules);
      // vitest's own comparison takes a millisecond for ten thousand numbers.
      if (again.kind === "invalid" || !isDeepStrictEqual(again.module, decoded.module)) {
        expect(again.kind === "decoded" ? again.module : again.fault).toEqual(decoded.module);
      }
    }
    if (parsed.kind === "decoded") {
      stages.valid++;
      const verdict = { mutant: i, original: WebAssembly.validate(bytes), encoded: WebAssembly.validate(encodeModule(parsed.module)) };
      expect(verdict).toEqual({ mutant: i, original: true, encoded: true });
    } else {
      const { code, message } = parsed.fault;
      faults[code] = (faults[code] ?? 0) + 1;
      if (!ours.has(code))
        expect({ mutant: i, code, message, v8: WebAssembly.validate(bytes) }).toEqual({ mutant: i, code, message, v8: false });
    }
  }

  const share = (part: number, whole: number): string => `${((100 * part) / whole).toFixed(1)} %`;
  console.info(
    `mutants ${stages.mutants}: decoded ${share(stages.decoded, stages.mutants)} (of those damaged as bytes ${share(stages.fromBytesDecoded, stages.fromBytes)}), valid ${share(stages.valid, stages.mutants)}; faults ${JSON.stringify(faults)}`,
  );
  expect(stages.decoded / stages.mutants).toBeGreaterThan(0.2);
  expect(stages.valid).toBeGreaterThan(0);
}, 600_000);
