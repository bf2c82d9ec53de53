/** How a frame ended. Outcomes are values; only faults of the host are thrown. */
import type { Address } from "./address.ts";
import type { Pubkey } from "./pubkey.ts";

/** Rules that a frame can break, as every environment names them. */
export type CommonHaltReason =
  | "outOfGas"
  | "invalidOpcode"
  | "stackUnderflow"
  | "stackOverflow"
  | "invalidJump"
  | "writeProtection"
  | "returnDataOutOfBounds"
  | "memoryLimit"
  | "createCollision"
  | "codeSizeLimit"
  | "initCodeSizeLimit"
  | "invalidCode"
  | "nonceOverflow"
  | "balanceOverflow"
  | "precompileFailure"
  | "reentryLimit"
  | "noEnvironment"
  | "lamportsOverflow"
  | "accountFrozen";

/** A reason why a frame was halted; an environment of its own adds `<environment>:<rule>`. */
export type HaltReason = CommonHaltReason | `${string}:${string}`;

/** Why a call was refused before its first instruction; its gas comes back whole. */
export type RefusalReason = "insufficientBalance" | "callDepth" | "notCallable" | "nonceOverflow" | "notLoaded";

/** The frame ended well; what it wrote stands if its callers stand. */
export interface SuccessResult {
  readonly kind: "success";
  /** Gas that comes back, never more than was given. */
  readonly gasLeft: bigint;
  /** Refund counter of the frame and its children, may be negative inside a transaction (EIP-3529). */
  readonly gasRefund: bigint;
  readonly output: Uint8Array;
  /** The program that set the output, where it is not the one that was called: return data of an inner instruction. */
  readonly returnedBy?: Pubkey;
  /** The contract that a create made. */
  readonly created?: Address;
}

/** The callee said no, or the call was refused: catchable, its data is returned, unspent gas comes back. */
export interface RevertResult {
  readonly kind: "revert";
  readonly gasLeft: bigint;
  readonly output: Uint8Array;
  /** Set when the call was refused before it ran. */
  readonly refused?: RefusalReason;
  /** The environment's own error, for people and traces: `InstructionError` of the SVM, say. */
  readonly error?: string;
}

/** The frame broke a rule; all its gas is spent. */
export interface HaltResult {
  readonly kind: "halt";
  readonly reason: HaltReason;
  /** What exactly happened, for people and traces. */
  readonly detail?: string;
}

export type ExecutionResult = SuccessResult | RevertResult | HaltResult;

/** Gas that comes back from a frame: 0 after a halt. */
export function gasLeftOf(result: ExecutionResult): bigint {
  return result.kind === "halt" ? 0n : result.gasLeft;
}

/** Bytes that come back from a frame: none after a halt. */
export function outputOf(result: ExecutionResult): Uint8Array {
  return result.kind === "halt" ? NO_OUTPUT : result.output;
}

const NO_OUTPUT = new Uint8Array(0);
