/** The same loops as contracts of both kinds, called through one host: AssemblyScript with its meter, Solidity in our EVM. */
import { readFileSync } from "node:fs";
import { addressFromHex, bigintToBytes, bytesToHex, hexToBytes, type Address } from "@trireme/core";
import { codeFromWasm } from "@trireme/contract-as";
import type { WorldState } from "@trireme/state";
import { compileSolidity } from "@trireme/testing";
import { compileAssembly } from "./compile-assembly.mjs";
import { rate, type Benchmark, type Column } from "./measure.ts";
import { asContract, solidityKernels, type SolidityKernel } from "./wasm-kernels.ts";
import { activate, calldata, createWasmWorld, outputOfCall } from "./wasm-world.ts";

const program = addressFromHex("0x00000000000000000000000000000000000000a5");
const contract = addressFromHex("0x00000000000000000000000000000000000005c1");

/** Milliseconds of one round, for each loop. */
export async function createSolidityBenchmarks(): Promise<readonly Benchmark[]> {
  const source = readFileSync(new URL("../contracts/Kernels.sol", import.meta.url), "utf8");
  const { runtimeBytecode } = await compileSolidity("Kernels.sol", source, "Kernels");
  const benchmarks: Benchmark[] = [];
  for (const kernel of solidityKernels) {
    const code = codeFromWasm(await compileAssembly(asContract(kernel)));
    benchmarks.push(kernelBenchmark(kernel, code, hexToBytes(runtimeBytecode)));
  }
  return benchmarks;
}

/** Both must come to the same checksum for the EVM's rounds. */
function kernelBenchmark(kernel: SolidityKernel, wasmCode: Uint8Array, evmCode: Uint8Array): Benchmark {
  const world = createWasmWorld((journal, send) => {
    journal.setCode(program, wasmCode);
    journal.setCode(contract, evmCode);
    activate(send, program);
  });
  const programInput = (rounds: number): Uint8Array => bigintToBytes(BigInt(rounds), 4).reverse();
  const contractInput = (rounds: number): Uint8Array =>
    calldata(kernel.signature, bigintToBytes(BigInt(rounds), 32), ...kernel.more.map((value) => bigintToBytes(value, 32)));
  const { name, unit, rounds, evmRounds } = kernel;
  const left = bytesToHex(outputOfCall(world, program, programInput(evmRounds)).reverse());
  const right = bytesToHex(outputOfCall(world, contract, contractInput(evmRounds)).subarray(28));
  if (left !== right) throw new Error(`${name}: expected the same checksum, got ${left} in WASM and ${right} in the EVM`);
  return {
    name: `${name}, the same in Solidity; checksum ${left}`,
    unit: `ms per ${unit}`,
    higherIsBetter: false,
    columns: [
      column("AssemblyScript, metered", world, program, programInput(rounds), rounds),
      column("Solidity on our EVM", world, contract, contractInput(evmRounds), evmRounds),
    ],
  };
}

function column(name: string, world: WorldState, to: Address, input: Uint8Array, rounds: number): Column {
  const none = (): void => {};
  const call = (): void => void outputOfCall(world, to, input);
  return { name, run: async (milliseconds) => 1000 / (await rate(milliseconds, rounds, none, call)) };
}
