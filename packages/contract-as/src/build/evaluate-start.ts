/** A contract may have no start function: what its globals' initialisers do is done at build time. */
import type binaryenModule from "binaryen";
import { SourceError } from "../generate/source-error.ts";
import type { CompileOptions } from "./compile-request.ts";

/** The export under which the compiler puts the start function. */
export const startExport = "__start";

/**
 * Runs the start function and makes the globals that it leaves the module's initial ones; the function is no longer
 * exported and the data segments are gone. Returns the memory that it leaves. @throws SourceError when an initialiser calls the host
 */
export function evaluateStart(binaryen: typeof binaryenModule, module: binaryenModule.Module, options: CompileOptions): Uint8Array {
  const globals = Array.from({ length: module.getNumGlobals() }, (_, index) => binaryen.getGlobalInfo(module.getGlobalByIndex(index)));
  const changing = globals.filter(({ mutable }) => mutable);
  for (const { name } of changing) module.addGlobalExport(name, name);
  const exports = run(module.emitBinary());

  for (const { name, type } of changing) {
    const { value } = exports[name] as { readonly value: number | bigint };
    module.removeExport(name);
    module.removeGlobal(name);
    const initial = typeof value === "bigint" ? i64Const(module, value) : module.i32.const(value);
    module.addGlobal(name, type, true, initial);
  }
  module.removeExport(startExport);
  module.removeExport("memory");
  module.setMemory(options.pages, options.maximumPages, "memory", []);
  return new Uint8Array((exports["memory"] as { readonly buffer: ArrayBuffer }).buffer);
}

/** What is used of WebAssembly: the ES library names no such types. */
interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly { readonly name: string }[];
  };
  readonly Instance: new (
    module: object,
    imports: Readonly<Record<string, Readonly<Record<string, unknown>>>>,
  ) => { readonly exports: Readonly<Record<string, unknown>> };
}

function run(wasm: Uint8Array): Readonly<Record<string, unknown>> {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  const compiled = new WebAssembly.Module(new Uint8Array(wasm));
  const refuse = (): never => {
    throw new SourceError("a global's initialiser calls the host: it has to be known when the contract is compiled");
  };
  const hooks = Object.fromEntries(WebAssembly.Module.imports(compiled).map(({ name }) => [name, refuse]));
  const { exports } = new WebAssembly.Instance(compiled, { vm_hooks: hooks });
  try {
    (exports[startExport] as () => void)();
  } catch (error) {
    if (error instanceof SourceError) throw error;
    throw new SourceError(`a global's initialiser fails: ${error instanceof Error ? error.message : String(error)}`);
  }
  return exports;
}

function i64Const(module: binaryenModule.Module, value: bigint): number {
  // Its types still ask for two halves.
  return (module.i64.const as unknown as (value: bigint) => number)(BigInt.asIntN(64, value));
}
