// Gas over a tree of frames: what the children used and what a frame used itself are what it used.
import { gasLeftOf } from "@trireme/core";
import type { TracedFrame } from "./frame-trace.mts";
import { describe } from "./tree-model.mts";

/** EIP-150's and Solana's own: gas that a call with value lends its callee beside what it gives. */
const stipend = 2_300n;

/** @throws where a frame's gas is not accounted for */
export function checkGas(frame: TracedFrame): void {
  const { message, children, result } = frame;
  const left = gasLeftOf(result);
  if (left < 0n || left > message.gas) throw new Error(`expected at most ${message.gas} gas back, got ${left} from ${describe(frame)}`);
  let spent = 0n;
  for (const child of children) {
    const lent = child.message.kind === "call" && child.message.value > 0n && message.kind === "call" ? stipend : 0n;
    if (child.message.gas > message.gas - spent + lent) throw new Error(`expected no more gas than there is for ${describe(child)}`);
    spent += child.message.gas - gasLeftOf(child.result) - lent;
    checkGas(child);
  }
  if (spent > message.gas - left)
    throw new Error(`expected at most ${message.gas - left} gas for the calls of ${describe(frame)}, got ${spent}`);
}
