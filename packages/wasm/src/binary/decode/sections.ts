/** The sections before the code: types, imports, functions, table, memory, globals, exports. */
import { opcode, valueType } from "../opcodes.ts";
import { quoteName, WasmFaultError } from "../wasm-fault.ts";
import { exportKinds, type Export, type FunctionImport, type FunctionType, type Global, type Limits } from "../wasm-module.ts";
import type { WasmLimits } from "../wasm-rules.ts";
import { highHalf, readByte, readCount, readFixed32, readName, readS32, readS64, readU32, type ByteReader } from "./byte-reader.ts";

/** Reads the type section. */
export function readTypes(reader: ByteReader, limits: WasmLimits): FunctionType[] {
  return readVector(reader, "types", undefined, () => {
    const form = readByte(reader, "the form of a type");
    if (form !== 0x60) throw badByte(reader, "a function type (0x60)", form);
    return { params: readValueTypes(reader, "parameters", limits), results: readValueTypes(reader, "results", limits) };
  });
}

/** Reads the import section. */
export function readImports(reader: ByteReader, limits: WasmLimits): FunctionImport[] {
  return readVector(reader, "imports", limits.imports, () => {
    const module = readName(reader, "the module of an import", limits.nameBytes);
    const name = readName(reader, "the name of an import", limits.nameBytes);
    const kind = readByte(reader, "the kind of an import");
    if (kind !== 0) {
      const what = kind < exportKinds.length ? `a ${exportKinds[kind]}` : `kind ${kind}`;
      throw new WasmFaultError(
        "notSupported",
        `import ${quoteName(module)}.${quoteName(name)}: expected a function, got ${what}`,
        reader.at - 1,
      );
    }
    return { module, name, type: readU32(reader, "the type of an import") };
  });
}

/** Reads the function section. */
export function readFunctions(reader: ByteReader, limits: WasmLimits): Uint32Array {
  return readIndices(reader, "functions", limits.functions);
}

/** Reads a vector of indices. */
export function readIndices(reader: ByteReader, what: string, limit?: number): Uint32Array {
  const count = readCount(reader, what, limit);
  const indices = new Uint32Array(count);
  for (let i = 0; i < count; i++) indices[i] = readU32(reader, what);
  return indices;
}

/** Reads the table section: one table of function references, or none. */
export function readTable(reader: ByteReader): Limits | undefined {
  return readVector(reader, "tables", 1, () => {
    const type = readByte(reader, "the type of the table");
    if (type !== 0x70) throw notSupportedByte(reader, "a table of function references (0x70)", type);
    return readLimits(reader, "the table");
  })[0];
}

/** Reads the memory section: one memory, or none. */
export function readMemory(reader: ByteReader): Limits | undefined {
  return readVector(reader, "memories", 1, () => readLimits(reader, "the memory"))[0];
}

/** Reads the global section. */
export function readGlobals(reader: ByteReader, limits: WasmLimits): Global[] {
  return readVector(reader, "globals", limits.globals, () => {
    const type = readValueType(reader);
    const mutability = readByte(reader, "the mutability of a global");
    if (mutability > 1) throw badByte(reader, "a mutability of 0 or 1", mutability);
    const constant = readConstant(reader);
    if (constant.type !== type) {
      throw new WasmFaultError("typeMismatch", `global: expected a constant of its type, got another`, reader.at);
    }
    return { type, mutable: mutability === 1, bits: constant.bits };
  });
}

/** Reads the export section. */
export function readExports(reader: ByteReader, limits: WasmLimits): Export[] {
  return readVector(reader, "exports", undefined, () => {
    const name = readName(reader, "the name of an export", limits.nameBytes);
    const kind = exportKinds[readByte(reader, "the kind of an export")];
    if (kind === undefined) throw badByte(reader, "an export of kind 0 to 3", reader.bytes[reader.at - 1] ?? 0);
    return { name, kind, index: readU32(reader, "the index of an export") };
  });
}

/** Reads a constant expression, which must be one constant: nitro takes no other (`op_as_const`). */
export function readConstant(reader: ByteReader): { type: number; bits: bigint } {
  const start = reader.at;
  const code = readByte(reader, "a constant");
  let constant: { type: number; bits: bigint };
  if (code === opcode["i32.const"]) {
    constant = { type: valueType.i32, bits: BigInt(readS32(reader, "a constant") >>> 0) };
  } else if (code === opcode["i64.const"]) {
    const low = readS64(reader, "a constant");
    constant = { type: valueType.i64, bits: joinHalves(low, highHalf) };
  } else if (code === opcode["f32.const"]) {
    constant = { type: valueType.f32, bits: BigInt(readFixed32(reader, "a constant") >>> 0) };
  } else if (code === opcode["f64.const"]) {
    const low = readFixed32(reader, "a constant");
    constant = { type: valueType.f64, bits: joinHalves(low, readFixed32(reader, "a constant")) };
  } else {
    throw new WasmFaultError("badConstant", `expected one constant, got opcode 0x${code.toString(16)}`, start);
  }
  const last = readByte(reader, "the end of a constant");
  if (last !== opcode.end) throw new WasmFaultError("badConstant", "expected one constant and its end, got more", reader.at - 1);
  return constant;
}

/** Reads one item after the other into an array. */
export function readVector<T>(reader: ByteReader, what: string, limit: number | undefined, read: () => T): T[] {
  const count = readCount(reader, what, limit);
  const items: T[] = [];
  for (let i = 0; i < count; i++) items.push(read());
  return items;
}

/** Reads the byte of a value type. */
export function readValueType(reader: ByteReader): number {
  const type = readByte(reader, "a value type");
  if (type < valueType.f64 || type > valueType.i32) throw notSupportedByte(reader, "a value type i32, i64, f32 or f64", type);
  return type;
}

function readValueTypes(reader: ByteReader, what: string, limits: WasmLimits): Uint8Array {
  const types = new Uint8Array(readCount(reader, what, limits.params));
  for (let i = 0; i < types.length; i++) types[i] = readValueType(reader);
  return types;
}

function readLimits(reader: ByteReader, what: string): Limits {
  const flags = readByte(reader, `the flags of ${what}`);
  if (flags > 1) throw notSupportedByte(reader, `${what} with flags 0 or 1 (not shared, not 64-bit)`, flags);
  const min = readU32(reader, `the size of ${what}`);
  return { min, max: flags === 1 ? readU32(reader, `the largest size of ${what}`) : undefined };
}

function joinHalves(low: number, high: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}

function badByte(reader: ByteReader, expected: string, got: number): WasmFaultError {
  return new WasmFaultError("badForm", `expected ${expected}, got 0x${got.toString(16)}`, reader.at - 1);
}

function notSupportedByte(reader: ByteReader, expected: string, got: number): WasmFaultError {
  return new WasmFaultError("notSupported", `expected ${expected}, got 0x${got.toString(16)}`, reader.at - 1);
}
