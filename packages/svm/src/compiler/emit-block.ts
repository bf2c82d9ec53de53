/** One basic block: its charges, its instructions. */
import { emitArithmetic } from "./emit-arithmetic.ts";
import { emitCall, emitRegisterCall, type CallPlan } from "./emit-call.ts";
import { emitMemory } from "./emit-memory.ts";
import {
  call,
  constant32,
  constant64,
  frameLocal,
  getLocal,
  getRegister,
  meterLocal,
  teeLocal,
  type FunctionCode,
} from "./function-code.ts";
import type { Helpers } from "./helpers.ts";
import { operation, operationMask } from "./operations.ts";
import { segmentAt, type Segment } from "./segments.ts";
import { valueType, wasm } from "./wasm-codes.ts";

/** Writes the charge of a segment: where units do not suffice, the rest runs one instruction at a time elsewhere. */
export function emitCharge(code: FunctionCode, helpers: Helpers, pc: number, { cost, reads, hasEffect: effect }: Segment): void {
  const { out, parts } = code;
  getLocal(code, meterLocal);
  constant64(code, cost);
  out.byte(wasm.i64Sub);
  teeLocal(code, meterLocal);
  constant64(code, 0);
  out.byte(wasm.i64LtS);
  out.byte(wasm.if);
  out.byte(valueType.empty);
  if (effect) {
    let count = 0;
    for (let register = 0; register <= 10; register++) {
      if ((reads & (1 << register)) === 0 || (register === 10 && !code.program.movesFrame)) continue;
      getRegister(code, register);
      count++;
    }
    getLocal(code, meterLocal);
    constant32(code, pc);
    getLocal(code, frameLocal);
    call(code, helpers.overrun[count]!);
  } else call(code, parts.indexOf("exceeded"));
  out.byte(wasm.unreachable);
  out.byte(wasm.end);
}

/** Writes a block without what its last jump, branch or exit does. */
export function emitBlock(code: FunctionCode, helpers: Helpers, plan: CallPlan, start: number, stop: number): void {
  code.fromFrame.fill(0x7fff_ffff);
  for (let pc = start; pc < stop;) {
    const segment = segmentAt(code.program, pc, stop);
    emitCharge(code, helpers, pc, segment);
    for (; pc < segment.stop; pc++) {
      emitInstruction(code, plan, pc);
      if ((code.program.entries[pc]! & operationMask) === operation.wide) pc++;
    }
  }
}

/** Writes an instruction that goes on to the next slot, a call included; nothing for jumps, branches and exits. */
export function emitInstruction(code: FunctionCode, plan: CallPlan | undefined, pc: number): void {
  const kind = code.program.entries[pc]! & operationMask;
  if (kind === operation.call && plan !== undefined) emitCall(code, plan, pc);
  else if (kind === operation.callRegister && plan !== undefined) emitRegisterCall(code, plan, pc);
  else if (kind >= operation.jump || kind === operation.invalid) return;
  else if (kind >= operation.load) emitMemory(code, pc);
  else emitArithmetic(code, pc);
}
