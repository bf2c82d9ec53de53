/** The functions behind the user's through which the host reads and writes the meter; `host-exports.ts` says what each does. */
import { createInstructionBuffer, pushInstruction, streamFromBuffer, type InstructionBuffer } from "../binary/instruction-buffer.ts";
import { emptyBlock, opcode, valueType, type ValueTypeName } from "../binary/opcodes.ts";
import type { Export, FunctionBody, FunctionType, Global, WasmModule } from "../binary/wasm-module.ts";
import { hostExport } from "./host-exports.ts";
import type { MeterGlobals } from "./meter-code.ts";

// Stylus takes neither conversion from a program. Saturating: more than any ink stays more than any ink.
const f64ConvertI64U = 0xba;
const i64TruncSatF64U = 0x107;

const hostNames: ReadonlySet<string> = new Set(Object.values(hostExport));

interface HostFunction {
  readonly name: string;
  readonly params: readonly ValueTypeName[];
  readonly results: readonly ValueTypeName[];
  readonly write: (output: InstructionBuffer) => void;
}

/** The module with the host's functions and their exports at the end. */
export function addHostFunctions(module: WasmModule, globals: MeterGlobals): WasmModule {
  const types: FunctionType[] = [...module.types];
  const functions: number[] = [...module.functions];
  // A debug chain keeps exports of any name: the host's go before.
  const exports: Export[] = module.exports.filter(({ name }) => !hostNames.has(name));
  const bodies: FunctionBody[] = [...module.bodies];
  const added = createInstructionBuffer(256);
  const base = module.code.opcodes.length;

  for (const { name, params, results, write } of hostFunctions(module.globals.slice(0, globals.inkLeft), globals)) {
    exports.push({ name, kind: "function", index: module.imports.length + functions.length });
    functions.push(types.length);
    types.push({ params: typeBytes(params), results: typeBytes(results) });
    const start = base + added.length;
    write(added);
    pushInstruction(added, opcode.end, 0, 0);
    bodies.push({ locals: new Uint8Array(0), start, end: base + added.length });
  }
  const tail = streamFromBuffer(added, module.code.targets);
  return {
    ...module,
    types,
    functions: Uint32Array.from(functions),
    exports,
    bodies,
    code: {
      opcodes: concat(Uint16Array, module.code.opcodes, tail.opcodes),
      first: concat(Int32Array, module.code.first, tail.first),
      second: concat(Int32Array, module.code.second, tail.second),
      targets: module.code.targets,
    },
  };
}

function hostFunctions(userGlobals: readonly Global[], globals: MeterGlobals): readonly HostFunction[] {
  const { inkLeft, inkStatus, scratch, stackLeft } = globals;
  const get = (output: InstructionBuffer, global: number): void => pushInstruction(output, opcode["global.get"], global, 0);
  const set = (output: InstructionBuffer, global: number): void => pushInstruction(output, opcode["global.set"], global, 0);
  const i32 = (output: InstructionBuffer, value: number): void => pushInstruction(output, opcode["i32.const"], value, 0);
  const plain = (output: InstructionBuffer, code: number): void => pushInstruction(output, code, 0, 0);
  const ink = (output: InstructionBuffer): void => {
    pushInstruction(output, opcode["local.get"], 0, 0);
    plain(output, i64TruncSatF64U);
  };
  return [
    {
      name: hostExport.begin,
      params: ["f64", "i32"],
      results: [],
      write: (output) => {
        for (const [index, global] of userGlobals.entries()) {
          if (!global.mutable) continue;
          writeConstant(output, global);
          set(output, index);
        }
        for (const global of [inkStatus, scratch]) {
          i32(output, 0);
          set(output, global);
        }
        ink(output);
        set(output, inkLeft);
        pushInstruction(output, opcode["local.get"], 1, 0);
        set(output, stackLeft);
      },
    },
    {
      name: hostExport.buy,
      params: ["f64"],
      results: ["i32"],
      write: (output) => {
        get(output, inkLeft);
        ink(output);
        plain(output, opcode["i64.lt_u"]);
        pushInstruction(output, opcode.if, emptyBlock, 0);
        pushInstruction(output, opcode["i64.const"], 0, 0);
        set(output, inkLeft);
        i32(output, 1);
        set(output, inkStatus);
        i32(output, 0);
        plain(output, opcode.return);
        plain(output, opcode.end);
        get(output, inkLeft);
        ink(output);
        plain(output, opcode["i64.sub"]);
        set(output, inkLeft);
        i32(output, 1);
      },
    },
    {
      name: hostExport.inkLeft,
      params: [],
      results: ["f64"],
      write: (output) => {
        get(output, inkLeft);
        plain(output, f64ConvertI64U);
      },
    },
    {
      name: hostExport.setInk,
      params: ["f64"],
      results: [],
      write: (output) => {
        ink(output);
        set(output, inkLeft);
      },
    },
    { name: hostExport.inkStatus, params: [], results: ["i32"], write: (output) => get(output, inkStatus) },
    { name: hostExport.stackLeft, params: [], results: ["i32"], write: (output) => get(output, stackLeft) },
  ];
}

function writeConstant(output: InstructionBuffer, { type, bits }: Global): void {
  const low = Number(BigInt.asIntN(32, bits));
  const high = Number(BigInt.asIntN(32, bits >> 32n));
  if (type === valueType.i32) pushInstruction(output, opcode["i32.const"], low, 0);
  else if (type === valueType.f32) pushInstruction(output, opcode["f32.const"], low, 0);
  else pushInstruction(output, type === valueType.i64 ? opcode["i64.const"] : opcode["f64.const"], low, high);
}

function typeBytes(names: readonly ValueTypeName[]): Uint8Array {
  return Uint8Array.from(names, (name) => valueType[name]);
}

function concat<T extends Uint16Array | Int32Array>(create: new (length: number) => T, head: T, tail: T): T {
  const joined = new create(head.length + tail.length);
  joined.set(head);
  joined.set(tail, head.length);
  return joined;
}
