/** Decoding, validating and encoding a module of more than 100 KB: `node scripts/run.mjs packages/wasm/src/binary/binary.bench.ts`. */
import { repeatFunctions } from "../test/large-module.ts";
import { assemblyProgram } from "../test/seed-programs.ts";
import { decodeModule } from "./decode/decode-module.ts";
import { encodeModule } from "./encode/encode-module.ts";
import { validateModule } from "./validate/validate-module.ts";
import { wasmRules } from "./wasm-rules.ts";

const rules = wasmRules(60);
const program = decodeModule((await assemblyProgram()).bytes, rules);
if (program.kind === "invalid") throw new Error(program.fault.message);
const bytes = encodeModule(repeatFunctions(program.module, 24));
const decoded = decodeModule(bytes, rules);
if (decoded.kind === "invalid") throw new Error(decoded.fault.message);
const { module } = decoded;
if (validateModule(module, rules).kind === "invalid" || !WebAssembly.validate(bytes)) throw new Error("expected a valid module");
console.info(`${bytes.length} bytes, ${module.bodies.length} functions, ${module.code.opcodes.length} instructions`);

/** Prints the best of many runs. */
function measure(what: string, run: () => unknown): void {
  let best = Number.POSITIVE_INFINITY;
  for (let i = 0; i < 200; i++) {
    const start = performance.now();
    run();
    best = Math.min(best, performance.now() - start);
  }
  console.info(`${what.padEnd(32)} ${best.toFixed(2).padStart(7)} ms ${(bytes.length / 1000 / best).toFixed(1).padStart(7)} MB/s`);
}

measure("decode", () => decodeModule(bytes, rules));
measure("validate", () => validateModule(module, rules));
measure("encode", () => encodeModule(module));
measure("decode, validate and encode", () => {
  const again = decodeModule(bytes, rules);
  if (again.kind === "decoded" && validateModule(again.module, rules).kind === "valid") encodeModule(again.module);
});
// V8 remembers its verdict on bytes that it has seen: each time they end otherwise.
const tail = Uint8Array.of(0, 6, 1, 0x61, 0, 0, 0, 0);
const fresh = new Uint8Array(bytes.length + tail.length);
fresh.set(bytes);
fresh.set(tail, bytes.length);
const counter = new DataView(fresh.buffer, fresh.length - 4);
measure("WebAssembly.validate (V8)", () => {
  counter.setUint32(0, counter.getUint32(0) + 1);
  return WebAssembly.validate(fresh);
});
