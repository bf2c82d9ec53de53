/** Random ABIs: the generated TypeScript says what viem says of the ABI itself, and solc finds the same functions in the interface. */
import { compileSolidity } from "@trireme/testing";
import fc from "fast-check";
import {
  decodeFunctionData,
  encodeFunctionData,
  toFunctionSelector,
  toFunctionSignature,
  type Abi,
  type AbiFunction,
  type Hex,
} from "viem";
import { describe, expect, it } from "vitest";
import { generateBindings } from "./generate-bindings.ts";
import { functionCases, type FunctionCase } from "./test/abi-cases.mts";
import { generatedClient } from "./test/generated-client.mts";

const item = (name: string, { inputs, outputs }: FunctionCase) => ({ type: "function", name, inputs, outputs, stateMutability: "payable" });

describe("random contracts", () => {
  it("encode calls as viem does from the ABI itself", () => {
    fc.assert(
      fc.property(functionCases, (sample) => {
        const abi = [item("run", sample)] as unknown as Abi;
        const { files } = generateBindings({ document: abi, name: "Sample", languages: ["typescript"] });
        const client = generatedClient(files, "typescript/sample.solana.ts");
        const encode = client["encodeSampleCall"] as (call: unknown) => Hex;
        const { args } = sample;
        const data = encodeFunctionData({ abi, functionName: "run", args });
        expect(encode({ functionName: "run", args })).toBe(data);
        const typed = generatedClient(files, "typescript/sample.abi.ts")["sampleAbi"] as Abi;
        expect(decodeFunctionData({ abi: typed, data })).toEqual(decodeFunctionData({ abi, data }));
      }),
      { numRuns: 80 },
    );
  });

  it("are interfaces in which solc finds the same functions", async () => {
    const samples = fc.sample(functionCases, { numRuns: 30, seed: 20_261_123 });
    const abi = samples.map((sample, index) => item(`run${index}`, sample));
    const { files, warnings } = generateBindings({ document: abi, name: "Sample", languages: ["solidity"] });
    expect(warnings).toEqual([]);
    const compiled = await compileSolidity("ISample.sol", files[0]?.text ?? "", "ISample");
    const shape = (all: readonly unknown[]) =>
      (all as readonly AbiFunction[])
        .map((one) => `${toFunctionSelector(one)} ${toFunctionSignature({ ...one, inputs: one.outputs })} ${one.stateMutability}`)
        .sort();
    expect(shape(compiled.abi)).toEqual(shape(abi));
  });
});
