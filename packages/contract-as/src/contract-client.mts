// A contract of the tests, called through its ABI JSON with viem: what any client does.
import type { Hex } from "@trireme/core";
import { decodeErrorResult, decodeEventLog, decodeFunctionResult, encodeFunctionData, type Abi } from "viem";
import { builtExample } from "./built-example.mts";
import type { ContractBuild } from "./build/build-contract.ts";
import { createTestHost, type TestCall, type TestResult } from "./test-host.mts";

type TestHost = ReturnType<typeof createTestHost>;

export interface ContractClient {
  readonly address: Hex;
  readonly host: TestHost;
  readonly build: ContractBuild;
  /** The decoded output. @throws when the call does not succeed */
  read(functionName: string, ...args: readonly unknown[]): unknown;
  /** The decoded logs. @throws when the call does not succeed */
  write(functionName: string, args: readonly unknown[], call?: Omit<TestCall, "to" | "data">): readonly unknown[];
  /** The decoded error of a call that reverts; "failure" for a trap. */
  refusal(functionName: string, args: readonly unknown[], call?: Omit<TestCall, "to" | "data">): unknown;
  raw(functionName: string, args: readonly unknown[], call?: Omit<TestCall, "to" | "data">): TestResult;
  encode(functionName: string, args: readonly unknown[]): Hex;
}

/** Deploys an example on a host. */
export async function openContract(name: string, host: TestHost = createTestHost(), id = 0xc0): Promise<ContractClient> {
  return contractClient(await builtExample(name), host, id);
}

export function contractClient(build: ContractBuild, host: TestHost, id = 0xc0): ContractClient {
  const abi = build.abi as unknown as Abi;
  const address = host.deploy(build.wasm, id);
  const encode = (functionName: string, args: readonly unknown[]): Hex => encodeFunctionData({ abi, functionName, args });
  const raw: ContractClient["raw"] = (functionName, args, call = {}) =>
    host.call({ to: address, data: encode(functionName, args), ...call });
  const done: ContractClient["raw"] = (functionName, args, call) => {
    const result = raw(functionName, args, call);
    if (result.kind !== "success") throw new Error(`${functionName}: ${result.kind} ${result.output}`);
    return result;
  };
  return {
    address,
    host,
    build,
    encode,
    raw,
    read: (functionName, ...args) => decodeFunctionResult({ abi, functionName, data: done(functionName, args).output }),
    write: (functionName, args, call) =>
      done(functionName, args, call).logs.map(({ topics, data }) => {
        const { eventName, args: values } = decodeEventLog({ abi, topics: topics as [Hex, ...Hex[]], data });
        return values === undefined ? { eventName } : { eventName, args: values };
      }),
    refusal: (functionName, args, call) => {
      const { kind, output } = raw(functionName, args, call);
      if (kind === "success") throw new Error(`${functionName} succeeded`);
      if (kind === "failure") return kind;
      if (output === "0x") return output;
      const { errorName, args: values } = decodeErrorResult({ abi, data: output });
      return { errorName, args: values };
    },
  };
}
