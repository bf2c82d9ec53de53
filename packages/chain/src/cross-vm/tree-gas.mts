// Gas over a tree of frames: what the calls of a frame used and what it used itself are what it used.
import { gasLeftOf } from "@trireme/core";
import { floorGas, intrinsicGas, type EthereumTransaction } from "@trireme/ethereum";
import { decodeSolanaReceipt } from "@trireme/svm";
import { testBlock } from "@trireme/testing";
import type { TracedFrame } from "./frame-trace.mts";
import { describe } from "./tree-play.mts";
import type { TreeNode } from "./tree-script.mts";
import type { Played } from "./tree-world.mts";

/** Gas that a call with value lends its callee beside what it gives. */
const stipend = 2_300n;

function lentTo({ message: parent }: TracedFrame, { message }: TracedFrame): bigint {
  return message.kind === "call" && message.value > 0n && parent.kind === "call" ? stipend : 0n;
}

/** What a call took of its caller's gas. */
function spentOn(parent: TracedFrame, child: TracedFrame): bigint {
  return child.message.gas - gasLeftOf(child.result) - lentTo(parent, child);
}

/** Gas that a frame used itself. */
function ownGas(frame: TracedFrame): bigint {
  return frame.message.gas - gasLeftOf(frame.result) - frame.children.reduce((sum, child) => sum + spentOn(frame, child), 0n);
}

/** @throws where the gas of a frame, or of one below, is not accounted for */
export function checkGas(frame: TracedFrame): void {
  const { message, children, result } = frame;
  const left = gasLeftOf(result);
  if (left < 0n || left > message.gas) throw new Error(`expected at most ${message.gas} gas back, got ${left} from ${describe(frame)}`);
  let available = message.gas;
  for (const child of children) {
    // EIP-150: contracts of the EVM and of WASM keep a 64th; so does a program that can go on after a failure.
    const keeps = message.kind === "call" && child.message.kind === "call";
    const most = keeps ? available - available / 64n : available;
    if (child.message.gas > most + lentTo(frame, child)) throw new Error(`expected at most ${most} gas for ${describe(child)}`);
    available -= spentOn(frame, child);
    checkGas(child);
  }
  if (ownGas(frame) < 0n) throw new Error(`expected no more gas for its calls than it used in ${describe(frame)}`);
}

/** @throws unless a node used about what its operations cost, beside its calls: no gas is lost on the way back */
export function checkOwnGas(node: TreeNode, frame: TracedFrame, most: number): void {
  // A halt takes all there is, and so does a fault of the machine that runs programs.
  if (frame.result.kind !== "success" && gasLeftOf(frame.result) === 0n) return;
  const own = ownGas(frame);
  if (own <= 0n || own > most) throw new Error(`expected 1 to ${most} gas of its own, got ${own} of ${node.vm} in ${describe(frame)}`);
}

/** @throws where a call was given more than its limit and the stipend */
export function checkLimit(gas: number | undefined, wei: bigint, { message }: TracedFrame): void {
  if (gas === undefined) return;
  const most = BigInt(gas) + (wei > 0n ? stipend : 0n);
  if (message.gas > most) throw new Error(`expected at most ${most} gas for a call, got ${message.gas}`);
}

/** @throws where an Ethereum transaction is charged for other gas than its frames used */
export function checkEthereumCharge({ outcome, traced: [traced] }: Played, transaction: EthereumTransaction): void {
  const { result } = outcome;
  const { gasLimit, data } = transaction;
  const spent = gasLimit - gasLeftOf(result);
  const earned = result.kind === "success" ? result.gasRefund : 0n;
  const refund = earned < spent / 5n ? earned : spent / 5n;
  const floor = floorGas(data, testBlock.hardfork);
  const charge = spent - refund > floor ? spent - refund : floor;
  if (outcome.gasUsed !== charge) throw new Error(`expected a charge of ${charge} gas, got ${outcome.gasUsed}`);
  const given = gasLimit - intrinsicGas(transaction, testBlock.hardfork);
  if (traced?.message.gas !== given || gasLeftOf(traced.result) !== gasLeftOf(result))
    throw new Error(`expected ${given} gas for the first frame, got ${traced?.message.gas}`);
}

/** @throws where a Solana transaction tells other units than its frames used */
export function checkSolanaUnits({ outcome, traced }: Played): void {
  const { computeUnitsConsumed } = decodeSolanaReceipt(outcome.extra as Uint8Array);
  const used = traced.reduce((sum, { message, result }) => sum + message.gas - gasLeftOf(result), 0n);
  let available = traced[0]?.message.gas ?? 0n;
  for (const { message, result } of traced) {
    if (message.gas !== available) throw new Error(`expected ${available} units for the next instruction, got ${message.gas}`);
    available = gasLeftOf(result);
  }
  if (BigInt(computeUnitsConsumed) !== used) throw new Error(`expected ${used} units used, got ${computeUnitsConsumed}`);
}
