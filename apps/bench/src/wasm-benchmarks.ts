/** Programs as Stylus meters them: against the same modules without meter, against Solidity, and an ERC-20 of each kind. */
import { parseModule, encodeModule, hostExport, instrument, wasmRules, type InstrumentedExports } from "@trireme/wasm";
import { compileAssembly } from "./compile-assembly.mjs";
import { rate, type Benchmark } from "./measure.ts";
import { createSolidityBenchmarks } from "./wasm-solidity-benchmarks.ts";
import { createTokenBenchmarks } from "./wasm-token-benchmark.ts";
import { asLoop, kernels, type Kernel } from "./wasm-kernels.ts";

/** More than any run spends; below the 2^53 that a meter holds. */
const ink = 2 ** 53 - 1;
const stackWords = 22_000;

/** The benchmarks of WASM. */
export async function createWasmBenchmarks(): Promise<readonly Benchmark[]> {
  const benchmarks: Benchmark[] = [];
  for (const kernel of kernels) benchmarks.push(await kernelBenchmark(kernel));
  return [...benchmarks, ...(await createSolidityBenchmarks()), ...(await createTokenBenchmarks())];
}

/** Both modules must come to the same checksum. The aim is the other way round: metered at 1.6 times the time is a ratio of 0.625. */
async function kernelBenchmark(kernel: Kernel): Promise<Benchmark> {
  const { name, rounds } = kernel;
  const bytes = await compileAssembly(asLoop(kernel));
  const metered = meteredBytes(bytes);
  const plain = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes))).exports as unknown as InstrumentedExports;
  const exports = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(metered))).exports as unknown as InstrumentedExports;
  const runMetered = (): number => {
    exports[hostExport.begin](ink, stackWords);
    return exports.user_entrypoint(rounds);
  };
  const runPlain = (): number => plain.user_entrypoint(rounds);
  const [left, right] = [runMetered(), runPlain()];
  if (left !== right) throw new Error(`${name}: expected the same checksum, got ${left} metered and ${right} unmetered`);
  const column = (run: () => number) => (milliseconds: number) =>
    rate(
      milliseconds,
      rounds,
      () => {},
      () => {
        run();
      },
    );
  return {
    name: `${name}; ${bytes.length} bytes, ${metered.length} metered (x ${(metered.length / bytes.length).toFixed(2)})`,
    unit: "per second",
    higherIsBetter: true,
    ...(name === "keccak-f" ? { aim: 1 / 1.6 } : {}),
    columns: [
      { name: "metered", run: column(runMetered) },
      { name: "unmetered", run: column(runPlain) },
    ],
  };
}

function meteredBytes(bytes: Uint8Array): Uint8Array {
  const parsed = parseModule(bytes, wasmRules(60));
  if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
  const result = instrument(parsed.module, { isDebug: false });
  if (result.kind === "invalid") throw new Error(result.fault.message);
  return encodeModule(result.module);
}
