/** Modules as data, for what text cannot say. */
import { createInstructionBuffer, pushInstruction, streamFromBuffer } from "../binary/instruction-buffer.ts";
import { opcode, type Mnemonic } from "../binary/opcodes.ts";
import type { FunctionType, WasmModule } from "../binary/wasm-module.ts";

/** An instruction and its immediates. */
export type Line = readonly [name: Mnemonic, first?: number, second?: number];

/** What a test module differs in. */
export interface TestModule extends Partial<Omit<WasmModule, "code" | "bodies">> {
  /** Instructions of the only function, of type 0, without its `end`. */
  readonly lines?: readonly Line[];
  readonly locals?: Uint8Array;
  readonly targets?: readonly number[];
}

/** A type without parameters and results. */
export const noType: FunctionType = { params: new Uint8Array(0), results: new Uint8Array(0) };

/** A module with one function, a table, a memory, a mutable global and what is asked for. */
export function moduleOf({ lines = [], locals = new Uint8Array(0), targets = [], ...rest }: TestModule = {}): WasmModule {
  const buffer = createInstructionBuffer(0);
  for (const [name, first = 0, second = 0] of lines) pushInstruction(buffer, opcode[name], first, second);
  pushInstruction(buffer, opcode.end, 0, 0);
  return {
    types: [noType],
    imports: [],
    functions: Uint32Array.of(0),
    table: { min: 1, max: 1 },
    memory: { min: 1, max: undefined },
    globals: [{ type: 0x7f, mutable: true, bits: 7n }],
    exports: [],
    start: undefined,
    elements: [],
    data: [],
    customs: [],
    ...rest,
    code: streamFromBuffer(buffer, Uint32Array.from(targets)),
    bodies: [{ locals, start: 0, end: buffer.length }],
  };
}

/** Bytes of a module of these sections: an id and the content of each. */
export function bytesOfSections(...sections: readonly (readonly [id: number, ...content: number[]])[]): Uint8Array {
  const parts = sections.flatMap(([id, ...content]) => [id, ...lengthBytes(content.length), ...content]);
  return Uint8Array.of(0, 0x61, 0x73, 0x6d, 1, 0, 0, 0, ...parts);
}

function lengthBytes(length: number): number[] {
  return length < 0x80 ? [length] : [(length & 0x7f) | 0x80, length >> 7];
}
