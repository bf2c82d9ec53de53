/** Runs a program in an instance, and makes its outcome of how it ended. */
import { TriremeError } from "@trireme/core";
import type { ProgramFrame } from "../hostio/program-frame.ts";
import { exitSignal, failureSignal, isSignal } from "../hostio/signal.ts";
import { hostExport } from "../instrument/host-exports.ts";
import type { ProgramInstance } from "./program-instance.ts";
import type { ProgramOutcome } from "./program-outcome.ts";

/**
 * Runs `user_entrypoint`. `ink` is less than 2^53, `stack` in words.
 * @throws what the Host threw, as the same object; TriremeError `STACK_OVERFLOW` where the machine's own stack ends.
 */
export function runProgram(instance: ProgramInstance, frame: ProgramFrame, ink: number, stack: number): ProgramOutcome {
  const { exports, cell, meter } = instance;
  cell.frame = frame;
  let status = 0;
  let trap: unknown;
  try {
    exports[hostExport.begin](ink, stack);
    status = exports.user_entrypoint(frame.message.input.length);
  } catch (error) {
    if (cell.fault !== undefined) throw cell.fault.error;
    trap = error;
  }
  if (trap !== undefined) {
    if (!isSignal(trap) && !(trap instanceof WebAssembly.RuntimeError)) {
      cell.fault = { error: trap };
      throw hostFault(trap);
    }
    if (frame.isOutOfMemory) return { kind: "outOfMemory" };
    if (exports[hostExport.stackLeft]() === 0) return { kind: "outOfStack" };
    if (exports[hostExport.inkStatus]() !== 0) return { kind: "outOfInk" };
    if (trap !== exitSignal) return { kind: "failure", ink: meter.inkLeft(), why: reason(trap, frame) };
    status = frame.exitStatus;
  }
  return { kind: status === 0 ? "success" : "revert", ink: meter.inkLeft(), output: frame.output };
}

/** V8 throws a RangeError where its stack ends: a deeper thread can run the same, so it is no outcome. */
function hostFault(error: unknown): unknown {
  const { name, message } = Object(error) as { readonly name?: unknown; readonly message?: unknown };
  if (name !== "RangeError" || typeof message !== "string" || !message.includes("call stack")) return error;
  return new TriremeError(
    "STACK_OVERFLOW",
    "expected room on the stack for the frames of a WASM program; run it on a thread with a larger stack",
    {
      cause: error,
    },
  );
}

function reason(trap: unknown, frame: ProgramFrame): string {
  if (trap === failureSignal) return frame.failure ?? "host I/O";
  return trap instanceof Error ? trap.message : "trap";
}
