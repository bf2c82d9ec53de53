/** Tracing: what a run shows to whoever watches. A tracer observes; it never changes an outcome. */
import type { Address } from "./address.ts";
import type { EnvironmentId } from "./environment.ts";
import type { Log } from "./log.ts";
import type { Message } from "./message.ts";
import type { ExecutionResult } from "./result.ts";

/** One instruction of an engine, before it runs. Arrays are copies: the tracer may keep them. */
export interface TraceStep {
  readonly environment: EnvironmentId;
  readonly pc: number;
  /** Mnemonic in the environment's own language: `PUSH1`, `add64`. */
  readonly operation: string;
  readonly gas: bigint;
  readonly gasCost: bigint;
  /** Depth of the frame, 0 for the first. */
  readonly depth: number;
  readonly refund: bigint;
  /** Operand stack, bottom first, where the engine has one. */
  readonly stack?: readonly bigint[];
  /** Memory of the frame, where the tracer asked for it. */
  readonly memory?: Uint8Array;
  readonly address: Address;
}

/** What a frame could spend and spent in the unit of its environment, its callees included. */
export interface UnitUse {
  /** Name of the unit: `ink`, `computeUnits`. */
  readonly unit: string;
  readonly limit: bigint;
  readonly used: bigint;
}

/**
 * Receives the frames of a transaction in order. Frames that an engine nests itself are reported by the engine. `gas` of
 * every message and `gasLeft` of every result is gas, in whichever VM: an environment that counts in a unit of its own
 * converts what it reports, and tells the unit with `units`.
 */
export interface Tracer {
  /** Whether `step` is to be called: engines leave it out of their loop otherwise. */
  readonly wantsSteps: boolean;
  /** Whether steps carry memory. */
  readonly wantsMemory: boolean;
  enter(message: Message, environment: EnvironmentId | undefined): void;
  exit(result: ExecutionResult): void;
  /** What the innermost open frame used in its environment's own unit; told at most once, when it has ended, before its `exit`. */
  units?(use: UnitUse): void;
  log(log: Log): void;
  /** A line that a program or a contract's console printed. */
  programLog?(address: Address, line: string): void;
  step(step: TraceStep): void;
  /** SELFDESTRUCT: the balance of `from` went to `beneficiary`. */
  selfDestruct(from: Address, beneficiary: Address, value: bigint): void;
}
