/** The contracts of this app, compiled. */
import { readFileSync } from "node:fs";
import { buildContract } from "@trireme/contract-as";
import { bytesToHex } from "@trireme/core";
import { compileSolidityFiles } from "@trireme/testing";
import type { Abi, Hex } from "viem";

/** What a deployment takes. */
export interface Deployable {
  readonly abi: Abi;
  readonly bytecode: Hex;
}

/** Names of the contracts in Solidity. */
export type SolidityName = "DigitNet" | "PackedDigitNet" | "DigitToken" | "GasMeter";

const textOf = (path: string): string => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** The net as a WASM contract, the model in its data. */
export async function buildNet(model: Uint8Array): Promise<Deployable & { readonly codeSize: number; readonly wasmSize: number }> {
  const place = "memory.data<u64>([0])";
  const source = textOf("assembly/digit-net.ts").replace(place, `memory.data<u64>([${wordsOf(model).join()}])`);
  const { abi, initCode, code, wasm } = await buildContract({ source, pages: 2, optimizeFor: "speed" });
  return { abi: abi as unknown as Abi, bytecode: bytesToHex(initCode), codeSize: code.length, wasmSize: wasm.length };
}

/** The contracts in Solidity. */
export async function compileContracts(): Promise<Readonly<Record<SolidityName, Deployable>>> {
  const files = ["DigitNet.sol", "DigitToken.sol", "GasMeter.sol"];
  const compiled = await compileSolidityFiles(Object.fromEntries(files.map((name) => [name, textOf(`contracts/${name}`)])));
  const deployable = (name: SolidityName): Deployable => {
    const contract = compiled.get(name);
    if (contract === undefined) throw new Error(`expected a contract named ${name}`);
    return { abi: contract.abi as Abi, bytecode: contract.bytecode };
  };
  return {
    DigitNet: deployable("DigitNet"),
    PackedDigitNet: deployable("PackedDigitNet"),
    DigitToken: deployable("DigitToken"),
    GasMeter: deployable("GasMeter"),
  };
}

/** Init code of two accounts that hold the halves of the model: a zero byte each, so that nobody can call them, and the bytes. */
export function modelInitCodes(model: Uint8Array): readonly [Hex, Hex] {
  const half = model.length >> 1;
  const initCodeOf = (bytes: Uint8Array): Hex => {
    const size = (bytes.length + 1).toString(16).padStart(4, "0");
    // PUSH2 size, DUP1, PUSH1 10, PUSH0, CODECOPY, PUSH0, RETURN; then the code.
    return `0x61${size}80600a5f395ff300${bytesToHex(bytes).slice(2)}`;
  };
  return [initCodeOf(model.subarray(0, half)), initCodeOf(model.subarray(half))];
}

/** Little-endian numbers of 8 bytes, as AssemblyScript writes them. */
function wordsOf(bytes: Uint8Array): readonly string[] {
  const padded = new Uint8Array(Math.ceil(bytes.length / 8) * 8);
  padded.set(bytes);
  const view = new DataView(padded.buffer);
  return Array.from({ length: padded.length / 8 }, (_, index) => `0x${view.getBigUint64(8 * index, true).toString(16)}`);
}
