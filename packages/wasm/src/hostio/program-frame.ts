/** One invocation of a program: what its host functions work on. */
import { emptyBytes, type CallMessage, type Host } from "@trireme/core";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";
import type { GuestMemory } from "./guest-memory.ts";
import type { InkAccount, InkMeter } from "./ink-meter.ts";
import { failureSignal } from "./signal.ts";
import { createStorageCache, type StorageCache } from "./storage-cache.ts";
import type { TransactionPrograms } from "./transaction-programs.ts";

/** What a frame is made of. */
export interface ProgramFrameOptions {
  readonly host: Host;
  readonly message: CallMessage;
  readonly parameters: StylusParameters;
  readonly programs: TransactionPrograms;
  readonly meter: InkMeter;
  readonly memory: GuestMemory;
}

/** The state of one invocation. */
export interface ProgramFrame extends ProgramFrameOptions, InkAccount {
  readonly storage: StorageCache;
  /** The program's own output: of the last `write_result`. */
  output: Uint8Array;
  /** What the last call or create returned. */
  returnData: Uint8Array;
  /** Refund counter, the callees' included (EIP-3529). */
  refund: bigint;
  /** Status that `exit_early` gave. */
  exitStatus: number;
  /** Why a host function failed. */
  failure: string | undefined;
  /** Whether the transaction's memory budget ended the program. */
  isOutOfMemory: boolean;
  /** Whether a frame of the account below this one is open; undefined until the program asks. */
  isReentrant: boolean | undefined;
  /** The account whose code was read last, and the code: reading it again costs no gas (never empty code). */
  lastCode: { readonly address: Uint8Array; readonly code: Uint8Array } | undefined;
}

/** A frame before its first instruction. */
export function createProgramFrame(options: ProgramFrameOptions): ProgramFrame {
  const { host, message, parameters, programs, meter, memory } = options;
  return {
    host,
    message,
    parameters,
    programs,
    meter,
    memory,
    inkPrice: parameters.inkPrice,
    storage: createStorageCache(),
    output: emptyBytes,
    returnData: emptyBytes,
    refund: 0n,
    exitStatus: 0,
    failure: undefined,
    isOutOfMemory: false,
    isReentrant: undefined,
    lastCode: undefined,
  };
}

/** Ends the program with a Failure: a revert without data that keeps its gas. @throws the failure signal. */
export function fail(frame: ProgramFrame, why: string): never {
  frame.failure = why;
  throw failureSignal;
}
