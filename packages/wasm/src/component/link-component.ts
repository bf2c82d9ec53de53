/** A component's core module to a Stylus program: what it imports of the world's host interface becomes code over `vm_hooks`, and what it exports gets an entry point. */
import { importableType } from "../activation/hostio-signatures.ts";
import { decodeModule } from "../binary/decode/decode-module.ts";
import { encodeModule } from "../binary/encode/encode-module.ts";
import { isSameType } from "../binary/function-type.ts";
import { copyInstructions, createInstructionBuffer, pushInstruction, streamFromBuffer } from "../binary/instruction-buffer.ts";
import { opcode, valueType } from "../binary/opcodes.ts";
import { validateModule } from "../binary/validate/validate-module.ts";
import { WasmFaultError, type WasmFault } from "../binary/wasm-fault.ts";
import type { FunctionBody, FunctionImport, FunctionType, Global, WasmModule } from "../binary/wasm-module.ts";
import { wasmRules, type WasmRules } from "../binary/wasm-rules.ts";
import { guestFunctions, hostImports } from "./component-module.ts";
import { allocate, entryPoint, functionType } from "./entry-point.ts";
import { hostAdapters, type HostAdapter } from "./host-adapters.ts";
import type { HostioName, LinkedFunction, LinkedInstruction, WriteCache } from "./linked-code.ts";

/** A program that can be deployed as any other, or why the module cannot become one. */
export type LinkedComponent =
  | { readonly kind: "linked"; readonly bytes: Uint8Array }
  | { readonly kind: "invalid"; readonly fault: WasmFault };

/**
 * Links the core module of a component of the world `trireme:contract`. The same module gives the same bytes. Names, custom
 * sections and exports are not kept. Never throws for any bytes; takes time linear to them.
 */
export function linkComponent(core: Uint8Array): LinkedComponent {
  try {
    const decoded = decodeModule(core, rules);
    if (decoded.kind === "invalid") return decoded;
    assertValid(withoutNames(decoded.module));
    const linked = linkModule(decoded.module);
    assertValid(linked);
    return { kind: "linked", bytes: encodeModule(linked) };
  } catch (error) {
    if (error instanceof WasmFaultError) return { kind: "invalid", fault: error.fault };
    throw error;
  }
}

/** The rules of the newest version, which every version accepts. What a compiler says about its work is not deployed, and may be long. */
const rules: WasmRules = { ...wasmRules(60), limits: { ...wasmRules(60).limits, moduleBytes: 2 ** 24 } };

function assertValid(module: WasmModule): void {
  const validation = validateModule(module, rules);
  if (validation.kind === "invalid") throw new WasmFaultError(validation.fault.code, validation.fault.message);
}

/** Stylus' rules about names hold for the program, not for the component: it may well export `call` and import another `call`. */
function withoutNames(module: WasmModule): WasmModule {
  return { ...module, imports: module.imports.map((item, index) => ({ ...item, name: `${index}` })), exports: [] };
}

/** What stands in a linked program beside the component's own functions. */
interface Linkage {
  /** Host functions, the program's imports. */
  readonly hooks: readonly HostioName[];
  /** Behind the component's functions; the first is `allocate`. */
  readonly functions: readonly LinkedFunction[];
  /** What stands for each import of the component: a host function, or the place of one of `functions`. */
  readonly substitutes: readonly (HostioName | number)[];
}

function linkModule(module: WasmModule): WasmModule {
  const cacheOf = (imports: readonly HostAdapter[]): WriteCache => ({
    isUsed: imports.some((adapter) => adapter === hostAdapters["storage-get"] || adapter === hostAdapters["storage-set"]),
    isWritten: imports.some((adapter) => adapter === hostAdapters["storage-set"]),
    dirty: module.globals.length,
  });
  const imports = hostImports(module, ({ code }) => (typeof code === "string" ? hostioType(code) : functionType(code(cacheOf([])))));
  const guest = guestFunctions(module);
  const cache = cacheOf(imports);

  const functions: LinkedFunction[] = [allocate(guest), entryPoint(guest, cache)];
  const entry = functions.length - 1;
  const places = new Map<HostAdapter, HostioName | number>();
  for (const adapter of imports) {
    if (places.has(adapter)) continue;
    places.set(adapter, typeof adapter.code === "string" ? adapter.code : functions.push(adapter.code(cache)) - 1);
  }
  const substitutes = imports.map((adapter) => places.get(adapter) ?? 0);
  const linkage: Linkage = { hooks: hooksOf(module, functions, substitutes), functions, substitutes };
  return assemble(module, linkage, entry, cache);
}

/** Every host function that is called, each once. A memory that can grow has to import what growing is paid with. */
function hooksOf({ memory }: WasmModule, functions: readonly LinkedFunction[], substitutes: Linkage["substitutes"]): HostioName[] {
  const called = functions.flatMap(({ body }) => body).flatMap((item) => (typeof item === "object" && "hook" in item ? [item.hook] : []));
  const direct = substitutes.filter((substitute) => typeof substitute === "string");
  const growth: HostioName[] = memory !== undefined && memory.max !== memory.min ? ["pay_for_memory_grow"] : [];
  return [...new Set([...called, ...direct, ...growth])];
}

function assemble(module: WasmModule, { hooks, functions, substitutes }: Linkage, entry: number, cache: WriteCache): WasmModule {
  const types: FunctionType[] = [...module.types];
  const typeIndex = (type: FunctionType): number => {
    const found = types.findIndex((known) => isSameType(known, type));
    return found < 0 ? types.push(type) - 1 : found;
  };
  const imports = hooks.map((name): FunctionImport => ({ module: "vm_hooks", name, type: typeIndex(hostioType(name)) }));
  const linkedAt = hooks.length + module.functions.length;
  const newIndex = (index: number): number => {
    const substitute = substitutes[index];
    if (substitute === undefined) return index - substitutes.length + hooks.length;
    return typeof substitute === "string" ? hooks.indexOf(substitute) : linkedAt + substitute;
  };
  const code = createInstructionBuffer(module.code.opcodes.length + 512);
  copyInstructions(code, module.code, 0, module.code.opcodes.length);
  for (let i = 0; i < code.length; i++) if (code.opcodes[i] === opcode.call) code.first[i] = newIndex(code.first[i] ?? 0);

  const bodies: FunctionBody[] = [...module.bodies];
  for (const { locals, body } of functions) {
    const start = code.length;
    for (const item of body) {
      if (isPlain(item)) pushInstruction(code, opcode[item[0]], item[1] ?? 0, item[2] ?? 0);
      else pushInstruction(code, opcode.call, calledIndex(item), 0);
    }
    pushInstruction(code, opcode.end, 0, 0);
    bodies.push({ locals: new Uint8Array(locals).fill(valueType.i32), start, end: code.length });
  }
  function calledIndex(item: Exclude<LinkedInstruction, readonly unknown[]>): number {
    if (item === "allocate") return linkedAt;
    return "hook" in item ? hooks.indexOf(item.hook) : newIndex(item.guest);
  }
  const dirty: Global = { type: valueType.i32, mutable: true, bits: 0n };
  return {
    ...module,
    imports,
    functions: Uint32Array.from([...module.functions, ...functions.map((added) => typeIndex(functionType(added)))]),
    types,
    globals: cache.isWritten ? [...module.globals, dirty] : module.globals,
    exports: [
      { name: "user_entrypoint", kind: "function", index: linkedAt + entry },
      { name: "memory", kind: "memory", index: 0 },
    ],
    start: undefined,
    elements: module.elements.map((segment) => ({ ...segment, functions: segment.functions.map(newIndex) })),
    code: streamFromBuffer(code, module.code.targets),
    bodies,
    customs: [],
  };
}

function isPlain(item: LinkedInstruction): item is Extract<LinkedInstruction, readonly unknown[]> {
  return Array.isArray(item);
}

function hostioType(name: HostioName): FunctionType {
  const type = importableType("vm_hooks", name, false);
  if (type === undefined) throw new WasmFaultError("unknownIndex", `expected a host function, got ${name}`);
  return type;
}
