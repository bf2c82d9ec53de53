/** Compiled programs by code hash: no state of the chain, only what need not be compiled again. */
import { equalBytes, TriremeError, type Hash, type Host } from "@trireme/core";
import { activate } from "../activation/activate.ts";
import { keyText } from "../hostio/transaction-programs.ts";
import { fragmentReader, readProgramWasm } from "../precompiles/program-wasm.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import { compileProgram, type CompiledProgram } from "./compiled-program.ts";

/** Programs that stay compiled, the ones called last: some hundreds of kilobytes each, with their instances. */
const mostPrograms = 128;

/** Compiled programs of one environment, which has one set of parameters. */
export interface ProgramCache {
  /** The program of an activated code hash; compiled on the first call. */
  get(host: Host, code: Uint8Array, codeHash: Hash): CompiledProgram;
}

/** An empty cache. */
export function createProgramCache(parameters: StylusParameters, isDebug: boolean): ProgramCache {
  const programs = new Map<string, CompiledProgram>();
  /** The newest in the map: programs are called in runs. */
  let last: { readonly codeHash: Hash; readonly program: CompiledProgram } | undefined;
  return {
    get(host, code, codeHash) {
      if (last !== undefined && equalBytes(last.codeHash, codeHash)) return last.program;
      const key = keyText(codeHash);
      const known = programs.get(key);
      if (known !== undefined) programs.delete(key);
      const program = known ?? compile(host, code, codeHash);
      if (programs.size >= mostPrograms) programs.delete(programs.keys().next().value as string);
      programs.set(key, program);
      last = { codeHash: codeHash.slice() as Hash, program };
      return program;
    },
  };

  function compile(host: Host, code: Uint8Array, codeHash: Hash): CompiledProgram {
    const wasm = readProgramWasm(code, parameters, fragmentReader(host));
    const activated = wasm.kind === "bytes" ? activate(wasm.bytes, { parameters, isDebug, codeHash }) : wasm;
    if (activated.kind === "activated") return compileProgram(activated.bytes);
    throw new TriremeError("HOST_FAULT", `expected the code of an activated program to activate again, got: ${activated.fault.message}`);
  }
}
