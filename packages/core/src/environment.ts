/** An execution environment: a virtual machine behind one door. */
import type { SvmRecord } from "./account.ts";
import type { Address } from "./address.ts";
import type { BlockHooks } from "./block-hooks.ts";
import type { BlockContext } from "./context.ts";
import type { DataAccountHost, Host } from "./host.ts";
import type { Message } from "./message.ts";
import type { ExecutionResult, RevertResult } from "./result.ts";
import type { FormatId, TransactionFormat } from "./transaction.ts";

/** Name of an environment: `evm`, `wasm`, `svm`, or one that this package has never heard of. */
export type EnvironmentId = string;

/**
 * Which accounts an environment runs. `default`: every code no other environment claims (the EVM, which also runs
 * creates and plain transfers). `prefix`: code that begins with these bytes; first byte 0xEF, so that it is never
 * valid EVM code. `program`: executable SVM accounts.
 */
export type CodeClaim =
  | { readonly kind: "default" }
  | { readonly kind: "prefix"; readonly prefix: Uint8Array }
  | { readonly kind: "program" };

/**
 * A virtual machine. Synchronous; keeps no chain state (caches keyed by code hash are fine); may be entered again
 * while a frame of its own is suspended in `host.call`.
 */
export interface ExecutionEnvironment extends BlockHooks {
  readonly id: EnvironmentId;
  readonly claims: CodeClaim;
  /**
   * Runs one frame to its end. For a call and an instruction the host has taken the checkpoint, moved the value and
   * checked depth and balance, and reverts on anything but success. A create, whose address the host has made warm, is
   * the environment's from the collision check to the deposit: nonce 1, endowment, init code, `host.mayDeploy`, deposit.
   * @throws only what a Host method threw, and faults of the host machine itself.
   */
  execute(message: Message, host: Host): ExecutionResult;
  /**
   * Whether this environment runs an address whatever stands there: precompiles, gateways. Goes before code (a stub that
   * lets Solidity's extcodesize check pass) and before an SVM record (a sysvar that refuses value, rule 3). It is asked
   * for every call. A default environment that does not say so is entered for every call to an account without code.
   */
  runsAddress?(address: Address, block: BlockContext): boolean;
  /**
   * Which SVM accounts answer calls with calldata, though they are no programs: the mints, as tokens (rule 20). Asked of the
   * environment for programs, for CALL and STATICCALL only; without calldata such a call stays a transfer (rule 16).
   */
  runsRecord?(address: Address, record: SvmRecord, data: Pick<DataAccountHost, "readAccountData">): boolean;
  /**
   * Frames on an account among those that this environment runs by itself, without `host.call`; absent where it runs
   * none. What `Host.openFrames` counts.
   */
  openFrames?(address: Address): number;
  /** Accounts that are warm from the start of every transaction, as precompiles are (EIP-2929). */
  readonly warmAddresses?: readonly Address[];
  /** Which code under its prefix a create may leave (rule 15); all of it where this is absent. */
  allowsCode?(code: Uint8Array): boolean;
  /**
   * Compiles what a frame on `address` would run, so that the frame finds it compiled: asked ahead of blocks, outside of any
   * transaction and of any frame. Reads only, of a state that may be changing; may throw. Whether it was asked, came to its
   * end or took long shows in no outcome (rule 26).
   */
  compileAhead?(address: Address, host: Host): void;
  /**
   * The last word on a transaction of whichever dialect, or on a call outside of any, after all its frames succeeded:
   * a verdict undoes them as a revert with their gas back. For what holds at the end only: rent state and growth of the
   * SVM accounts written (rule 11). Not asked after a failure.
   */
  verifyTransaction?(host: Host): TransactionVerdict | undefined;
}

/** Why an environment does not let the frames of a transaction stand: the matter of a `RevertResult`. */
export type TransactionVerdict = Pick<RevertResult, "output" | "error">;

/**
 * How a chain definition names an environment. `create` makes it on this thread; `source` lets another thread make
 * the same one: a module whose export `name`, called with `options`, returns this descriptor again. Without `source`
 * the environment runs on the thread that made it only.
 */
export interface EnvironmentDescriptor {
  readonly id: EnvironmentId;
  readonly create: () => ExecutionEnvironment;
  readonly source?: EnvironmentSource;
  /** Dialects that come with it, unless the chain names its own: Solana's with the SVM. */
  readonly formats?: readonly FormatDescriptor[];
}

/**
 * How a chain definition names a transaction format. `create` makes it on this thread, `source` on another one, as
 * for environments; without it a transaction of this dialect cannot be run again on the thread with a large stack.
 */
export interface FormatDescriptor {
  readonly id: FormatId;
  readonly create: () => TransactionFormat;
  readonly source?: EnvironmentSource;
}

/** Where another thread finds an environment. */
export interface EnvironmentSource {
  /** URL or bare specifier of an ES module. */
  readonly module: string;
  /** Named export: a function that returns the `EnvironmentDescriptor`. */
  readonly name: string;
  /** Argument of that function; survives a structured clone. */
  readonly options: unknown;
}
