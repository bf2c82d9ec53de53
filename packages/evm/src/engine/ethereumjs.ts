/**
 * The parts of @ethereumjs/evm that are driven by hand: its interpreter, its opcode tables and its precompiles, with
 * the shapes that this package relies on. Everything around them (frames, state, the transaction) is ours.
 */
import { createRequire } from "node:module";
import { dirname } from "node:path";
import type { Common } from "@ethereumjs/common";
import type { ExecResult } from "@ethereumjs/evm";
import type { Address } from "@trireme/core";
import type { CodeAnalyses } from "./code-analyses.ts";
import type { FrameMemory } from "./frame-memory.ts";
import type { FrameStack } from "./frame-stack.ts";
import type { Pending } from "./realm.ts";

const require = createRequire(import.meta.url);
const entry = require.resolve("@ethereumjs/evm");

/** Folder of the CommonJS build, whose files are loaded one by one. */
export const engineFolder: string = dirname(entry);

/** Loads a module as a file of that build would: this realm's copy. */
export const requireFromEngine: NodeJS.Require = createRequire(entry);

/** `Address` of @ethereumjs/util. */
export interface EngineAddress {
  readonly bytes: Uint8Array;
}

/** `Opcode` and what runs it. */
export interface OpcodeEntry {
  readonly opcodeInfo: OpcodeInfo;
  /** Gives a promise of the realm where it waits for one. */
  readonly opHandler: (state: RunState, common: Common) => unknown;
  /** The whole price from the fixed part of it, at once or later. */
  readonly gasHandler: ((state: RunState, gas: bigint, common: Common) => bigint | Pending<bigint>) | undefined;
}

/** `Opcode`. */
export interface OpcodeInfo {
  readonly code: number;
  readonly fullName: string;
  /** The fixed part of the price. */
  readonly fee: number;
  readonly feeBigInt: bigint;
  readonly dynamicGas: boolean;
  readonly isInvalid: boolean;
}

/** `RunState`: the registers of one frame. */
export interface RunState {
  programCounter: number;
  opCode: number;
  readonly memory: FrameMemory;
  /** Words that have been paid for; `memory` itself grows when it is written to. */
  memoryWordCount: bigint;
  /** What those words cost. */
  highestMemCost: bigint;
  readonly stack: FrameStack;
  readonly env: FrameEnvironment;
  readonly interpreter: Interpreter;
  code: Uint8Array;
  /** True until the code is analysed: instructions that push read it themselves then. */
  shouldDoJumpAnalysis: boolean;
  validJumps: Uint8Array;
  cachedPushes: Readonly<Record<number, bigint>>;
  gasLeft: bigint;
  gasRefund: bigint;
  returnBytes: Uint8Array;
  /** Gas that a call opcode gives to its callee, between its gas handler and its handler. */
  messageGasLimit?: bigint | undefined;
}

/** `Env`: what a frame is run with, as far as the interpreter reads it. */
export interface FrameEnvironment {
  readonly address: EngineAddress;
  readonly caller: EngineAddress;
  readonly origin: EngineAddress;
  readonly callData: Uint8Array;
  readonly callValue: bigint;
  readonly code: Uint8Array;
  readonly isStatic: boolean;
  readonly isCreate: boolean;
  readonly depth: number;
  readonly gasPrice: bigint;
  readonly block: unknown;
  readonly gasRefund: bigint;
  readonly blobVersionedHashes: readonly string[];
  readonly createdAddresses: ReadonlySet<string>;
  /** Ours: the account that `code` was read from, undefined for init code. */
  readonly codeOwner: Address | undefined;
}

/** What is known of a code once it is analysed. */
export interface JumpAnalysis {
  readonly jumps: Uint8Array;
  readonly pushes: Readonly<Record<number, bigint>>;
}

/** What `Interpreter.run` resolves to. */
export interface RunResult {
  readonly runState: RunState;
  readonly exceptionError?: FrameEnd | undefined;
}

/** `EVMError`: what ends a frame from within. */
export interface FrameEnd {
  readonly error: string;
}

/** What the interpreter reads of the `EVM` that it belongs to. */
export interface EngineEvm {
  readonly common: Common;
  readonly _opcodeMap: readonly OpcodeEntry[];
  /** Ours. */
  readonly analyses: CodeAnalyses;
}

/** `Interpreter`: one frame. */
export interface Interpreter {
  readonly _evm: EngineEvm;
  readonly _runState: RunState;
  readonly _env: FrameEnvironment;
  readonly _result: { returnValue: Uint8Array | undefined };
  run(code: Uint8Array): RunResult | Pending<RunResult>;
  useGas(amount: bigint, context?: unknown): void;
  lookupOpInfo(opcode: number): OpcodeEntry;
  _getValidJumpDestinations(code: Uint8Array): JumpAnalysis;
  _runStepHook(gasCost: bigint, gasLeft: bigint): void;
  storageLoad(key: Uint8Array, isOriginal?: boolean): Uint8Array;
  storageStore(key: Uint8Array, value: Uint8Array): void;
  call(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint>;
  callCode(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint>;
  callDelegate(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint>;
  callStatic(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint>;
}

/** Constructor of `Interpreter`. */
export type InterpreterConstructor = new (
  evm: EngineEvm,
  stateManager: unknown,
  blockchain: unknown,
  environment: FrameEnvironment,
  gas: bigint,
  journal: unknown,
) => Interpreter;

/** A precompile; those of BLS12-381 and KZG come back later. */
export type Precompile = (input: {
  readonly data: Uint8Array;
  readonly gasLimit: bigint;
  readonly common: Common;
  readonly _EVM: unknown;
}) => ExecResult | Pending<ExecResult>;

const util = requireFromEngine("@ethereumjs/util") as { readonly Address: new (bytes: Uint8Array) => EngineAddress };
const errors = requireFromEngine("./errors.js") as {
  readonly EVMError: new (message: string) => Error;
  readonly EVMErrorTypeString: string;
};

/** An address as the engine wants it; the bytes are not copied. */
export function engineAddress(bytes: Uint8Array): EngineAddress {
  return new util.Address(bytes);
}

/** What ends a frame from within: the engine tells these from faults by a field of theirs. */
export function frameEnd(message: string): Error {
  return new errors.EVMError(message);
}

/** Whether an exception ends a frame from within. */
export function isFrameEnd(error: unknown): error is FrameEnd {
  return typeof error === "object" && error !== null && (error as { readonly errorType?: unknown }).errorType === errors.EVMErrorTypeString;
}
