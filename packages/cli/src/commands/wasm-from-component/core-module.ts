/** The core module of a component that is one contract. */
import { TriremeError } from "@trireme/core";

/** What is used of WebAssembly: the ES library names no such types. */
interface WebAssemblyApi {
  readonly Module: {
    new (bytes: Uint8Array): object;
    imports(module: object): readonly { readonly module: string; readonly name: string; readonly kind: string }[];
    exports(module: object): readonly { readonly name: string }[];
  };
}

/**
 * The one module that is no wiring. wit-component adds two modules to that of a contract: one with a table through which it
 * imports what needs its memory, and one that fills the table. @throws TriremeError `INVALID_ARGUMENT` for none or several
 */
export function coreModule(modules: readonly Uint8Array[]): Uint8Array {
  const [program, ...others] = modules.filter((module) => !isWiring(module));
  if (program !== undefined && others.length === 0) return program;
  const found = others.length === 0 ? "none" : `${others.length + 1}: ${[program, ...others].map(summaryOf).join("; ")}`;
  throw new TriremeError(
    "INVALID_ARGUMENT",
    `expected one core module beside the component's wiring, got ${found}. Link libraries statically, compose nothing and add no adapter (wasi_snapshot_preview1)`,
  );
}

const tableName = "$imports";

function isWiring(bytes: Uint8Array): boolean {
  const { imports, exports } = namesOf(bytes);
  const isShim = imports.length === 0 && exports.includes(tableName) && exports.every((name) => name === tableName || /^\d+$/.test(name));
  const isFixup = exports.length === 0 && imports.some(({ name, kind }) => name === tableName && kind === "table");
  return isShim || isFixup;
}

function summaryOf(bytes: Uint8Array | undefined): string {
  if (bytes === undefined) return "none";
  const { exports } = namesOf(bytes);
  return `${bytes.length} bytes with ${exports.slice(0, 4).join(", ")}${exports.length > 4 ? ", ..." : ""}`;
}

function namesOf(bytes: Uint8Array) {
  const { WebAssembly } = globalThis as unknown as { readonly WebAssembly: WebAssemblyApi };
  const module = new WebAssembly.Module(bytes);
  return { imports: WebAssembly.Module.imports(module), exports: WebAssembly.Module.exports(module).map(({ name }) => name) };
}
