/** Compiled programs by the hashes of their code: no state of the chain, only what need not be compiled again. */
import { equalBytes, TriremeError, type Hash, type Host } from "@trireme/core";
import { activate } from "../activation/activate.ts";
import { componentKind, parseRoot } from "../activation/component-code.ts";
import { keyText } from "../hostio/transaction-programs.ts";
import { fragmentReader, readProgramWasm } from "../precompiles/program-wasm.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import { compileProgram, type CompiledProgram } from "./compiled-program.ts";

/** How much stays compiled: the programs that were called last. */
export interface ProgramCacheLimits {
  readonly programs: number;
  /** Bytes of instrumented modules; V8 takes some times as much, and each idle instance its memory. */
  readonly bytes: number;
}

/** Whoever calls more programs than these in turn has each compiled for every call, at a price that was meant for a start. */
const defaultLimits: ProgramCacheLimits = { programs: 1024, bytes: 256 * 2 ** 20 };

interface CachedProgram {
  readonly program: CompiledProgram;
  readonly bytes: number;
}

/** Compiled programs of one environment, which has one set of parameters. */
export interface ProgramCache {
  /** The program of activated code, which `codeHash` names; compiled on the first call. */
  get(host: Host, code: Uint8Array, codeHash: Hash): CompiledProgram;
}

/** An empty cache. */
export function createProgramCache(
  parameters: StylusParameters,
  isDebug: boolean,
  limits: ProgramCacheLimits = defaultLimits,
): ProgramCache {
  const programs = new Map<string, CachedProgram>();
  let heldBytes = 0;
  /** The newest in the map: programs are called in runs. */
  let last: { readonly codeHash: Hash; readonly program: CompiledProgram } | undefined;
  return {
    get(host, code, codeHash) {
      if (last !== undefined && equalBytes(last.codeHash, codeHash)) return last.program;
      const key = keyOf(host, code, codeHash);
      const known = programs.get(key);
      if (known !== undefined) programs.delete(key);
      const cached = known ?? compile(host, code, codeHash);
      if (known === undefined) heldBytes += cached.bytes;
      programs.set(key, cached);
      dropOldest();
      const { program } = cached;
      if (key.length === codeHash.length) last = { codeHash: codeHash.slice() as Hash, program };
      return program;
    },
  };

  /** The newest stays, however large it is. */
  function dropOldest(): void {
    for (const [key, { bytes }] of programs) {
      if (programs.size === 1 || (programs.size <= limits.programs && heldBytes <= limits.bytes)) return;
      programs.delete(key);
      heldBytes -= bytes;
    }
  }

  /**
   * A root's code tells where its fragments are, not what they are: in a call with overrides, and behind a create that was
   * reverted, the same address may hold others.
   */
  function keyOf(host: Host, code: Uint8Array, codeHash: Hash): string {
    const parsed = componentKind(code, parameters) === "root" ? parseRoot(code, parameters) : undefined;
    if (parsed?.kind !== "root") return keyText(codeHash);
    return [codeHash, ...parsed.root.fragments.map((address) => host.getCodeHash(address))].map(keyText).join("");
  }

  function compile(host: Host, code: Uint8Array, codeHash: Hash): CachedProgram {
    const wasm = readProgramWasm(code, parameters, fragmentReader(host));
    const activated = wasm.kind === "bytes" ? activate(wasm.bytes, { parameters, isDebug, codeHash }) : wasm;
    if (activated.kind === "activated") return { program: compileProgram(activated.bytes), bytes: activated.bytes.length };
    throw new TriremeError("HOST_FAULT", `expected the code of an activated program to activate again, got: ${activated.fault.message}`);
  }
}
