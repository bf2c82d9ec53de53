/** Compiles one Solidity source with solc, in a worker. */
import { Worker } from "node:worker_threads";
import type { Hex } from "@trireme/core";

/** ABI and bytecode of one contract. */
export interface CompiledContract {
  /** As solc prints it. */
  readonly abi: readonly unknown[];
  /** Creation code. */
  readonly bytecode: Hex;
  /** Code as it stands after deployment, immutables zero. */
  readonly runtimeBytecode: Hex;
}

interface SolcContract {
  readonly abi: readonly unknown[];
  readonly evm: { readonly bytecode: { readonly object: string }; readonly deployedBytecode: { readonly object: string } };
}

interface SolcOutput {
  readonly errors?: readonly { readonly severity: string; readonly formattedMessage: string }[];
  readonly contracts?: Readonly<Record<string, Readonly<Record<string, SolcContract>>>>;
}

/** `imports` are the files that the source imports, by name. @throws Error with solc's own messages when it does not compile. */
export async function compileSolidity(
  name: string,
  source: string,
  contract: string,
  imports: Readonly<Record<string, string>> = {},
): Promise<CompiledContract> {
  const contracts = await compileSources({ ...imports, [name]: source });
  const compiled = contracts[name]?.[contract];
  if (compiled === undefined) throw new Error(`expected ${name} to define ${contract}`);
  return contractFrom(compiled);
}

/**
 * Compiles files that may import one another, all at once, and gives all of their contracts by name.
 * @throws Error with solc's own messages when they do not compile.
 */
export async function compileSolidityFiles(sources: Readonly<Record<string, string>>): Promise<ReadonlyMap<string, CompiledContract>> {
  const contracts = Object.values(await compileSources(sources)).flatMap((file) => Object.entries(file));
  return new Map(contracts.map(([name, compiled]) => [name, contractFrom(compiled)]));
}

async function compileSources(sources: Readonly<Record<string, string>>): Promise<NonNullable<SolcOutput["contracts"]>> {
  const output = await new Promise<SolcOutput>((resolve, reject) => {
    const worker = new Worker(new URL("./solc-worker.mjs", import.meta.url), { workerData: { sources } });
    worker.once("message", (message: SolcOutput) => {
      resolve(message);
      void worker.terminate();
    });
    worker.once("error", reject);
  });
  const errors = (output.errors ?? []).filter(({ severity }) => severity === "error");
  if (errors.length > 0) throw new Error(errors.map(({ formattedMessage }) => formattedMessage).join("\n"));
  return output.contracts ?? {};
}

function contractFrom({ abi, evm }: SolcContract): CompiledContract {
  return { abi, bytecode: `0x${evm.bytecode.object}`, runtimeBytecode: `0x${evm.deployedBytecode.object}` };
}
