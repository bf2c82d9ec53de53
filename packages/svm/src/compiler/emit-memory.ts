/** Loads and stores: a check of the region inline, the exact rules behind it. */
import { loadLimitsOffset, stackFrameSize, storeLimitsOffset } from "../sbpf/memory-layout.ts";
import { regionBias, regionShift } from "./control-page.ts";
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
  emitInRegion(code, address, () => constant64(code, length), kind);
  out.byte(wasm.if);
  out.byte(valueType.i32);
  emitOffset(code, address);
  out.byte(wasm.else);
  getLocal(code, address);
  getLocal(code, meterLocal);
  constant32(code, pc);
  call(code, code.parts.indexOf(kind === "load" ? loadHelpers[size]! : storeHelpers[size]!));
  out.byte(wasm.end);
  return regionBias;
}

const loadHelpers = ["load1", "load2", "load4", "load8"] as const;
const storeHelpers = ["store1", "store2", "store4", "store8"] as const;

/**
 * Pushes whether `[address, address + length)` lies below the limit of its region. The number of the region is read from
 * three bits; whatever stands above them stays in the sum that is compared, and is too much for every limit.
 */
export function emitInRegion(code: FunctionCode, address: number, pushLength: () => void, kind: "load" | "store"): void {
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
  getLocal(code, address);
  constantPair(code, -1, ~7);
  out.byte(wasm.i64And);
  pushLength();
  out.byte(wasm.i64Add);
  out.byte(wasm.i64GeU);
}

/** Pushes the offset of an address that is in its region, less `regionBias`; `scratchIndex` holds four times the region. */
export function emitOffset(code: FunctionCode, address: number): void {
  const { out } = code;
  getLocal(code, code.scratchIndex);
  constant32(code, regionShift - 2);
  out.byte(wasm.i32Shl);
  getLocal(code, address);
  out.byte(wasm.i32WrapI64);
  out.byte(wasm.i32Add);
}
