/** The instructions of one body. */
import { immediate, opcodeSpace, opcodeTable } from "../opcodes.ts";
import type { InstructionStream } from "../wasm-module.ts";
import { reserve, writeByte, writeFixed32, writeS32, writeS64, writeU32, type ByteWriter } from "./byte-writer.ts";

const kinds = new Uint8Array(opcodeSpace);
for (const { code, immediates } of opcodeTable) kinds[code] = immediates;

const prefix = 0xfc;

/** Writes the instructions from `start` to before `end`. */
export function writeInstructions(
  writer: ByteWriter,
  { opcodes, first, second, targets }: InstructionStream,
  start: number,
  end: number,
): void {
  // Most instructions take two bytes.
  reserve(writer, (end - start) * 2);
  for (let i = start; i < end; i++) {
    const code = opcodes[i] ?? 0;
    if (code < 0x100) writeByte(writer, code);
    else {
      writeByte(writer, prefix);
      writeU32(writer, code - 0x100);
    }
    switch (kinds[code] ?? immediate.none) {
      case immediate.none:
        break;
      case immediate.index:
      case immediate.label:
        writeU32(writer, first[i] ?? 0);
        break;
      case immediate.i32:
      case immediate.block:
        writeS32(writer, first[i] ?? 0);
        break;
      case immediate.memoryArgument:
        writeU32(writer, first[i] ?? 0);
        writeU32(writer, second[i] ?? 0);
        break;
      case immediate.i64:
        writeS64(writer, first[i] ?? 0, second[i] ?? 0);
        break;
      case immediate.signature:
        writeU32(writer, first[i] ?? 0);
        writeByte(writer, 0);
        break;
      case immediate.memory:
        writeByte(writer, 0);
        break;
      case immediate.memories:
        writeByte(writer, 0);
        writeByte(writer, 0);
        break;
      case immediate.labels: {
        const from = first[i] ?? 0;
        const count = second[i] ?? 0;
        writeU32(writer, count);
        for (let j = from; j <= from + count; j++) writeU32(writer, targets[j] ?? 0);
        break;
      }
      case immediate.f32:
        writeFixed32(writer, first[i] ?? 0);
        break;
      default:
        writeFixed32(writer, first[i] ?? 0);
        writeFixed32(writer, second[i] ?? 0);
    }
  }
}
