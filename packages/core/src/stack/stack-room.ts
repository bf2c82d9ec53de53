/**
 * Room on the machine's stack. It is asked for on the way into an environment, so that an overflow is a fault there, and not an
 * exception in the midst of a contract, where a catch clause could make an outcome of it: how deep a stack is differs from
 * thread to thread, what a block comes to must not.
 */
import { TriremeError } from "../errors.ts";
import { createStackProbe } from "./stack-probe.ts";

/** One call with this many arguments takes 8 bytes for each: 128 KiB. */
const room: readonly undefined[] = Array.from({ length: 16_384 }, () => undefined);

/** Writing so many arguments takes longer than a call of a contract; the probe that writes none takes as long to make as so many calls. */
const callsBeforeProbe = 1_000;
let calls = 0;
let probe: () => void = takeArguments;

/** @throws TriremeError `STACK_OVERFLOW` when less than 128 KiB are left. */
export function assertStackRoom(): void {
  try {
    if (calls <= callsBeforeProbe && calls++ === callsBeforeProbe) probe = createStackProbe(8 * room.length);
    probe();
  } catch (error) {
    throw stackOverflow(error);
  }
}

/**
 * Whether an error, or what caused it, is an exhausted call stack. Looks at name and message, so that errors of
 * another realm (an engine in a context of its own, WebAssembly) count. The journal that was in use may have been
 * cut short inside a write: throw it away and run the block again on a thread with a larger stack.
 */
export function isStackOverflow(error: unknown): boolean {
  for (let cause = error, steps = 0; typeof cause === "object" && cause !== null && steps < 8; steps++) {
    const { name, message, code } = cause as { name?: unknown; message?: unknown; code?: unknown };
    if (code === "STACK_OVERFLOW") return true;
    if (name === "RangeError" && typeof message === "string" && message.includes("call stack")) return true;
    cause = (cause as { cause?: unknown }).cause;
  }
  return false;
}

/** For whoever takes every error of a library for an input that is wrong. @throws the error where it is an exhausted stack */
export function rethrowStackOverflow(error: unknown): void {
  if (isStackOverflow(error)) throw error;
}

/** The fault for an exhausted stack. */
export function stackOverflow(cause: unknown): TriremeError {
  return new TriremeError("STACK_OVERFLOW", "expected 128 KiB of room on the stack; run it on a thread with a larger one", { cause });
}

function takeArguments(): void {
  Reflect.apply(takeRoom, undefined, room as undefined[]);
}

function takeRoom(): void {}
