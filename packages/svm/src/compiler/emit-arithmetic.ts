/** Arithmetic and comparisons. */
import {
  call,
  constant32,
  constant64,
  constantPair,
  faultIf,
  framePointer,
  getNarrow,
  getRegister,
  notFrame,
  setRegister,
  teeLocal,
  getLocal,
  type FunctionCode,
} from "./function-code.ts";
import { hasRegister, isNarrow, operation, operationMask, signExtends, unsignedImmediate } from "./operations.ts";
import { wasm } from "./wasm-codes.ts";

const op = operation;

/** Instructions of WebAssembly for 32 and 64 bits. */
const plain: Readonly<Record<number, readonly [narrow: number, wide: number]>> = {
  [op.add]: [wasm.i32Add, wasm.i64Add],
  [op.sub]: [wasm.i32Sub, wasm.i64Sub],
  [op.mul]: [wasm.i32Mul, wasm.i64Mul],
  [op.udiv]: [wasm.i32DivU, wasm.i64DivU],
  [op.urem]: [wasm.i32RemU, wasm.i64RemU],
  [op.sdiv]: [wasm.i32DivS, wasm.i64DivS],
  [op.srem]: [wasm.i32RemS, wasm.i64RemS],
  [op.or]: [wasm.i32Or, wasm.i64Or],
  [op.and]: [wasm.i32And, wasm.i64And],
  [op.xor]: [wasm.i32Xor, wasm.i64Xor],
  [op.shl]: [wasm.i32Shl, wasm.i64Shl],
  [op.shrU]: [wasm.i32ShrU, wasm.i64ShrU],
  [op.shrS]: [wasm.i32ShrS, wasm.i64ShrS],
  [op.jumpEq]: [wasm.i32Eq, wasm.i64Eq],
  [op.jumpGtU]: [wasm.i32GtU, wasm.i64GtU],
  [op.jumpGeU]: [wasm.i32GeU, wasm.i64GeU],
  [op.jumpNe]: [wasm.i32Ne, wasm.i64Ne],
  [op.jumpGtS]: [wasm.i32GtS, wasm.i64GtS],
  [op.jumpGeS]: [wasm.i32GeS, wasm.i64GeS],
  [op.jumpLtU]: [wasm.i32LtU, wasm.i64LtU],
  [op.jumpLeU]: [wasm.i32LeU, wasm.i64LeU],
  [op.jumpLtS]: [wasm.i32LtS, wasm.i64LtS],
  [op.jumpLeS]: [wasm.i32LeS, wasm.i64LeS],
};

/** Writes the arithmetic instruction at `pc`. */
export function emitArithmetic(code: FunctionCode, pc: number): void {
  const { out, program } = code;
  const entry = program.entries[pc]!;
  const dst = program.dst[pc]!;
  const immediate = program.immediate[pc]!;
  const kind = entry & operationMask;
  switch (kind) {
    case op.wide:
      constantPair(code, immediate, program.immediate[pc + 1]!);
      return setRegister(code, dst);
    case op.orHigh:
      getRegister(code, dst);
      constantPair(code, 0, immediate);
      out.byte(wasm.i64Or);
      return setRegister(code, dst);
    case op.truncate:
      if (immediate === 64) return;
      getRegister(code, dst);
      if (immediate === 16) constant64(code, 0xffff);
      else constantPair(code, -1, 0);
      out.byte(wasm.i64And);
      return setRegister(code, dst);
    case op.byteSwap:
      emitByteSwap(code, dst, immediate);
      return setRegister(code, dst);
    case op.mov:
      return emitMove(code, pc, entry);
    case op.uhmul:
    case op.shmul:
      getRegister(code, dst);
      pushOperand(code, pc, entry);
      call(code, code.parts.indexOf(kind === op.uhmul ? "uhmul" : "shmul"));
      return setRegister(code, dst);
    case op.add:
      if ((entry & (isNarrow | hasRegister)) === 0) return emitAddImmediate(code, dst, immediate);
      break;
  }
  const narrow = (entry & isNarrow) !== 0;
  if (kind >= op.udiv && kind <= op.srem) emitDivisionChecks(code, pc, entry);
  if (kind === op.neg) {
    if (narrow) constant32(code, 0);
    else constant64(code, 0);
    pushRegister(code, dst, narrow);
    out.byte(narrow ? wasm.i32Sub : wasm.i64Sub);
  } else if (kind === op.reverseSub) {
    pushOperand(code, pc, entry);
    pushRegister(code, dst, narrow);
    out.byte(narrow ? wasm.i32Sub : wasm.i64Sub);
  } else {
    pushRegister(code, dst, narrow);
    pushOperand(code, pc, entry);
    out.byte(plain[kind]![narrow ? 0 : 1]);
  }
  if (narrow) out.byte((entry & signExtends) !== 0 ? wasm.i64ExtendI32S : wasm.i64ExtendI32U);
  setRegister(code, dst);
}

/** Pushes the condition of the branch at `pc` as i32. */
export function emitCondition(code: FunctionCode, pc: number): void {
  const { out, program } = code;
  const entry = program.entries[pc]!;
  const narrow = (entry & isNarrow) !== 0;
  const kind = entry & operationMask;
  const dst = program.dst[pc]!;
  const isZero = (entry & hasRegister) === 0 && program.immediate[pc] === 0;
  pushRegister(code, dst, narrow);
  if (kind === op.jumpEq && isZero) {
    out.byte(narrow ? wasm.i32Eqz : wasm.i64Eqz);
    return;
  }
  pushOperand(code, pc, entry);
  if (kind !== op.jumpSet) {
    out.byte(plain[kind]![narrow ? 0 : 1]);
    return;
  }
  out.byte(narrow ? wasm.i32And : wasm.i64And);
  if (narrow) return;
  constant64(code, 0);
  out.byte(wasm.i64Ne);
}

function pushRegister(code: FunctionCode, register: number, narrow: boolean): void {
  if (narrow) getNarrow(code, register);
  else getRegister(code, register);
}

function pushOperand(code: FunctionCode, pc: number, entry: number): void {
  const { program } = code;
  const narrow = (entry & isNarrow) !== 0;
  if ((entry & hasRegister) !== 0) return pushRegister(code, program.src[pc]!, narrow);
  const immediate = program.immediate[pc]!;
  if (narrow) constant32(code, immediate);
  else if ((entry & unsignedImmediate) !== 0) constantPair(code, immediate, 0);
  else constant64(code, immediate);
}

function emitAddImmediate(code: FunctionCode, dst: number, immediate: number): void {
  const distance = code.fromFrame[dst]!;
  getRegister(code, dst);
  constant64(code, immediate);
  code.out.byte(wasm.i64Add);
  setRegister(code, dst);
  const sum = distance + immediate;
  if (distance !== notFrame && Math.abs(sum) < 0x1_0000) code.fromFrame[dst] = sum;
}

function emitMove(code: FunctionCode, pc: number, entry: number): void {
  const { out, program } = code;
  const dst = program.dst[pc]!;
  const src = program.src[pc]!;
  const immediate = program.immediate[pc]!;
  if ((entry & hasRegister) === 0) {
    if ((entry & isNarrow) !== 0) constantPair(code, immediate, 0);
    else constant64(code, immediate);
    return setRegister(code, dst);
  }
  getRegister(code, src);
  if ((entry & isNarrow) === 0) {
    const distance = src === framePointer && !program.movesFrame ? 0 : code.fromFrame[src]!;
    setRegister(code, dst);
    code.fromFrame[dst] = distance;
    return;
  }
  if ((entry & signExtends) !== 0) out.byte(wasm.i64Extend32S);
  else {
    out.byte(wasm.i32WrapI64);
    out.byte(wasm.i64ExtendI32U);
  }
  setRegister(code, dst);
}

function emitDivisionChecks(code: FunctionCode, pc: number, entry: number): void {
  const { out, program } = code;
  const narrow = (entry & isNarrow) !== 0;
  const kind = entry & operationMask;
  const byRegister = (entry & hasRegister) !== 0;
  if (byRegister) {
    pushOperand(code, pc, entry);
    out.byte(narrow ? wasm.i32Eqz : wasm.i64Eqz);
    faultIf(code, "DivideByZero", pc);
  }
  if (kind !== op.sdiv && kind !== op.srem) return;
  if (!byRegister && program.immediate[pc] !== -1) return;
  pushRegister(code, program.dst[pc]!, narrow);
  if (narrow) constant32(code, -0x8000_0000);
  else constantPair(code, 0, -0x8000_0000);
  out.byte(narrow ? wasm.i32Eq : wasm.i64Eq);
  if (byRegister) {
    pushOperand(code, pc, entry);
    if (narrow) constant32(code, -1);
    else constant64(code, -1);
    out.byte(narrow ? wasm.i32Eq : wasm.i64Eq);
    out.byte(wasm.i32And);
  }
  faultIf(code, "DivideOverflow", pc);
}

/** WebAssembly has no byte swap: bytes change places by rotations under masks. */
function emitByteSwap(code: FunctionCode, register: number, width: number): void {
  const { out, scratch } = code;
  if (width === 64) {
    getRegister(code, register);
    swapStep(code, 8, [0x00ff00ff, 0x00ff00ff]);
    swapStep(code, 16, [0x0000ffff, 0x0000ffff]);
    constant64(code, 32);
    out.byte(wasm.i64Rotl);
    return;
  }
  getRegister(code, register);
  constantPair(code, width === 16 ? 0xffff : -1, 0);
  out.byte(wasm.i64And);
  swapStep(code, 8, [0x00ff00ff, 0]);
  if (width === 16) {
    // Both bytes changed places below bit 16.
    return;
  }
  teeLocal(code, scratch);
  constant64(code, 16);
  out.byte(wasm.i64ShrU);
  getLocal(code, scratch);
  constant64(code, 0xffff);
  out.byte(wasm.i64And);
  constant64(code, 16);
  out.byte(wasm.i64Shl);
  out.byte(wasm.i64Or);
}

/** `((x >> bits) & mask) | ((x & mask) << bits)` of the value on the stack. */
function swapStep(code: FunctionCode, bits: number, [low, high]: readonly [number, number]): void {
  const { out, scratch } = code;
  teeLocal(code, scratch);
  constant64(code, bits);
  out.byte(wasm.i64ShrU);
  constantPair(code, low, high);
  out.byte(wasm.i64And);
  getLocal(code, scratch);
  constantPair(code, low, high);
  out.byte(wasm.i64And);
  constant64(code, bits);
  out.byte(wasm.i64Shl);
  out.byte(wasm.i64Or);
}
