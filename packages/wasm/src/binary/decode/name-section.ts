/** The custom section "name": its content is not used, but nitro refuses a module whose module or function names it cannot read. */
import { WasmFaultError } from "../wasm-fault.ts";
import { readByte, readCount, readName, readU32, type ByteReader } from "./byte-reader.ts";

/** The subsections that begin with a count; of these, wasmparser reads no more unless somebody asks. */
const lastCounted = 11;

/** Checks the rest of a name section as wasmparser's readers of it do. */
export function checkNameSection(reader: ByteReader, nameBytes: number): void {
  const sectionEnd = reader.end;
  while (reader.at < sectionEnd) {
    const id = readByte(reader, "a subsection of names");
    if (id > 0x7f)
      throw new WasmFaultError("badInteger", `subsection of names: expected a number below 0x80, got 0x${id.toString(16)}`, reader.at - 1);
    const size = readU32(reader, "the size of a subsection of names");
    const end = reader.at + size;
    if (end > sectionEnd) {
      throw new WasmFaultError("unexpectedEnd", `subsection of names: expected ${size} bytes, got ${sectionEnd - reader.at}`, reader.at);
    }
    reader.end = end;
    if (id === 0) readName(reader, "the module's name", nameBytes);
    else if (id === 1) readFunctionNames(reader, nameBytes);
    else if (id <= lastCounted) readU32(reader, "a count of names");
    if (id <= 1 && reader.at !== end) {
      throw new WasmFaultError("badSection", `subsection of names: expected its end, got ${end - reader.at} bytes more`, reader.at);
    }
    reader.at = end;
    reader.end = sectionEnd;
  }
}

function readFunctionNames(reader: ByteReader, nameBytes: number): void {
  const count = readCount(reader, "function names");
  for (let i = 0; i < count; i++) {
    readU32(reader, "the index of a function name");
    readName(reader, "a function name", nameBytes);
  }
}
