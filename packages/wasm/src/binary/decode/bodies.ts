/** The code section: locals and instructions of every function, into one stream. */
import { createInstructionBuffer, streamFromBuffer } from "../instruction-buffer.ts";
import { WasmFaultError } from "../wasm-fault.ts";
import type { FunctionBody, InstructionStream } from "../wasm-module.ts";
import type { WasmRules } from "../wasm-rules.ts";
import { readCount, readU32, type ByteReader } from "./byte-reader.ts";
import { readInstructions, type InstructionSink } from "./instructions.ts";
import { readValueType } from "./sections.ts";

/** What the code section holds. */
export interface Code {
  readonly code: InstructionStream;
  readonly bodies: readonly FunctionBody[];
}

/** Reads the code section, which must have `functions` bodies. */
export function readBodies(reader: ByteReader, rules: WasmRules, functions: number, offsets: number[] | undefined): Code {
  const { limits } = rules;
  const sectionAt = reader.at;
  const sectionEnd = reader.end;
  const count = readCount(reader, "bodies", limits.functions);
  if (count !== functions) throw new WasmFaultError("badSection", `expected ${functions} bodies, got ${count}`, sectionAt);
  // An instruction takes a byte at least; most take two.
  const sink: InstructionSink = { buffer: createInstructionBuffer((sectionEnd - sectionAt) >> 1), targets: [], offsets };
  const bodies: FunctionBody[] = [];
  for (let i = 0; i < count; i++) {
    const size = readU32(reader, "the size of a body");
    const end = reader.at + size;
    if (end > sectionEnd) {
      throw new WasmFaultError("unexpectedEnd", `body ${i}: expected ${size} bytes, got ${sectionEnd - reader.at}`, reader.at);
    }
    reader.end = end;
    const locals = readLocals(reader, limits.locals);
    const start = sink.buffer.length;
    readInstructions(reader, sink, rules);
    bodies.push({ locals, start, end: sink.buffer.length });
    reader.end = sectionEnd;
  }
  return { code: streamFromBuffer(sink.buffer, Uint32Array.from(sink.targets)), bodies };
}

function readLocals(reader: ByteReader, limit: number): Uint8Array {
  const groups = readCount(reader, "groups of locals");
  if (groups === 0) return noLocals;
  const types: number[] = [];
  for (let i = 0; i < groups; i++) {
    const start = reader.at;
    const count = readU32(reader, "a count of locals");
    if (types.length + count > limit) {
      throw new WasmFaultError("limitExceeded", `expected at most ${limit} locals, got ${types.length + count}`, start);
    }
    const type = readValueType(reader);
    for (let j = 0; j < count; j++) types.push(type);
  }
  return Uint8Array.from(types);
}

const noLocals = new Uint8Array(0);
