// What the models of contracts and of programs share: the state, who watches, how frames end.
import { addressToHex, bytesToHex, emptyBytes, type Address, type ExecutionResult } from "@trireme/core";
import type { TracedFrame } from "./frame-trace.mts";
import type { PlayCounts } from "./tree-counts.mts";
import type { TreeMeta, TreeNode } from "./tree-script.mts";
import type { TreeState } from "./tree-state.mts";

/** How a frame ends in the model: what its caller sees of it. */
export type End =
  | { readonly kind: "success" | "revert"; readonly output: Uint8Array }
  /** A program that failed says why in the gateway's words: `detail` is the environment's own error. */
  | { readonly kind: "halt"; readonly reason: string };

/** How a run ends: a failure as the gateway tells it, `error` as the SVM does. */
export type RunEnd =
  | { readonly kind: "success"; readonly output: Uint8Array }
  | { readonly kind: "failure"; readonly error: string; readonly code: number; readonly reason: string };

/** What a run stands on. `isEntered`: by another VM. */
export type RunAbove = Pick<Frame, "isStatic" | "isLimited" | "depth" | "vms"> & {
  readonly isEntered: boolean;
  /** Of a Solana transaction: all that its message names. */
  readonly message: readonly TreeMeta[];
};

/** Who watches and what was found while a tree is played. */
export interface Play {
  readonly state: TreeState;
  readonly counts: PlayCounts;
  /** Accounts that outgoing calls have frozen, outermost first. */
  readonly freezers: { readonly frozen: ReadonlySet<number> }[];
  /** Programs of the frames that are open, over all VMs. */
  readonly openPrograms: number[];
  /** Instructions that ran by now outside of what other VMs entered. */
  readonly topLevel: { instructions: number };
  /** What accounts had when the SVM first wrote them: no revert undoes it. `isMarked`: judged only where the write stands. */
  readonly rentBefore: Map<number, { readonly lamports: bigint; readonly isMarked: boolean }>;
  /** What the transaction's programs returned last, and which. */
  returned: { readonly program: number; readonly data: Uint8Array };
  /** Plays programs of the SVM. @throws Unwound */
  readonly run: (play: Play, base: TreeNode, above: RunAbove, traced: TracedFrame) => RunEnd;
  /** Errors that are planted into the model, to show that each is found. */
  readonly plants: ReadonlySet<Plant>;
}

/** Errors that the model can be given. */
export const plants = [
  "a revert keeps its writes",
  "a failed call keeps its value",
  "logs of a failed frame stay",
  "frozen accounts may be paid",
  "what a message lists read-only is free",
  "a frozen write fails only its own frame",
  "whoever signs is the sender",
  "a try does not catch",
  "static frames write in the SVM",
  "programs may be entered again",
  "the value of a call out is the program's",
  "lamports round up",
  "rent is not judged",
  "return data stays over a failed try",
] as const;
export type Plant = (typeof plants)[number];

/** A frame that plays a node. */
export interface Frame {
  readonly node: TreeNode;
  readonly sender: Address;
  readonly value: bigint;
  readonly isStatic: boolean;
  /** Whether the gas of this frame, or of one above it, may be too little. */
  readonly isLimited: boolean;
  /** Frames so far, this one included, and the VMs among them. */
  readonly depth: number;
  readonly vms: ReadonlySet<string>;
}

/** Leaves all frames down to the call that froze an account. */
export class Unwound extends Error {
  readonly freezer: object;
  constructor(freezer: object) {
    super("a frozen account was written");
    this.freezer = freezer;
  }
}

/** Ends a frame from within. */
export class FrameEnd extends Error {
  readonly end: End;
  constructor(end: End) {
    super(end.kind);
    this.end = end;
  }
}

/** A failure without a word. */
export const failed: End = { kind: "revert", output: emptyBytes };

/** @throws Unwound for an account that a call out of the SVM has frozen: down to the outermost such call. */
export function refuseFrozen({ freezers, plants }: Play, account: number): void {
  const freezer = freezers.find(({ frozen }) => frozen.has(account));
  if (freezer === undefined || plants.has("frozen accounts may be paid")) return;
  if (plants.has("a frozen write fails only its own frame")) throw new FrameEnd(failed);
  throw new Unwound(freezer);
}

/** The end of a frame, once the frame that ran has ended the same. */
export function agree<E extends End>(end: E, traced: TracedFrame): E {
  const seen = show(traced.result);
  const said = end.kind === "halt" ? end.reason : `${end.kind} ${bytesToHex(end.output)}`;
  if (seen !== said) throw new Error(`expected ${said}, got ${seen} from ${describe(traced)}`);
  return end;
}

function show(result: ExecutionResult): string {
  return result.kind === "halt" ? result.reason : `${result.kind} ${bytesToHex(result.output)}`;
}

/** A frame in words. */
export function describe({ message, result }: TracedFrame): string {
  const what =
    message.kind === "instruction"
      ? `instruction of ${bytesToHex(message.program)}`
      : `${message.kind} of ${addressToHex(message.recipient)}`;
  return `the ${what} with ${message.gas} gas at depth ${message.depth} that ended with ${show(result)}`;
}
