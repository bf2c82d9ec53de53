/** How a host function ends the program that called it: thrown through the program's frames, caught by the runtime. */

/** Made once: a throw costs no stack trace. */
export const exitSignal: Error = new Error("exit_early");
/** The ink does not suffice; the meter is exhausted. */
export const outOfInkSignal: Error = new Error("out of ink");
/** The program asked for what is not allowed or not there; `ProgramFrame.failure` says what. */
export const failureSignal: Error = new Error("host I/O failure");

/** Whether an exception is one of ours, and no fault of the host. */
export function isSignal(error: unknown): boolean {
  return error === exitSignal || error === outOfInkSignal || error === failureSignal;
}
