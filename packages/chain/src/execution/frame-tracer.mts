// The tree of frames that a call ran.
import type { ExecutionResult, Message, Tracer } from "@trireme/core";

/** A frame that ran, as a tracer saw it. */
export interface TracedFrame {
  readonly message: Message;
  readonly children: TracedFrame[];
  result: ExecutionResult;
}

/** A tracer that keeps the tree of frames, its root first. */
export function createFrameTracer(): { readonly tracer: Tracer; readonly root: () => TracedFrame | undefined } {
  const open: TracedFrame[] = [];
  let root: TracedFrame | undefined;
  const tracer: Tracer = {
    wantsSteps: false,
    wantsMemory: false,
    enter(message) {
      const frame: TracedFrame = { message, children: [], result: { kind: "halt", reason: "outOfGas" } };
      root ??= frame;
      open.at(-1)?.children.push(frame);
      open.push(frame);
    },
    exit(result) {
      const frame = open.pop();
      if (frame !== undefined) frame.result = result;
    },
    log() {},
    step() {},
    selfDestruct() {},
  };
  return { tracer, root: () => root };
}
