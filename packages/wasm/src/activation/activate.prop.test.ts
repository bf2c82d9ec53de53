/** Damaged programs: an activation gives a program that V8 accepts too, or a fault. */
import { zeroHash } from "@trireme/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeModule } from "../binary/encode/encode-module.ts";
import type { WasmModule } from "../binary/wasm-module.ts";
import { defaultStylusParameters } from "../pricing/stylus-parameters.ts";
import { moduleFromWat } from "../test/metered.ts";
import { mutateBytes } from "../test/mutate-bytes.ts";
import { mutateModule } from "../test/mutate-module.ts";
import { createRandom, type Random } from "../test/random.ts";
import { randomProgram } from "../test/random-program.ts";
import { activate } from "./activate.ts";

const entry = '(func (export "user_entrypoint") (param i32) (result i32) (call $f3 (local.get 0) (i32.const 1)))';

test("a damaged program is activated or refused by name", () => {
  const seen = { activated: 0, invalid: 0 };
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      const module = moduleFromWat(randomProgram(random).replace('(export "run"', `${entry} (export "run"`));
      for (let i = 0; i < 10; i++) {
        const wasm = i === 0 ? encodeModule(module) : damaged(module, random);
        const result = activate(wasm, { parameters: defaultStylusParameters, codeHash: zeroHash, isDebug: random.below(2) === 0 });
        seen[result.kind]++;
        if (result.kind === "invalid") {
          expect(result.fault.message).toMatch(/expected/);
          continue;
        }
        expect(WebAssembly.validate(result.bytes)).toBe(true);
        // The same bytes give the same program.
        const again = activate(wasm, { parameters: defaultStylusParameters, codeHash: zeroHash, isDebug: false });
        if (again.kind === "activated") expect(again.activationGas).toBe(result.activationGas);
      }
    }),
    { numRuns: 25, seed: 1 },
  );
  // Each program is activated once as it was; some mutants are too.
  expect(seen.activated).toBeGreaterThan(25);
  expect(seen.invalid).toBeGreaterThan(40);
});

function damaged(module: WasmModule, random: Random): Uint8Array {
  return random.below(2) === 0 ? mutateBytes(encodeModule(module), random) : encodeModule(mutateModule(module, random));
}
