/** Loads and stores: a check of the region inline, the exact rules behind it. */
import { loadLimitsOffset, stackFrameSize, stackLength, stackRegion, storeLimitsOffset } from "../sbpf/memory-layout.ts";
import { fullLengthOffset, regionBias, regionShift, touchedOffset } from "./control-page.ts";
import {
  call,
  constant32,
  constant64,
  constantPair,
  frameLocal,
  framePointer,
  getLocal,
  getRegister,
  meterLocal,
  notFrame,
  setLocal,
  setRegister,
  stackOffset,
  teeLocal,
  type FunctionCode,
} from "./function-code.ts";
import { operation, operationMask } from "./operations.ts";
import { valueType, wasm } from "./wasm-codes.ts";

const loads = [wasm.i64Load8u, wasm.i64Load16u, wasm.i64Load32u, wasm.i64Load] as const;
const stores = [wasm.i64Store8, wasm.i64Store16, wasm.i64Store32, wasm.i64Store] as const;

/** Writes the load or store at `pc`. */
export function emitMemory(code: FunctionCode, pc: number): void {
  const { out, program } = code;
  const kind = program.entries[pc]! & operationMask;
  const dst = program.dst[pc]!;
  if (kind < operation.storeImmediate) {
    const size = kind - operation.load;
    const offset = emitAddress(code, pc, program.src[pc]!, size, "load");
    access(code, loads[size]!, offset);
    return setRegister(code, dst);
  }
  const isImmediate = kind < operation.storeRegister;
  const size = kind - (isImmediate ? operation.storeImmediate : operation.storeRegister);
  const offset = emitAddress(code, pc, dst, size, "store");
  if (isImmediate) constant64(code, program.immediate[pc]!);
  else getRegister(code, program.src[pc]!);
  out.byte(stores[size]!);
  out.byte(0);
  out.unsigned(offset);
}

function access({ out }: FunctionCode, opcode: number, offset: number): void {
  out.byte(opcode);
  // Guests may access any address: no alignment is promised.
  out.byte(0);
  out.unsigned(offset);
}

/**
 * Pushes the offset of an access in memory and returns what must be added to it. An access of the function's own frame
 * at a known distance needs no check: the prologue made the frame accessible.
 */
function emitAddress(code: FunctionCode, pc: number, base: number, size: number, kind: "load" | "store"): number {
  const { out, program } = code;
  const length = 1 << size;
  const offset = program.offset[pc]!;
  const distance = base === framePointer && !program.movesFrame ? 0 : code.fromFrame[base]!;
  if (distance !== notFrame && distance + offset >= -stackFrameSize && distance + offset + length <= 0) {
    getLocal(code, frameLocal);
    return stackFrameSize + distance + offset;
  }
  let address = code.locals[base]!;
  if (offset !== 0 || (base === framePointer && !program.movesFrame)) {
    address = code.scratch;
    getRegister(code, base);
    constant64(code, offset);
    out.byte(wasm.i64Add);
    setLocal(code, address);
  }
  const leave = (): void => {
    getLocal(code, address);
    getLocal(code, meterLocal);
    constant32(code, pc);
    call(code, code.parts.indexOf(kind === "load" ? loadHelpers[size]! : storeHelpers[size]!));
  };
  emitInRegion(code, address, length, kind);
  out.byte(wasm.if);
  out.byte(valueType.i32);
  emitOffset(code, address);
  out.byte(wasm.else);
  if (code.isHot) emitBeyondLimit(code, address, length, kind, leave);
  else leave();
  out.byte(wasm.end);
  return regionBias;
}

const loadHelpers = ["load1", "load2", "load4", "load8"] as const;
const storeHelpers = ["store1", "store2", "store4", "store8"] as const;

/**
 * Pushes whether `[address, address + length)` lies below the limit of its region. The number of the region is read from
 * three bits; whatever stands above them stays in the sum that is compared, and is too much for every limit.
 */
function emitInRegion(code: FunctionCode, address: number, length: number, kind: "load" | "store"): void {
  const { out } = code;
  getLocal(code, address);
  constant64(code, 30);
  out.byte(wasm.i64ShrU);
  out.byte(wasm.i32WrapI64);
  constant32(code, 28);
  out.byte(wasm.i32And);
  teeLocal(code, code.scratchIndex);
  out.byte(wasm.i64Load32u);
  out.byte(2);
  out.unsigned(kind === "load" ? loadLimitsOffset : storeLimitsOffset);
  pushEnd(code, address, length);
  out.byte(wasm.i64GeU);
}

/** Pushes the offset of an address that is in its region, less `regionBias`; `scratchIndex` holds four times the region. */
function emitOffset(code: FunctionCode, address: number): void {
  const { out } = code;
  getLocal(code, code.scratchIndex);
  constant32(code, regionShift - 2);
  out.byte(wasm.i32Shl);
  getLocal(code, address);
  out.byte(wasm.i32WrapI64);
  out.byte(wasm.i32Add);
}

/** Pushes the end of an access in its region, as i64: too much for every limit if no region is so high. */
function pushEnd(code: FunctionCode, address: number, length: number): void {
  getLocal(code, address);
  constantPair(code, -1, ~7);
  code.out.byte(wasm.i64And);
  constant64(code, length);
  code.out.byte(wasm.i64Add);
}

/**
 * In loops, what lies beyond a limit is found without a call that returns: around one, V8 would keep the loop's registers
 * in memory. Stack and heap have their true lengths in the control page; how far stores went is noted there.
 */
function emitBeyondLimit(code: FunctionCode, address: number, length: number, kind: "load" | "store", leave: () => void): void {
  const { out, program, scratchIndex, label } = code;
  if (program.version === 0) {
    getLocal(code, scratchIndex);
    constant32(code, 4 * stackRegion);
    out.byte(wasm.i32Eq);
    out.byte(wasm.if);
    out.byte(valueType.i32);
    // Frames stand without gaps: bit 12 chooses between a frame and the gap behind it, and must be 0.
    pushLow(code, address, 1);
    constant32(code, 0x7fff_f000);
    out.byte(wasm.i32And);
    pushLow(code, address, 0);
    constant32(code, stackFrameSize - 1);
    out.byte(wasm.i32And);
    out.byte(wasm.i32Or);
    teeLocal(code, label);
    constant32(code, stackLength - length);
    out.byte(wasm.i32GtU);
    getLocal(code, address);
    constantPair(code, stackFrameSize, ~7);
    out.byte(wasm.i64And);
    out.byte(wasm.i64Eqz);
    out.byte(wasm.i32Eqz);
    out.byte(wasm.i32Or);
    emitFinal(code, leave);
    if (kind === "store") noteStore(code, () => getLocal(code, label), length);
    getLocal(code, label);
    constant32(code, stackOffset - regionBias);
    out.byte(wasm.i32Add);
    out.byte(wasm.else);
  }
  getLocal(code, scratchIndex);
  out.byte(wasm.i64Load32u);
  out.byte(2);
  out.unsigned(fullLengthOffset);
  pushEnd(code, address, length);
  out.byte(wasm.i64LtU);
  emitFinal(code, leave);
  if (kind === "store") noteStore(code, () => pushLow(code, address, 0), length);
  emitOffset(code, address);
  if (program.version === 0) out.byte(wasm.end);
}

/** If the condition on the stack holds, leaves for good. */
function emitFinal({ out }: FunctionCode, leave: () => void): void {
  out.byte(wasm.if);
  out.byte(valueType.empty);
  leave();
  out.byte(wasm.unreachable);
  out.byte(wasm.end);
}

/** Raises what was touched of the region at hand to the end of a store. */
function noteStore(code: FunctionCode, pushStart: () => void, length: number): void {
  const { out, scratchIndex } = code;
  const touched = (opcode: number): void => {
    out.byte(opcode);
    out.byte(2);
    out.unsigned(touchedOffset);
  };
  const end = (): void => {
    pushStart();
    constant32(code, length);
    out.byte(wasm.i32Add);
  };
  getLocal(code, scratchIndex);
  end();
  getLocal(code, scratchIndex);
  touched(wasm.i32Load);
  end();
  getLocal(code, scratchIndex);
  touched(wasm.i32Load);
  out.byte(wasm.i32GtU);
  out.byte(wasm.select);
  touched(wasm.i32Store);
}

/** Pushes the low half of an address, shifted right. */
function pushLow(code: FunctionCode, address: number, bits: number): void {
  getLocal(code, address);
  code.out.byte(wasm.i32WrapI64);
  if (bits === 0) return;
  constant32(code, bits);
  code.out.byte(wasm.i32ShrU);
}
