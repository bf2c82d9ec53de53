/**
 * Stylus' middlewares over a whole module: start mover, meter, dynamic meter, depth checker, heap bound, in this order
 * (nitro, crates/prover/src/binary.rs `instrument`). What each adds to a body is in `instrument-body.ts`.
 */
import { createInstructionBuffer, streamFromBuffer } from "../binary/instruction-buffer.ts";
import { valueType } from "../binary/opcodes.ts";
import { WasmFaultError } from "../binary/wasm-fault.ts";
import type { Export, FunctionBody, WasmModule } from "../binary/wasm-module.ts";
import { stylusOpcodePrices } from "../pricing/opcode-prices.ts";
import { createBodyWriter } from "./instrument-body.ts";
import { addHostFunctions } from "./host-functions.ts";
import type { MeterGlobals } from "./meter-code.ts";
import type { InstrumentOptions, InstrumentResult } from "./instrument-result.ts";
import { arityOfFunctions } from "./stack-effect.ts";

/** Puts the meters into a valid module. Time and size grow with the module's instructions. Never throws for a valid module. */
export function instrument(module: WasmModule, options: InstrumentOptions): InstrumentResult {
  try {
    return instrumentModule(module, options);
  } catch (error) {
    if (error instanceof WasmFaultError) return { kind: "invalid", fault: error.fault };
    throw error;
  }
}

function instrumentModule(module: WasmModule, options: InstrumentOptions): InstrumentResult {
  const exports = moveStart(module, options.isDebug);
  const globals = meterGlobals(module.globals.length);
  const payFunction = memoryPayFunction(module);

  const output = createInstructionBuffer(module.code.opcodes.length * 4 + 64);
  const write = createBodyWriter({
    source: module.code,
    output,
    functions: arityOfFunctions(module),
    types: module.types,
    globals,
    payFunction,
    prices: options.prices ?? stylusOpcodePrices,
  });
  const bodies: FunctionBody[] = [];
  const frames = new Uint32Array(module.bodies.length);
  for (const [index, body] of module.bodies.entries()) {
    const start = output.length;
    frames[index] = write(body, index);
    bodies.push({ locals: body.locals, start, end: output.length });
  }
  const instructions = output.length;
  const instrumented: WasmModule = {
    ...module,
    memory: boundedMemory(module.memory),
    exports,
    start: undefined,
    globals: [
      ...module.globals,
      meterGlobal(valueType.i64),
      meterGlobal(valueType.i32),
      meterGlobal(valueType.i32),
      meterGlobal(valueType.i32),
    ],
    code: streamFromBuffer(output, module.code.targets),
    bodies,
    customs: [],
  };
  return {
    kind: "instrumented",
    module: addHostFunctions(instrumented, globals),
    instructions,
    globals: instrumented.globals.length,
    frames,
  };
}

/** What a chain that does not debug keeps of a module's exports. */
const keptExports: readonly (readonly [name: string, kind: Export["kind"]])[] = [
  ["user_entrypoint", "function"],
  ["memory", "memory"],
];

/** The start mover: the exports that stay, with the start function among them where it may be. */
function moveStart({ start, exports }: WasmModule, isDebug: boolean): readonly Export[] {
  if (!isDebug) {
    if (start !== undefined) throw new WasmFaultError("stylusRule", `expected no start function, got function ${start}`);
    return exports.filter((item) => keptExports.some(([name, kind]) => name === item.name && kind === item.kind));
  }
  if (start === undefined) return exports;
  return [...exports, { name: "stylus_start", kind: "function", index: start }];
}

/** The middlewares' globals stand behind the user's, in the order in which the middlewares come. */
function meterGlobals(user: number): MeterGlobals {
  return { inkLeft: user, inkStatus: user + 1, scratch: user + 2, stackLeft: user + 3 };
}

function meterGlobal(type: number): WasmModule["globals"][number] {
  return { type, mutable: true, bits: 0n };
}

/** Pages are paid modulo 65,536: growing from no page to all of them would cost nothing, so the last page cannot be had. */
const mostPages = 65_535;

function boundedMemory(memory: WasmModule["memory"]): WasmModule["memory"] {
  return memory === undefined ? undefined : { min: memory.min, max: Math.min(memory.max ?? mostPages, mostPages) };
}

/** The heap bound's rules: the import that every `memory.grow` is paid with, undefined where the memory cannot grow. */
function memoryPayFunction({ memory, exports, imports, types }: WasmModule): number | undefined {
  if (memory === undefined || !exports.some(({ name, kind }) => name === "memory" && kind === "memory")) {
    throw new WasmFaultError("stylusRule", 'expected the memory as export "memory", got none');
  }
  if (memory.min > largestFootprint) {
    throw new WasmFaultError("limitExceeded", `expected a memory of at most ${largestFootprint} pages, got ${memory.min}`);
  }
  if (memory.max === memory.min) return undefined;
  const index = imports.findIndex(({ module, name }) => module === "vm_hooks" && name === "pay_for_memory_grow");
  const type = types[imports[index]?.type ?? -1];
  if (type === undefined) {
    throw new WasmFaultError("stylusRule", "expected the import vm_hooks.pay_for_memory_grow beside a memory that can grow, got none");
  }
  if (type.params.length !== 1 || type.params[0] !== valueType.i32 || type.results.length !== 0) {
    throw new WasmFaultError("stylusRule", "expected vm_hooks.pay_for_memory_grow to take an i32 and give nothing, got another type");
  }
  return index;
}

/** Pages that a memory may have at the start. */
const largestFootprint = 128;
