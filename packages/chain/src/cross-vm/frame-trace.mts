// The tree of frames that a call ran, of all VMs.
import type { ExecutionResult, Message, Tracer } from "@trireme/core";

/** A frame that ran, as a tracer saw it. */
export interface TracedFrame {
  readonly message: Message;
  readonly environment: string | undefined;
  readonly children: TracedFrame[];
  result: ExecutionResult;
}

/** A tracer that keeps the trees of frames: one, or one for each instruction. */
export function createFrameTrace(): { readonly tracer: Tracer; readonly roots: () => readonly TracedFrame[] } {
  const open: TracedFrame[] = [];
  const roots: TracedFrame[] = [];
  const tracer: Tracer = {
    wantsSteps: false,
    wantsMemory: false,
    enter(message, environment) {
      const frame: TracedFrame = { message, environment, children: [], result: { kind: "halt", reason: "outOfGas" } };
      (open.at(-1)?.children ?? roots).push(frame);
      open.push(frame);
    },
    exit(result) {
      const frame = open.pop();
      if (frame === undefined) throw new Error("expected as many frames to begin as to end");
      frame.result = result;
    },
    log() {},
    step() {},
    selfDestruct() {},
  };
  return {
    tracer,
    roots() {
      if (open.length > 0) throw new Error(`expected every frame to end, got ${open.length} that did not`);
      return roots;
    },
  };
}
