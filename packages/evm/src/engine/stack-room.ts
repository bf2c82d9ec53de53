/**
 * Room on the machine's stack. The engine and its cryptography need little of it per level of re-entry, so it is asked
 * for on the way in: an overflow is then a fault here, never an exception in the middle of a contract, where a catch
 * clause could make an outcome of it.
 */
import { TriremeError } from "@trireme/core";
import { createStackProbe } from "./stack-probe.ts";

/** One call with this many arguments takes 8 bytes for each: 128 KiB. */
const ROOM: readonly undefined[] = Array.from({ length: 16_384 }, () => undefined);

/** Writing so many arguments takes longer than a call of a contract; the probe that writes none takes as long to make as so many calls. */
const callsBeforeProbe = 1_000;
let calls = 0;
let probe: () => void = takeArguments;

/** @throws TriremeError `STACK_OVERFLOW` when less than 128 KiB are left. */
export function assertStackRoom(): void {
  try {
    if (calls <= callsBeforeProbe && calls++ === callsBeforeProbe) probe = createStackProbe(8 * ROOM.length);
    probe();
  } catch (error) {
    throw stackOverflow(error);
  }
}

/** Whether an exception is the machine's stack overflow, of whichever realm. */
export function isStackOverflow(error: unknown): boolean {
  const { name, message } = Object(error) as { readonly name?: unknown; readonly message?: unknown };
  return name === "RangeError" && typeof message === "string" && message.includes("call stack");
}

/** The fault for a stack overflow. */
export function stackOverflow(cause: unknown): TriremeError {
  return new TriremeError("STACK_OVERFLOW", "expected room on the stack for one more EVM frame; run it on a thread with a larger stack", {
    cause,
  });
}

function takeArguments(): void {
  Reflect.apply(takeRoom, undefined, ROOM as undefined[]);
}

function takeRoom(): void {}
