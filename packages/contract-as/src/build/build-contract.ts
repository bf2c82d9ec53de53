/** From a contract's source to what is deployed. */
import { TriremeError } from "@trireme/core";
import type { CompiledContract, CompileOptions, ContractSource } from "./compile-request.ts";
import { compileOnThread } from "./compile-thread.ts";
import { codeFromWasm, initCodeFromCode } from "./deployable.ts";

/** @see buildContract */
export type BuildOptions = ContractSource & {
  /** Pages of memory (64 KiB); 1 by default. Two are free for a caller. */
  readonly pages?: number;
  /** Pages that the memory may grow to; by default it does not grow. */
  readonly maximumPages?: number;
  /** What the compiler aims at; "size" by default, which is cheaper to deploy, "speed" is cheaper to call. */
  readonly optimizeFor?: CompileOptions["optimizeFor"];
};

/** A contract that can be deployed. */
export interface ContractBuild extends CompiledContract {
  /** The account's code: `EF F0 00 00` and the module, brotli-compressed. */
  readonly code: Uint8Array;
  /** Init code that deploys `code`, for a transaction without recipient. */
  readonly initCode: Uint8Array;
}

/** Activation takes no more. */
const maxPages = 128;

/**
 * Compiles one AssemblyScript file with a class marked `@contract`. The same source gives the same bytes, wherever it lies.
 * @throws (rejects) TriremeError `INVALID_ARGUMENT` for mistakes in the source or options, `LIMIT_EXCEEDED` for a
 * contract that is too large, `HOST_FAULT` when the compiler crashes
 */
export async function buildContract(options: BuildOptions): Promise<ContractBuild> {
  const { pages = 1, maximumPages = pages, optimizeFor = "size", ...from } = options;
  const isRange =
    Number.isInteger(pages) && Number.isInteger(maximumPages) && pages > 0 && maximumPages >= pages && maximumPages <= maxPages;
  if (!isRange)
    throw new TriremeError("INVALID_ARGUMENT", `expected 1 <= pages <= maximumPages <= ${maxPages}, got ${pages} and ${maximumPages}`);
  const contract = await compileOnThread(from, { pages, maximumPages, optimizeFor });
  const code = codeFromWasm(contract.wasm);
  return { ...contract, code, initCode: initCodeFromCode(code) };
}
