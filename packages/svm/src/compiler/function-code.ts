/** What the emitters of one function share: where its registers live, what it may call. */
import { stackFrameSize, stackRegion, stridedLayout } from "../sbpf/memory-layout.ts";
import type { ByteWriter } from "./byte-writer.ts";
import { faultCode, type FaultCode } from "./control-page.ts";
import type { ModuleParts } from "./module-parts.ts";
import type { ProgramText } from "./program-text.ts";
import { wasm } from "./wasm-codes.ts";

export const framePointer = 10;
export const stackOffset = stridedLayout.offsets[stackRegion];
/** Offset of the frame that must not be opened any more. */
export const stackEnd = stackOffset + 64 * stackFrameSize;

/** Of a register that is not r10 plus a constant. */
export const notFrame = 0x7fff_ffff;

/** A function that is being written. The first two locals are the offset of its frame (i32) and the units left (i64). */
export interface FunctionCode {
  readonly out: ByteWriter;
  readonly program: ProgramText;
  readonly parts: ModuleParts;
  /** Local of every register; of r10 only where it is a register like any other. */
  readonly locals: Uint8Array;
  /** An i64 local for intermediate values. */
  readonly scratch: number;
  /** An i32 local for intermediate values, and one for labels of dispatchers. */
  readonly scratchIndex: number;
  readonly label: number;
  /** Whether what is written stands in a loop: there, code may be longer if it is faster. */
  isHot: boolean;
  /** By register: its distance from r10 where it is known, else `notFrame`. */
  readonly fromFrame: Int32Array;
}

export const frameLocal = 0;
export const meterLocal = 1;

export function getLocal({ out }: FunctionCode, local: number): void {
  out.byte(wasm.localGet);
  out.unsigned(local);
}

export function setLocal({ out }: FunctionCode, local: number): void {
  out.byte(wasm.localSet);
  out.unsigned(local);
}

export function teeLocal({ out }: FunctionCode, local: number): void {
  out.byte(wasm.localTee);
  out.unsigned(local);
}

export function constant32({ out }: FunctionCode, value: number): void {
  out.byte(wasm.i32Const);
  out.signed(value);
}

/** An i64 constant from a signed 32-bit number. */
export function constant64({ out }: FunctionCode, value: number): void {
  out.byte(wasm.i64Const);
  out.signed(value);
}

export function constantPair({ out }: FunctionCode, low: number, high: number): void {
  out.byte(wasm.i64Const);
  out.signedPair(low, high);
}

/** Pushes a register as i64. */
export function getRegister(code: FunctionCode, register: number): void {
  if (register !== framePointer || code.program.movesFrame) return getLocal(code, code.locals[register]!);
  // The guest's r10 follows from the frame: in V0 guest frames stand twice as far apart as ours.
  getLocal(code, frameLocal);
  const hasGaps = code.program.version === 0;
  if (hasGaps) {
    constant32(code, 1);
    code.out.byte(wasm.i32Shl);
  }
  code.out.byte(wasm.i64ExtendI32U);
  const start = hasGaps ? 2 * stackOffset : stackOffset;
  constantPair(code, stackFrameSize - start, stackRegion - (stackFrameSize < start ? 1 : 0));
  code.out.byte(wasm.i64Add);
}

/** Pushes the low half of a register. */
export function getNarrow(code: FunctionCode, register: number): void {
  getRegister(code, register);
  code.out.byte(wasm.i32WrapI64);
}

export function setRegister(code: FunctionCode, register: number): void {
  setLocal(code, code.locals[register]!);
  code.fromFrame[register] = notFrame;
}

/** Leaves the function with a fault at `pc`, if the condition on the stack holds. */
export function faultIf(code: FunctionCode, name: FaultCode, pc: number): void {
  code.out.byte(wasm.if);
  code.out.byte(0x40);
  fault(code, name, pc);
  code.out.byte(wasm.end);
}

/** Leaves the function with a fault at `pc`. */
export function fault(code: FunctionCode, name: FaultCode, pc: number): void {
  getLocal(code, meterLocal);
  constant32(code, pc);
  constant32(code, faultCode(name));
  call(code, code.parts.indexOf("fault"));
  code.out.byte(wasm.unreachable);
}

export function call({ out }: FunctionCode, index: number): void {
  out.byte(wasm.call);
  out.unsigned(index);
}
