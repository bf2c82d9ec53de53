/** The fast middlewares against plain ones, and a program with its meters against the same without. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { encodeModule } from "../binary/encode/encode-module.ts";
import { validateModule } from "../binary/validate/validate-module.ts";
import { wasmRules } from "../binary/wasm-rules.ts";
import type { WasmModule } from "../binary/wasm-module.ts";
import { ampleInk, ampleStack, moduleFromWat, outcomeOf, startMetered, startPlain, type MeteredExports } from "../test/metered.ts";
import { mutateModule } from "../test/mutate-module.ts";
import { plainBody, plainInstrument } from "../test/plain-middlewares.ts";
import { createRandom } from "../test/random.ts";
import { randomProgram } from "../test/random-program.ts";
import { opcode, type Mnemonic } from "../binary/opcodes.ts";
import { stylusOpcodePrices } from "../pricing/opcode-prices.ts";
import { instrument } from "./instrument.ts";

const hooks = { pay_for_memory_grow: () => undefined };

function price(name: Mnemonic): bigint {
  const ink = stylusOpcodePrices.byOpcode[opcode[name]] ?? Infinity;
  return Number.isFinite(ink) ? BigInt(ink) : 2n ** 64n - 1n;
}

/** The memory's bytes; both programs have one. */
function bytesOf({ memory }: Pick<MeteredExports, "memory">): string {
  return Buffer.from(memory.buffer).toString("latin1");
}

test("one pass writes what the middlewares write one behind the other", () => {
  let compared = 0;
  fc.assert(
    fc.property(fc.integer(), (seed) => {
      const random = createRandom(seed);
      let module: WasmModule = moduleFromWat(randomProgram(random));
      for (let i = 0; i < 12; i++) {
        const mutant = mutateModule(module, random);
        if (validateModule(mutant, wasmRules(51)).kind === "valid") module = mutant;
      }
      const result = instrument(module, { isDebug: true });
      if (result.kind === "invalid") return;
      expect(WebAssembly.validate(encodeModule(result.module))).toBe(true);
      for (const index of module.bodies.keys()) {
        const { ops, frame } = plainInstrument(module, index, price);
        const fast = plainBody(result.module, index);
        expect(result.frames[index]).toBe(frame);
        expect(fast.map((op) => op.join())).toEqual(
          ops.map(([name, first = 0, second = 0]) => (name === "i64.const" ? [name, first] : [name, first, second]).join()),
        );
        compared++;
      }
    }),
    { numRuns: 40 },
  );
  expect(compared).toBeGreaterThan(100);
});

test("with ample ink a program computes what it computes without meters", () => {
  const seen = { value: 0, trap: 0 };
  fc.assert(
    fc.property(fc.integer(), fc.array(fc.tuple(fc.integer(), fc.integer()), { minLength: 1, maxLength: 4 }), (seed, inputs) => {
      const module = moduleFromWat(randomProgram(createRandom(seed)));
      const result = instrument(module, { isDebug: true });
      if (result.kind === "invalid") throw new Error(result.fault.message);
      const metered = startMetered(result.module, hooks);
      const plain = startPlain(module, hooks);
      for (const input of inputs) {
        const expected = outcomeOf(() => plain["run"]?.(...input));
        expect(outcomeOf(() => metered["run"]?.(...input))).toBe(expected);
        expect(metered.trireme_ink_status()).toBe(0);
        expect(metered.trireme_stack_left()).toBeGreaterThan(0);
        expect(bytesOf(metered)).toBe(bytesOf(plain));
        seen[expected === "trap" ? "trap" : "value"]++;
      }
    }),
    { numRuns: 50, seed: 1 },
  );
  expect(seen.value).toBeGreaterThan(20);
  expect(seen.trap).toBeGreaterThan(0);
});

test("with less ink than a program took it is exhausted, with as much it ends as before", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer(), fc.double({ min: 0, max: 1, noNaN: true }), (seed, input, share) => {
      const result = instrument(moduleFromWat(randomProgram(createRandom(seed))), { isDebug: true });
      if (result.kind === "invalid") throw new Error(result.fault.message);
      const first = startMetered(result.module, hooks);
      const expected = outcomeOf(() => first["run"]?.(input, 5));
      const used = ampleInk - first.trireme_ink_left();
      const exact = startMetered(result.module, hooks);
      exact.trireme_begin(used, ampleStack);
      expect([outcomeOf(() => exact["run"]?.(input, 5)), exact.trireme_ink_status(), exact.trireme_ink_left()]).toEqual([expected, 0, 0]);
      const short = startMetered(result.module, hooks);
      short.trireme_begin(Math.floor(share * (used - 1)), ampleStack);
      expect([outcomeOf(() => short["run"]?.(input, 5)), short.trireme_ink_status()]).toEqual(["trap", 1]);
    }),
    { numRuns: 30 },
  );
});
