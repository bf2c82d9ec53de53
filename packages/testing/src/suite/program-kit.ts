/** What an environment provides so that the suite can run on it: programs with known behaviour, in its own code. */
import type { Address, CallScheme, ExecutionEnvironment, ExecutionResult, Host, Message } from "@trireme/core";

/** A call that a program makes; the program's own input is the callee's input. */
export interface ProgramCall {
  readonly target: Address;
  readonly scheme: CallScheme;
  /** Wei; 0 for schemes without value. */
  readonly value: bigint;
  /** Gas for the callee; undefined gives as much as the environment lets it. */
  readonly gas: bigint | undefined;
}

/**
 * Programs. Leave out what the environment cannot do: the suite skips those cases by name. "Status" is a 32-byte
 * big-endian word, 1 for a callee that succeeded and 0 for one that did not.
 */
export interface KitPrograms {
  /** Returns these bytes, whatever the input. */
  readonly returnBytes: (bytes: Uint8Array) => Uint8Array;
  /** Returns its input. */
  readonly echo?: () => Uint8Array;
  /** Reverts with these bytes. */
  readonly revertWith?: (bytes: Uint8Array) => Uint8Array;
  /** Breaks a rule of its environment. */
  readonly halt?: () => Uint8Array;
  /** Runs until its gas is spent. */
  readonly loop?: () => Uint8Array;
  /** Writes a word to its own storage. */
  readonly store?: (key: Uint8Array, value: Uint8Array) => Uint8Array;
  /** Returns the word at a key of its own storage. */
  readonly load?: (key: Uint8Array) => Uint8Array;
  /** Writes a word, then reverts. */
  readonly storeAndRevert?: (key: Uint8Array, value: Uint8Array) => Uint8Array;
  readonly storeTransient?: (key: Uint8Array, value: Uint8Array) => Uint8Array;
  readonly loadTransient?: (key: Uint8Array) => Uint8Array;
  /** Emits a log with one topic. */
  readonly log?: (topic: Uint8Array, data: Uint8Array) => Uint8Array;
  /** Emits a log, then reverts. */
  readonly logAndRevert?: (topic: Uint8Array, data: Uint8Array) => Uint8Array;
  /** Calls, and returns status ‖ the callee's output. Undefined for a scheme that the environment does not have. */
  readonly call?: (call: ProgramCall) => Uint8Array | undefined;
  /** Calls, then reverts whatever the callee did. */
  readonly callAndRevert?: (call: ProgramCall) => Uint8Array;
  /** Writes a word to its own storage, then calls, and returns status ‖ output. */
  readonly storeAndCall?: (key: Uint8Array, value: Uint8Array, call: ProgramCall) => Uint8Array;
  /** Calls, then reads one byte more than the callee returned, which must halt. */
  readonly overread?: (call: ProgramCall) => Uint8Array;
  /** Returns its own address, its sender and the value as three words. */
  readonly context?: () => Uint8Array;
  /** Returns the gas that it has left, as a word. */
  readonly gasLeft?: () => Uint8Array;
  /**
   * Input is a word n. Returns 0 for n = 0, else calls its own address with n - 1 and returns what came back plus 1;
   * when the inner call fails it returns 0, and that is what its caller adds to.
   */
  readonly recurse?: () => Uint8Array;
  /**
   * Calls the address in the last 20 bytes of the input's first word with the rest as input and no value, and returns
   * the output; reverts with it when the callee failed. Without a whole word of input it returns nothing.
   */
  readonly relay?: () => Uint8Array;
}

/** A call from outside, as the suite makes it. */
export interface SuiteCall {
  readonly sender: Address;
  readonly target: Address;
  readonly input: Uint8Array;
  readonly value: bigint;
  readonly gas: bigint;
  readonly isStatic: boolean;
  /** Depth at which the frame runs; 0 for most cases. */
  readonly depth: number;
}

/** How static frames end that do what they may not; in no case is anything written. */
export interface StaticEnds {
  readonly write: ExecutionResult["kind"];
  /** `success` where the call with value fails and its caller goes on. */
  readonly value: ExecutionResult["kind"];
}

/** An environment and its programs. */
export interface ProgramKit {
  /** A fresh environment. */
  readonly createEnvironment: () => ExecutionEnvironment;
  readonly programs: KitPrograms;
  /** Gas within which every program ends well; 1,000,000 when absent. */
  readonly gas?: bigint;
  /** Most runs of one gas sweep; 400 when absent. An environment that is slow to enter may ask for fewer. */
  readonly sweepRuns?: number;
  /** Puts a program at an address; `setCode` when absent. */
  readonly install?: (host: Host, address: Address, program: Uint8Array) => void;
  /** How a static frame ends that writes, and one that sends value; as in the EVM, by a halt, when absent. */
  readonly staticEnds?: StaticEnds;
  /** The frame that runs a program; an EVM-style call when absent. */
  readonly message?: (call: SuiteCall) => Message;
}
