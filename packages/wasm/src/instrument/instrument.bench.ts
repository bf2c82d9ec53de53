/** Instrumenting a module of more than 100 KB: `node scripts/run.mjs packages/wasm/src/instrument/instrument.bench.ts`. */
import { encodeModule } from "../binary/encode/encode-module.ts";
import { parseModule } from "../binary/parse-module.ts";
import { wasmRules } from "../binary/wasm-rules.ts";
import { repeatFunctions } from "../test/large-module.ts";
import { assemblyProgram } from "../test/seed-programs.ts";
import { instrument } from "./instrument.ts";

const program = parseModule((await assemblyProgram()).bytes, wasmRules(60));
if (program.kind === "invalid") throw new Error(program.fault.message);

for (const times of [1, 6, 26]) {
  const module = repeatFunctions({ ...program.module, start: undefined }, times);
  const before = encodeModule(module).length;
  let first = 0;
  let best = Number.POSITIVE_INFINITY;
  let after = 0;
  for (let i = 0; i < 100; i++) {
    const start = performance.now();
    const result = instrument(module, { isDebug: true });
    const took = performance.now() - start;
    if (i === 0) first = took;
    best = Math.min(best, took);
    if (result.kind === "invalid") throw new Error(result.fault.message);
    if (i === 0) after = encodeModule(result.module).length;
  }
  const perKb = ((best * 1000) / before).toFixed(3);
  console.info(
    `${before} bytes -> ${after} (x ${(after / before).toFixed(2)}): first ${first.toFixed(1)} ms, best ${best.toFixed(2)} ms, ${perKb} ms per KB`,
  );
}
