/** Bytes to a module: total, in one pass, in time linear to the bytes. */
import { WasmFaultError, type WasmFault } from "../wasm-fault.ts";
import type { WasmModule } from "../wasm-module.ts";
import type { WasmRules } from "../wasm-rules.ts";
import { readByte, readFixed32, readName, readU32, type ByteReader } from "./byte-reader.ts";
import { readBodies, type Code } from "./bodies.ts";
import { checkNameSection } from "./name-section.ts";
import { readData, readElements } from "./segments.ts";
import { readExports, readFunctions, readGlobals, readImports, readMemory, readTable, readTypes } from "./sections.ts";

/** Lengths in the bytes that a module came from: activation is priced by them, and encoding anew may change them. */
export interface EncodedSizes {
  readonly module: number;
  /** Element segments with their headers, all together. */
  readonly elementSegments: number;
  /** Data segments with their headers, all together. */
  readonly dataSegments: number;
}

/** What bytes are: a module, whose names and types are not yet checked, or a fault. */
export type DecodedModule =
  | { readonly kind: "decoded"; readonly module: WasmModule; readonly sizes: EncodedSizes }
  | { readonly kind: "invalid"; readonly fault: WasmFault };

/** Decodes a module. Its names, data and custom sections are views of `bytes`. Never throws for any bytes. */
export function decodeModule(bytes: Uint8Array, rules: WasmRules): DecodedModule {
  try {
    return readModule(bytes, rules);
  } catch (error) {
    if (error instanceof WasmFaultError) return { kind: "invalid", fault: error.fault };
    throw error;
  }
}

/** Where the instructions of a stream stand in the bytes that it was decoded from. `bytes` must be decodable. */
export function instructionOffset(bytes: Uint8Array, rules: WasmRules, instruction: number): number | undefined {
  const offsets: number[] = [];
  readModule(bytes, rules, offsets);
  return offsets[instruction];
}

/** The sections in the order in which they may stand; a custom one (0) stands anywhere. */
const sectionOrder = [1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 10, 11];
const sectionNames = [
  "custom",
  "type",
  "import",
  "function",
  "table",
  "memory",
  "global",
  "export",
  "start",
  "element",
  "code",
  "data",
  "data count",
];

function readModule(bytes: Uint8Array, rules: WasmRules, offsets?: number[]): DecodedModule & { kind: "decoded" } {
  const { limits } = rules;
  if (bytes.length > limits.moduleBytes) {
    throw new WasmFaultError(
      "limitExceeded",
      `expected a module of at most ${limits.moduleBytes} bytes, got ${bytes.length}`,
      limits.moduleBytes,
    );
  }
  const reader: ByteReader = { bytes, at: 0, end: bytes.length };
  readHeader(reader);

  const module: { -readonly [K in keyof Omit<WasmModule, "code" | "bodies">]: WasmModule[K] } = {
    types: [],
    imports: [],
    functions: new Uint32Array(0),
    table: undefined,
    memory: undefined,
    globals: [],
    exports: [],
    start: undefined,
    elements: [],
    data: [],
    customs: [],
  };
  const customs: { name: string; bytes: Uint8Array }[] = [];
  const sizes = { module: bytes.length, elementSegments: 0, dataSegments: 0 };
  let code: Code | undefined;
  let dataCount: number | undefined;
  let previous = -1;

  while (reader.at < bytes.length) {
    const sectionAt = reader.at;
    const id = readByte(reader, "a section");
    const name = sectionNames[id];
    if (name === undefined) throw new WasmFaultError("badSection", `expected a section of 0 to 12, got ${id}`, sectionAt);
    if (id !== 0) {
      const place = sectionOrder.indexOf(id);
      if (place <= previous)
        throw new WasmFaultError("badSection", `expected each section once and in order, got the ${name} section late`, sectionAt);
      previous = place;
    }
    const size = readU32(reader, `the size of the ${name} section`);
    const end = reader.at + size;
    if (end > bytes.length) {
      throw new WasmFaultError("unexpectedEnd", `${name} section: expected ${size} bytes, got ${bytes.length - reader.at}`, reader.at);
    }
    reader.end = end;
    switch (id) {
      case 0: {
        const custom = { name: readName(reader, "the name of a custom section", limits.nameBytes), bytes: bytes.subarray(reader.at, end) };
        if (custom.name === "name") checkNameSection(reader, limits.nameBytes);
        reader.at = end;
        customs.push(custom);
        break;
      }
      case 1:
        module.types = readTypes(reader, limits);
        break;
      case 2:
        module.imports = readImports(reader, limits);
        break;
      case 3:
        module.functions = readFunctions(reader, limits);
        break;
      case 4:
        module.table = readTable(reader);
        break;
      case 5:
        module.memory = readMemory(reader);
        break;
      case 6:
        module.globals = readGlobals(reader, limits);
        break;
      case 7:
        module.exports = readExports(reader, limits);
        break;
      case 8:
        module.start = readU32(reader, "the start function");
        break;
      case 9:
        ({ segments: module.elements, encoded: sizes.elementSegments } = readElements(reader, limits));
        break;
      case 10:
        code = readBodies(reader, rules, module.functions.length, offsets);
        break;
      case 11:
        ({ segments: module.data, encoded: sizes.dataSegments } = readData(reader, limits));
        break;
      default:
        dataCount = readU32(reader, "the count of data segments");
    }
    if (reader.at !== end) {
      throw new WasmFaultError("badSection", `${name} section: expected its end, got ${end - reader.at} bytes more`, reader.at);
    }
    reader.end = bytes.length;
  }
  if (code === undefined && module.functions.length > 0) {
    throw new WasmFaultError("badSection", `expected a code section with ${module.functions.length} bodies, got none`, bytes.length);
  }
  if (dataCount !== undefined && dataCount !== module.data.length) {
    throw new WasmFaultError(
      "badSection",
      `expected ${dataCount} data segments as counted before, got ${module.data.length}`,
      bytes.length,
    );
  }
  module.customs = customs;
  return { kind: "decoded", module: { ...module, ...(code ?? emptyCode) }, sizes };
}

const emptyCode: Code = {
  code: { opcodes: new Uint16Array(0), first: new Int32Array(0), second: new Int32Array(0), targets: new Uint32Array(0) },
  bodies: [],
};

function readHeader(reader: ByteReader): void {
  if (reader.end < 8) throw new WasmFaultError("unexpectedEnd", `expected a header of 8 bytes, got ${reader.end}`, reader.end);
  if (readFixed32(reader, "the magic number") !== 0x6d73_6100) {
    throw new WasmFaultError("badHeader", "expected the bytes 00 61 73 6d of a WebAssembly binary, got others", 0);
  }
  const version = readFixed32(reader, "the version");
  if (version !== 1) {
    const what = version === 0x0001_000d ? "a component" : `version ${version >>> 0}`;
    throw new WasmFaultError("badHeader", `expected version 1 of a core module, got ${what}`, 4);
  }
}
