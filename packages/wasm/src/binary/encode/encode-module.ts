/** A module to bytes: one canonical encoding of each module. */
import { opcode, valueType } from "../opcodes.ts";
import {
  exportKinds,
  type DataSegment,
  type ElementSegment,
  type FunctionType,
  type Global,
  type Limits,
  type WasmModule,
} from "../wasm-module.ts";
import {
  createByteWriter,
  writeByte,
  writeBytes,
  writeFixed32,
  writeName,
  writeRaw,
  writeS32,
  writeS64,
  writeSized,
  writeU32,
  type ByteWriter,
} from "./byte-writer.ts";
import { writeInstructions } from "./instructions.ts";

/**
 * Encodes a module: integers in the fewest bytes, no empty section, no count of data segments (nothing accepted needs it),
 * equal locals in one group, custom sections at the end. Decoding the bytes gives the module again.
 */
export function encodeModule(module: WasmModule): Uint8Array {
  const { types, imports, functions, table, memory, globals, exports, start, elements, data, customs, code, bodies } = module;
  const writer = createByteWriter(code.opcodes.length * 3 + 1024);
  writeRaw(writer, Uint8Array.of(0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00));
  writeVectorSection(writer, 1, types, (type) => writeType(writer, type));
  writeVectorSection(writer, 2, imports, (item) => {
    writeName(writer, item.module);
    writeName(writer, item.name);
    writeByte(writer, exportKinds.indexOf("function"));
    writeU32(writer, item.type);
  });
  if (functions.length > 0) writeSection(writer, 3, () => writeIndices(writer, functions));
  writeVectorSection(writer, 4, table === undefined ? [] : [table], (limits) => {
    writeByte(writer, 0x70);
    writeLimits(writer, limits);
  });
  writeVectorSection(writer, 5, memory === undefined ? [] : [memory], (limits) => writeLimits(writer, limits));
  writeVectorSection(writer, 6, globals, (global) => writeGlobal(writer, global));
  writeVectorSection(writer, 7, exports, ({ name, kind, index }) => {
    writeName(writer, name);
    writeByte(writer, exportKinds.indexOf(kind));
    writeU32(writer, index);
  });
  if (start !== undefined) writeSection(writer, 8, () => writeU32(writer, start));
  writeVectorSection(writer, 9, elements, (segment) => writeElements(writer, segment));
  writeVectorSection(writer, 10, bodies, (body) =>
    writeSized(writer, () => {
      writeLocals(writer, body.locals);
      writeInstructions(writer, code, body.start, body.end);
    }),
  );
  writeVectorSection(writer, 11, data, (segment) => writeData(writer, segment));
  for (const { name, bytes } of customs) {
    writeSection(writer, 0, () => {
      writeName(writer, name);
      writeRaw(writer, bytes);
    });
  }
  return writer.bytes.slice(0, writer.at);
}

function writeSection(writer: ByteWriter, id: number, write: () => void): void {
  writeByte(writer, id);
  writeSized(writer, write);
}

function writeVectorSection<T>(writer: ByteWriter, id: number, items: readonly T[], write: (item: T) => void): void {
  if (items.length === 0) return;
  writeSection(writer, id, () => {
    writeU32(writer, items.length);
    for (const item of items) write(item);
  });
}

function writeType(writer: ByteWriter, { params, results }: FunctionType): void {
  writeByte(writer, 0x60);
  writeBytes(writer, params);
  writeBytes(writer, results);
}

function writeIndices(writer: ByteWriter, indices: Uint32Array): void {
  writeU32(writer, indices.length);
  for (const index of indices) writeU32(writer, index);
}

function writeLimits(writer: ByteWriter, { min, max }: Limits): void {
  writeByte(writer, max === undefined ? 0 : 1);
  writeU32(writer, min);
  if (max !== undefined) writeU32(writer, max);
}

function writeGlobal(writer: ByteWriter, { type, mutable, bits }: Global): void {
  writeByte(writer, type);
  writeByte(writer, mutable ? 1 : 0);
  const low = Number(BigInt.asIntN(32, bits));
  const high = Number(BigInt.asIntN(32, bits >> 32n));
  if (type === valueType.i32) {
    writeByte(writer, opcode["i32.const"]);
    writeS32(writer, low);
  } else if (type === valueType.i64) {
    writeByte(writer, opcode["i64.const"]);
    writeS64(writer, low, high);
  } else {
    writeByte(writer, type === valueType.f32 ? opcode["f32.const"] : opcode["f64.const"]);
    writeFixed32(writer, low);
    if (type === valueType.f64) writeFixed32(writer, high);
  }
  writeByte(writer, opcode.end);
}

function writeOffset(writer: ByteWriter, offset: number): void {
  writeByte(writer, opcode["i32.const"]);
  writeS32(writer, offset | 0);
  writeByte(writer, opcode.end);
}

function writeElements(writer: ByteWriter, { mode, offset, functions }: ElementSegment): void {
  if (mode === "active") {
    writeByte(writer, 0);
    writeOffset(writer, offset);
  } else {
    writeByte(writer, mode === "passive" ? 1 : 3);
    // The kind of what the segment holds: functions.
    writeByte(writer, 0);
  }
  writeIndices(writer, functions);
}

function writeData(writer: ByteWriter, { mode, offset, bytes }: DataSegment): void {
  writeByte(writer, mode === "active" ? 0 : 1);
  if (mode === "active") writeOffset(writer, offset);
  writeBytes(writer, bytes);
}

function writeLocals(writer: ByteWriter, locals: Uint8Array): void {
  let groups = 0;
  for (let i = 0; i < locals.length; i++) if (locals[i] !== locals[i - 1]) groups++;
  writeU32(writer, groups);
  for (let i = 0; i < locals.length;) {
    const start = i;
    while (i < locals.length && locals[i] === locals[start]) i++;
    writeU32(writer, i - start);
    writeByte(writer, locals[start] ?? 0);
  }
}
