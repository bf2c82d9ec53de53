/** Calls: internal functions, callx, syscalls; the end of a function. */
import { stackFrameSize } from "../sbpf/memory-layout.ts";
import { functionMapOffset } from "./control-page.ts";
import {
  call,
  constant32,
  constant64,
  constantPair,
  fault,
  faultIf,
  frameLocal,
  framePointer,
  getLocal,
  getRegister,
  meterLocal,
  notFrame,
  setLocal,
  setRegister,
  stackEnd,
  teeLocal,
  type FunctionCode,
} from "./function-code.ts";
import { loadMeter, loadRegister, storeMeter, storeRegister } from "./machine-state.ts";
import { hostSyscall } from "./memory-syscalls.ts";
import { wasm } from "./wasm-codes.ts";

/** How calls find their functions: the compiled program, or the one that can be entered anywhere. */
export interface CallPlan {
  /** Registers r0 to r9 that the function at a slot takes, and of r0 to r5 gives. */
  parametersOf(pc: number): number;
  resultsOf(pc: number): number;
  /** Calls the function at a slot; its arguments are on the stack. */
  emitCall(code: FunctionCode, pc: number): void;
  /** What calls through registers give. */
  readonly registerCallResults: number;
  /** Calls the function whose slot is on the stack above its arguments r0 to r9. */
  emitRegisterCall(code: FunctionCode): void;
}

const allRegisters = 0x3ff;

/** Writes the `call` at `pc`. A key may name a syscall and a function: then both run. */
export function emitCall(code: FunctionCode, plan: CallPlan, pc: number): void {
  const { program } = code;
  const callee = program.callee[pc]!;
  const syscall = program.syscall[pc]!;
  if (syscall < 0 && callee < 0) return fault(code, "UnsupportedInstruction", pc);
  if (syscall >= 0) emitSyscall(code, pc);
  if (callee < 0) return;
  pushArguments(code, plan.parametersOf(callee), true);
  plan.emitCall(code, callee);
  takeResults(code, plan.resultsOf(callee));
}

/** Writes the `callx` at `pc`: depth first, then the target, as interpreter.rs does. */
export function emitRegisterCall(code: FunctionCode, plan: CallPlan, pc: number): void {
  const { out, program, scratch } = code;
  getLocal(code, frameLocal);
  constant32(code, stackEnd - stackFrameSize);
  out.byte(wasm.i32GeU);
  faultIf(code, "CallDepthExceeded", pc);
  getRegister(code, program.src[pc]!);
  constantPair(code, program.textLow, program.textHigh);
  out.byte(wasm.i64Sub);
  constant64(code, 3);
  out.byte(wasm.i64ShrU);
  teeLocal(code, scratch);
  constant64(code, program.length);
  out.byte(wasm.i64GeU);
  faultIf(code, "CallOutsideTextSegment", pc);
  pushArguments(code, allRegisters, true);
  getLocal(code, scratch);
  out.byte(wasm.i32WrapI64);
  plan.emitRegisterCall(code);
  takeResults(code, plan.registerCallResults);
}

/** Pushes what a function takes: its frame, the next one if it `opensFrame`, the units left, r10 where it is kept, registers. */
export function pushArguments(code: FunctionCode, registers: number, opensFrame: boolean): void {
  const { out, program } = code;
  getLocal(code, frameLocal);
  if (opensFrame) {
    constant32(code, stackFrameSize);
    out.byte(wasm.i32Add);
  }
  getLocal(code, meterLocal);
  if (program.movesFrame) {
    getRegister(code, framePointer);
    if (opensFrame && program.frameStep > 0) {
      constant64(code, program.frameStep);
      out.byte(wasm.i64Add);
    }
  }
  for (let register = 0; register < framePointer; register++) {
    if ((registers & (1 << register)) !== 0) getRegister(code, register);
  }
}

/** Takes the units left and these registers from the stack. */
export function takeResults(code: FunctionCode, registers: number): void {
  for (let register = 5; register >= 0; register--) {
    code.fromFrame[register] = notFrame;
    if ((registers & (1 << register)) !== 0) setRegister(code, register);
  }
  setLocal(code, meterLocal);
}

/** Writes an `exit`: the units left, the results. */
export function emitExit(code: FunctionCode, results: number, keepsSaved: boolean): void {
  const { out, program } = code;
  if (keepsSaved) {
    const last = program.movesFrame ? framePointer : framePointer - 1;
    for (let register = 6; register <= last; register++) storeRegister(code, register);
  }
  getLocal(code, meterLocal);
  for (let register = 0; register < 6; register++) {
    if ((results & (1 << register)) !== 0) getRegister(code, register);
  }
  out.byte(wasm.return);
}

function emitSyscall(code: FunctionCode, pc: number): void {
  const { program, parts } = code;
  const memorySyscall = parts.memorySyscallAt(program.immediate[pc]! >>> 0);
  for (let register = 1; register < 6; register++) {
    if (memorySyscall === undefined && (program.reads[pc]! & (1 << register)) !== 0) storeRegister(code, register);
  }
  if (memorySyscall !== undefined) {
    getLocal(code, meterLocal);
    for (let register = 1; register < 5; register++) {
      if (register <= hostSyscall[memorySyscall].arity) getRegister(code, register);
    }
    call(code, parts.indexOf(memorySyscall));
    setLocal(code, meterLocal);
  } else {
    storeMeter(code);
    constant32(code, program.syscall[pc]!);
    call(code, parts.indexOf("syscall"));
    loadMeter(code);
  }
  loadRegister(code, 0);
  code.fromFrame[0] = notFrame;
}

/** Reads the table index of the function at the slot on the stack; 0 where it is none that is known. */
export function emitTableIndex(code: FunctionCode): void {
  const { out } = code;
  constant32(code, 1);
  out.byte(wasm.i32Shl);
  out.byte(wasm.i32Load16u);
  out.byte(1);
  out.unsigned(functionMapOffset);
}
