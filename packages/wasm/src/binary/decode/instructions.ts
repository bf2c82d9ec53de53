/** The instructions of one body. */
import { pushInstruction, type InstructionBuffer } from "../instruction-buffer.ts";
import { immediate, opcode, opcodeSpace, opcodeTable } from "../opcodes.ts";
import { refusedOpcode } from "../refused-opcodes.ts";
import { WasmFaultError } from "../wasm-fault.ts";
import type { WasmRules } from "../wasm-rules.ts";
import { highHalf, readByte, readCount, readFixed32, readS32, readS64, readU32, type ByteReader } from "./byte-reader.ts";

/** Where instructions go. */
export interface InstructionSink {
  readonly buffer: InstructionBuffer;
  /** The depths of the `br_table`s so far. */
  readonly targets: number[];
  /** Where each instruction began, where that is asked for. */
  readonly offsets: number[] | undefined;
}

const notAccepted = 255;
const kinds = new Uint8Array(opcodeSpace).fill(notAccepted);
for (const { code, immediates } of opcodeTable) kinds[code] = immediates;

const prefix = 0xfc;
const { end: endOpcode } = opcode;

/** Reads up to the reader's end, which must be behind the `end` of the function. Whether blocks match is left to validation. */
export function readInstructions(reader: ByteReader, { buffer, targets, offsets }: InstructionSink, rules: WasmRules): void {
  const { bytes, end } = reader;
  const last = buffer.length + rules.limits.instructions;
  let code = -1;
  while (reader.at < end) {
    const start = reader.at;
    if (buffer.length === last) {
      throw new WasmFaultError(
        "limitExceeded",
        `expected at most ${rules.limits.instructions} instructions in a function, got more`,
        start,
      );
    }
    code = bytes[reader.at++] ?? 0;
    if (code === prefix) code = Math.min(0x100 + readU32(reader, "an opcode behind 0xfc"), opcodeSpace);
    offsets?.push(start);
    let first = 0;
    let second = 0;
    switch (kinds[code] ?? notAccepted) {
      case immediate.none:
        break;
      case immediate.index:
        first = readU32(reader, "an index");
        break;
      case immediate.i32:
        first = readS32(reader, "a constant");
        break;
      case immediate.memoryArgument:
        first = readAlignment(reader);
        second = readU32(reader, "the offset of a memory access") | 0;
        break;
      case immediate.label:
        first = readU32(reader, "the depth of a label");
        break;
      case immediate.block:
        first = readBlockType(reader, rules);
        break;
      case immediate.i64:
        first = readS64(reader, "a constant");
        second = highHalf;
        break;
      case immediate.signature:
        first = readU32(reader, "the type of an indirect call");
        readZero(reader, "table");
        break;
      case immediate.memory:
        readZero(reader, "memory");
        break;
      case immediate.memories:
        readZero(reader, "memory");
        readZero(reader, "memory");
        break;
      case immediate.labels: {
        second = readCount(reader, "branch targets", rules.limits.branchTargets);
        first = targets.length;
        for (let i = 0; i <= second; i++) targets.push(readU32(reader, "the depth of a label"));
        break;
      }
      case immediate.f32:
        first = readFixed32(reader, "a constant");
        break;
      case immediate.f64:
        first = readFixed32(reader, "a constant");
        second = readFixed32(reader, "a constant");
        break;
      default:
        throw refusal(reader, start, code);
    }
    pushInstruction(buffer, code, first, second);
  }
  if (code !== endOpcode)
    throw new WasmFaultError("badControl", "expected a body that ends with `end`, got another last instruction", reader.at);
}

function readAlignment(reader: ByteReader): number {
  const start = reader.at;
  const alignment = readU32(reader, "the alignment of a memory access");
  if (alignment > 31) throw new WasmFaultError("badAlignment", `expected an alignment exponent of at most 31, got ${alignment}`, start);
  return alignment;
}

// Without the reference-types proposal the index is a byte 0: nitro refuses the five-byte zero that newer toolchains
// write for `call_indirect`.
function readZero(reader: ByteReader, what: string): void {
  const byte = readByte(reader, `the ${what} index`);
  if (byte === 0) return;
  throw new WasmFaultError(
    "notSupported",
    `expected the ${what} index as one byte 0, got 0x${byte.toString(16)} (reference types?)`,
    reader.at - 1,
  );
}

function readBlockType(reader: ByteReader, rules: WasmRules): number {
  const start = reader.at;
  const byte = reader.at < reader.end ? (reader.bytes[reader.at] ?? 0) : 0;
  if ((byte & 0xc0) === 0x40) {
    reader.at++;
    if (byte === 0x40 || byte >= 0x7c) return byte - 0x80;
    throw new WasmFaultError("notSupported", `expected a block type of no or one number, got 0x${byte.toString(16)}`, start);
  }
  const index = readTypeIndex(reader);
  if (index < 0) throw new WasmFaultError("badForm", "expected the index of a block's type, got a negative number", start);
  if (!rules.multiValue) {
    throw new WasmFaultError("notSupported", "expected a block with at most one result, got a type index (multi-value)", start);
  }
  return index;
}

/** A signed integer of 33 bits; no module has types beyond the 31st. */
function readTypeIndex(reader: ByteReader): number {
  const start = reader.at;
  const low = readS64(reader, "a block type");
  if (reader.at - start > 5)
    throw new WasmFaultError("badInteger", "block type: expected a signed integer of 33 bits in LEB128, got a longer one", start);
  if (highHalf < 0) return -1;
  if (highHalf > 0 || low < 0)
    throw new WasmFaultError("unknownIndex", "expected the index of a block's type, got one beyond all types", start);
  return low;
}

function refusal(reader: ByteReader, start: number, code: number): WasmFaultError {
  const what = refusedOpcode(code);
  if (what !== undefined) return new WasmFaultError("notSupported", `expected an instruction that Stylus takes, got ${what}`, start);
  const name = reader.bytes.subarray(start, reader.at).reduce((text, byte) => text + byte.toString(16).padStart(2, "0"), "");
  return new WasmFaultError("unknownOpcode", `expected an instruction, got opcode 0x${name}`, start);
}
