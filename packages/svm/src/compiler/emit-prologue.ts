/** What a function checks when it is entered. */
import { stackFrameSize, stackLimitOffset } from "../sbpf/memory-layout.ts";
import { call, constant32, faultIf, frameLocal, getLocal, meterLocal, stackEnd, stackOffset, type FunctionCode } from "./function-code.ts";
import { valueType, wasm } from "./wasm-codes.ts";

/**
 * A frame too many is a fault of the call, whose units are paid already. A function that uses its frame makes it
 * accessible first, so that accesses at known distances from r10 need no check.
 */
export function emitPrologue(code: FunctionCode, usesFrame: boolean): void {
  const { out, program, parts } = code;
  getLocal(code, frameLocal);
  if (!usesFrame || program.movesFrame) {
    constant32(code, stackEnd);
    out.byte(wasm.i32GeU);
    return faultIf(code, "CallDepthExceeded", -1);
  }
  constant32(code, stackFrameSize - stackOffset);
  out.byte(wasm.i32Add);
  constant32(code, 0);
  out.byte(wasm.i32Load);
  out.byte(2);
  out.unsigned(stackLimitOffset);
  out.byte(wasm.i32GtU);
  out.byte(wasm.if);
  out.byte(valueType.empty);
  getLocal(code, frameLocal);
  getLocal(code, meterLocal);
  call(code, parts.indexOf("enterFrame"));
  out.byte(wasm.end);
}
