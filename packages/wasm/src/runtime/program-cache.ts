/** Compiled programs by the hashes of their code: no state of the chain, only what need not be compiled again. */
import { equalBytes, TriremeError, type Hash, type Host } from "@trireme/core";
import { activate } from "../activation/activate.ts";
import { componentKind, parseRoot } from "../activation/component-code.ts";
import { keyText } from "../hostio/transaction-programs.ts";
import { fragmentReader, readProgramWasm } from "../precompiles/program-wasm.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import { compileProgram, type CompiledProgram } from "./compiled-program.ts";

/** Programs that stay compiled, the ones called last: some hundreds of kilobytes each, with their instances. */
const mostPrograms = 128;

/** Compiled programs of one environment, which has one set of parameters. */
export interface ProgramCache {
  /** The program of activated code, which `codeHash` names; compiled on the first call. */
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
      const key = keyOf(host, code, codeHash);
      const known = programs.get(key);
      if (known !== undefined) programs.delete(key);
      const program = known ?? compile(host, code, codeHash);
      if (programs.size >= mostPrograms) programs.delete(programs.keys().next().value as string);
      programs.set(key, program);
      if (key.length === codeHash.length) last = { codeHash: codeHash.slice() as Hash, program };
      return program;
    },
  };

  /**
   * A root's code tells where its fragments are, not what they are: in a call with overrides, and behind a create that was
   * reverted, the same address may hold others.
   */
  function keyOf(host: Host, code: Uint8Array, codeHash: Hash): string {
    const parsed = componentKind(code, parameters) === "root" ? parseRoot(code, parameters) : undefined;
    if (parsed?.kind !== "root") return keyText(codeHash);
    return [codeHash, ...parsed.root.fragments.map((address) => host.getCodeHash(address))].map(keyText).join("");
  }

  function compile(host: Host, code: Uint8Array, codeHash: Hash): CompiledProgram {
    const wasm = readProgramWasm(code, parameters, fragmentReader(host));
    const activated = wasm.kind === "bytes" ? activate(wasm.bytes, { parameters, isDebug, codeHash }) : wasm;
    if (activated.kind === "activated") return compileProgram(activated.bytes);
    throw new TriremeError("HOST_FAULT", `expected the code of an activated program to activate again, got: ${activated.fault.message}`);
  }
}
