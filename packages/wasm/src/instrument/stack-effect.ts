/**
 * What an instruction does to the count of values on the stack, by nitro's rules (crates/prover/src/programs/depth.rs):
 * linear, without WebAssembly's polymorphism behind a branch, so that a frame's size is not what an engine would say.
 */
import { opcode, opcodeSpace, opcodeTable } from "../binary/opcodes.ts";
import type { FunctionType, WasmModule } from "../binary/wasm-module.ts";

/** How many values a function takes and gives. */
export interface Arity {
  readonly ins: Uint32Array;
  readonly outs: Uint32Array;
}

/** By opcode: what it pushes (at most 1) less what it pops. Blocks and calls, which depend on types, are 0 here. */
export const stackEffect: Int8Array = effects();

/** The arity of every function, the imports first. */
export function arityOfFunctions({ types, imports, functions }: WasmModule): Arity {
  const count = imports.length + functions.length;
  const arity = { ins: new Uint32Array(count), outs: new Uint32Array(count) };
  for (let index = 0; index < count; index++) {
    const type: FunctionType | undefined = types[imports[index]?.type ?? functions[index - imports.length] ?? 0];
    arity.ins[index] = type?.params.length ?? 0;
    arity.outs[index] = type?.results.length ?? 0;
  }
  return arity;
}

function effects(): Int8Array {
  const table = new Int8Array(opcodeSpace);
  for (const { code, signature } of opcodeTable) {
    if (signature !== undefined) table[code] = signature.results.length - signature.operands.length;
  }
  table[opcode["local.get"]] = 1;
  table[opcode["global.get"]] = 1;
  for (const name of ["drop", "br_if", "br_table", "local.set", "global.set"] as const) table[opcode[name]] = -1;
  table[opcode.select] = -2;
  return table;
}
