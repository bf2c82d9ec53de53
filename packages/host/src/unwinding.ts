/** How the host leaves several frames at once: an exception that no environment can turn into a result. */
import type { HostFrame } from "./frame-stack.ts";

/** What makes the host unwind. */
export type UnwindingReason = "accountFrozen" | "writeProtection";

/** Thrown by a Host method, caught by the `call` that entered `frame`, which then halts with `reason`. */
export class Unwinding extends Error {
  readonly frame: HostFrame;
  readonly reason: UnwindingReason;

  constructor(frame: HostFrame, reason: UnwindingReason) {
    super(`unwinding to depth ${frame.message.depth}: ${reason}`);
    this.frame = frame;
    this.reason = reason;
  }
}
