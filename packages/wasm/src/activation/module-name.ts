/** The name that a module gives itself in its custom section "name". */
import { readByte, readBytes, readU32, type ByteReader } from "../binary/decode/byte-reader.ts";
import type { WasmModule } from "../binary/wasm-module.ts";

/** Bytes of the module's name; of several, the last counts. The module comes from the decoder, which has checked the section. */
export function moduleNameLength({ customs }: Pick<WasmModule, "customs">): number {
  let length = 0;
  for (const { name, bytes } of customs) {
    if (name !== "name") continue;
    const reader: ByteReader = { bytes, at: 0, end: bytes.length };
    while (reader.at < reader.end) {
      const id = readByte(reader, "a subsection of names");
      const end = readU32(reader, "the size of a subsection of names") + reader.at;
      if (id === 0) length = readBytes(reader, "the module's name").length;
      reader.at = end;
    }
  }
  return length;
}
