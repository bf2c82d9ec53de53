/** The element and the data section. */
import { valueType } from "../opcodes.ts";
import { WasmFaultError } from "../wasm-fault.ts";
import type { DataSegment, ElementSegment } from "../wasm-module.ts";
import type { WasmLimits } from "../wasm-rules.ts";
import { readByte, readBytes, readU32, type ByteReader } from "./byte-reader.ts";
import { readConstant, readIndices, readVector } from "./sections.ts";

/** Segments, and how many bytes they took with their headers. */
export interface Segments<T> {
  readonly segments: readonly T[];
  readonly encoded: number;
}

/** Reads the element section. Flags: bit 0 not active, bit 1 a table index or declared, bit 2 expressions instead of indices. */
export function readElements(reader: ByteReader, limits: WasmLimits): Segments<ElementSegment> {
  return readSegments(reader, "element segments", limits.elementSegments, () => {
    const start = reader.at;
    const flags = readU32(reader, "the flags of an element segment");
    if (flags > 7) throw new WasmFaultError("badForm", `element segment: expected flags 0 to 7, got ${flags}`, start);
    if (flags > 3)
      throw new WasmFaultError("notSupported", "element segment: expected indices of functions, got expressions (reference types)", start);
    const active = (flags & 1) === 0;
    if (flags === 2) readZeroIndex(reader, "the table of an element segment");
    const offset = active ? readOffset(reader, "element segment") : 0;
    if (flags !== 0) {
      const kind = readByte(reader, "the kind of an element segment");
      if (kind !== 0) throw new WasmFaultError("badForm", `element segment: expected functions (0), got kind ${kind}`, reader.at - 1);
    }
    const mode = active ? "active" : flags === 1 ? "passive" : "declared";
    return { mode, offset, functions: readIndices(reader, "functions of an element segment") };
  });
}

/** Reads the data section. */
export function readData(reader: ByteReader, limits: WasmLimits): Segments<DataSegment> {
  return readSegments(reader, "data segments", limits.dataSegments, () => {
    const start = reader.at;
    const flags = readU32(reader, "the flags of a data segment");
    if (flags > 2) throw new WasmFaultError("badForm", `data segment: expected flags 0 to 2, got ${flags}`, start);
    if (flags === 2) readZeroIndex(reader, "the memory of a data segment");
    const offset = flags === 1 ? 0 : readOffset(reader, "data segment");
    return { mode: flags === 1 ? "passive" : "active", offset, bytes: readBytes(reader, "the bytes of a data segment") };
  });
}

function readSegments<T>(reader: ByteReader, what: string, limit: number, read: () => T): Segments<T> {
  let encoded = 0;
  const segments = readVector(reader, what, limit, () => {
    const start = reader.at;
    const segment = read();
    encoded += reader.at - start;
    return segment;
  });
  return { segments, encoded };
}

function readZeroIndex(reader: ByteReader, what: string): void {
  const start = reader.at;
  const index = readU32(reader, what);
  if (index !== 0) throw new WasmFaultError("unknownIndex", `${what}: expected 0, got ${index}`, start);
}

function readOffset(reader: ByteReader, what: string): number {
  const start = reader.at;
  const { type, bits } = readConstant(reader);
  if (type !== valueType.i32) throw new WasmFaultError("typeMismatch", `${what}: expected an offset of type i32, got another type`, start);
  return Number(bits);
}
