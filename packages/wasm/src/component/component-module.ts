/** A component's core module, held against the world `trireme:contract`: what it imports and exports, by the names that wit-component gives. */
import { checkFunctionType } from "../binary/function-type.ts";
import { quoteName, WasmFaultError } from "../binary/wasm-fault.ts";
import type { FunctionType, WasmModule } from "../binary/wasm-module.ts";
import { contractWorld } from "./contract-world.ts";
import { functionType, type GuestFunctions } from "./entry-point.ts";
import { hostAdapters, type HostAdapter } from "./host-adapters.ts";
import type { LinkedFunction } from "./linked-code.ts";

/** Modules from which the host interface is imported: under its full name, and as the canonical ABI's build target `cm32p2` calls it. */
const hostModules: ReadonlySet<string> = new Set([contractWorld.host, "cm32p2|trireme:contract/host@0.1"]);

/** The names of an export: as wit-component has always known it, and under the build target `cm32p2`. */
const exportNames = {
  memory: ["memory", "cm32p2_memory"],
  call: ["call", "cm32p2||call"],
  postReturn: ["cabi_post_call", "cm32p2||call_post"],
  realloc: ["cabi_realloc", "cm32p2_realloc"],
  initialize: ["_initialize", "cm32p2_initialize"],
} as const;

type Signature = Pick<LinkedFunction, "params" | "results">;

const callType: Signature = { params: ["i32", "i32"], results: ["i32"] };
const reallocType: Signature = { params: ["i32", "i32", "i32", "i32"], results: ["i32"] };
const postReturnType: Signature = { params: ["i32"], results: [] };
const initializerType: Signature = { params: [], results: [] };

/** The host functions that a module imports, in the order of its imports. @throws WasmFaultError for any other import, and for other types */
export function hostImports(module: WasmModule, typeOf: (adapter: HostAdapter) => FunctionType): HostAdapter[] {
  return module.imports.map(({ module: from, name, type }) => {
    const what = `import ${quoteName(from)} ${quoteName(name)}`;
    if (!hostModules.has(from)) throw new WasmFaultError("worldMismatch", `${what}: expected functions of ${contractWorld.host} only`);
    // A name may be that of something every object has.
    const adapter = Object.hasOwn(hostAdapters, name) ? hostAdapters[name] : undefined;
    if (adapter === undefined) throw new WasmFaultError("worldMismatch", `${what}: expected a function of ${contractWorld.host}`);
    checkFunctionType(what, module.types[type], typeOf(adapter), "worldMismatch");
    return adapter;
  });
}

/** The functions that linking calls. @throws WasmFaultError where one is missing or has another type, and for a module without memory */
export function guestFunctions(module: WasmModule): GuestFunctions {
  if (findExport(module, "memory")?.kind !== "memory")
    throw new WasmFaultError("worldMismatch", 'expected the memory as export "memory", got none');
  const initialize = findFunction(module, "initialize", initializerType);
  return {
    call: required(module, "call", callType),
    realloc: required(module, "realloc", reallocType),
    postReturn: findFunction(module, "postReturn", postReturnType),
    initializers: [module.start, initialize].filter((index) => index !== undefined),
  };
}

function required(module: WasmModule, which: keyof typeof exportNames, type: Signature): number {
  const index = findFunction(module, which, type);
  if (index !== undefined) return index;
  throw new WasmFaultError("worldMismatch", `expected a function as export ${quoteName(exportNames[which][0])}, got none`);
}

function findFunction(module: WasmModule, which: keyof typeof exportNames, type: Signature): number | undefined {
  const found = findExport(module, which);
  if (found === undefined) return undefined;
  const what = `export ${quoteName(found.name)}`;
  if (found.kind !== "function") throw new WasmFaultError("worldMismatch", `${what}: expected a function, got a ${found.kind}`);
  const { imports, functions, types } = module;
  const index = imports[found.index]?.type ?? functions[found.index - imports.length] ?? -1;
  checkFunctionType(what, types[index], functionType(type), "worldMismatch");
  return found.index;
}

function findExport({ exports }: WasmModule, which: keyof typeof exportNames): WasmModule["exports"][number] | undefined {
  const names: readonly string[] = exportNames[which];
  return exports.find(({ name }) => names.includes(name));
}
