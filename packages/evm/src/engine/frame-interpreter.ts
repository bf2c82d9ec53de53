/**
 * The engine's interpreter on our Host: instructions that touch state, other accounts or other frames end here, all
 * others are the engine's own. Every method gives a plain value or one of the realm's own promises.
 */
import {
  bigintToBytes,
  bytesToBigint,
  create2Address,
  createAddress,
  gasLeftOf,
  maxCallDepth,
  outputOf,
  emptyBytes,
  zeroHash,
  type Address,
  type CallScheme,
  type ExecutionResult,
} from "@trireme/core";
import {
  frameEnd,
  type EngineAddress,
  type Interpreter,
  type InterpreterConstructor,
  type JumpAnalysis,
  type RunResult,
} from "./ethereumjs.ts";
import type { Frames, Outcome } from "./frames.ts";
import { frameEnds } from "./halt-reason.ts";
import { analyseJumps } from "./jump-analysis.ts";
import type { Pending, Realm } from "./realm.ts";
import type { RunLoop } from "./run-loop.ts";
import type { Session } from "./session.ts";
import { selfDestruct } from "./self-destruct.ts";
import { traceStep } from "./trace-step.ts";

/** EIP-2681: the highest nonce is never used. */
const MAX_NONCE = (1n << 64n) - 1n;

/** A frame, and the memory that it holds of the transaction's budget. */
export interface FrameInterpreter extends Interpreter {
  readonly reservedMemory: number;
}

/** What a frame interpreter works with. */
export interface FrameInterpreterOptions {
  readonly realm: Realm;
  readonly session: Session;
  readonly runLoop: RunLoop;
  /** Made after the interpreter, which it runs. */
  readonly frames: () => Frames;
}

/** Makes the interpreter of a realm from the engine's. */
export function extendInterpreter(
  base: InterpreterConstructor,
  { realm, session, runLoop, frames }: FrameInterpreterOptions,
): new (...args: ConstructorParameters<InterpreterConstructor>) => FrameInterpreter {
  const { host } = session;

  return class extends base implements FrameInterpreter {
    reservedMemory = 0;
    #paidWords = 0n;

    override run(code: Uint8Array): RunResult | Pending<RunResult> {
      return runLoop(this, code);
    }

    /** Called for every instruction once its price is known; memory that it grows is paid for by then. */
    override useGas(amount: bigint): void {
      const state = this._runState;
      state.gasLeft -= amount;
      if (state.gasLeft < 0n) {
        state.gasLeft = 0n;
        throw frameEnd(frameEnds.outOfGas);
      }
      if (state.memoryWordCount !== this.#paidWords) this.#reserveMemory(state.memoryWordCount);
    }

    #reserveMemory(words: bigint): void {
      const bytes = Number(words - this.#paidWords) * 32;
      this.#paidWords = words;
      if (!host.reserveMemory(bytes)) throw frameEnd(frameEnds.memoryLimit);
      this.reservedMemory += bytes;
      session.reservedMemory += bytes;
    }

    /** The counter of one frame may be negative: what it takes back was granted to a frame further out. */
    subRefund(amount: bigint): void {
      this._runState.gasRefund -= amount;
    }

    override _getValidJumpDestinations(code: Uint8Array): JumpAnalysis {
      const { codeOwner } = this._env;
      return codeOwner === undefined ? analyseJumps(code) : this._evm.analyses.of(host.getCodeHash(codeOwner), () => analyseJumps(code));
    }

    getChainId(): bigint {
      return session.block.chainId;
    }

    getExternalBalance(address: EngineAddress): bigint {
      return host.getBalance(address.bytes as Address);
    }

    getSelfBalance(): bigint {
      return host.getBalance(this.#self);
    }

    override storageLoad(key: Uint8Array, isOriginal = false): Uint8Array {
      return isOriginal ? host.getOriginalStorage(this.#self, key) : host.getStorage(this.#self, key);
    }

    override storageStore(key: Uint8Array, value: Uint8Array): void {
      host.setStorage(this.#self, key, word(value));
    }

    transientStorageLoad(key: Uint8Array): Uint8Array {
      return host.getTransientStorage(this.#self, key);
    }

    transientStorageStore(key: Uint8Array, value: Uint8Array): void {
      host.setTransientStorage(this.#self, key, word(value));
    }

    log(data: Uint8Array, _count: number, topics: readonly Uint8Array[]): void {
      host.emitLog({ address: this.#self, topics, data });
    }

    _selfDestruct(beneficiary: EngineAddress): void {
      selfDestruct(session, this.#self, beneficiary.bytes as Address);
      throw frameEnd(frameEnds.stop);
    }

    override call(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint> {
      return this.#call("call", gas, target.bytes as Address, value, input);
    }

    override callCode(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint> {
      return this.#call("callcode", gas, target.bytes as Address, value, input);
    }

    override callDelegate(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint> {
      return this.#call("delegatecall", gas, target.bytes as Address, value, input);
    }

    override callStatic(gas: bigint, target: EngineAddress, value: bigint, input: Uint8Array): bigint | Pending<bigint> {
      return this.#call("staticcall", gas, target.bytes as Address, value, input);
    }

    create(gas: bigint, value: bigint, initCode: Uint8Array, salt?: Uint8Array): bigint | Pending<bigint> {
      this._runState.returnBytes = emptyBytes;
      const { depth } = this._env;
      const sender = this.#self;
      if (depth >= maxCallDepth || (value > 0n && host.getBalance(sender) < value)) return 0n;
      const nonce = host.getNonce(sender);
      if (nonce >= MAX_NONCE) return 0n;
      const recipient = salt === undefined ? createAddress(sender, nonce) : create2Address(sender, salt, initCode);
      host.setNonce(sender, nonce + 1n);
      const outcome = frames().nestedCreate(
        {
          kind: "create",
          scheme: salt === undefined ? "create" : "create2",
          sender,
          recipient,
          value,
          initCode,
          gas,
          depth: depth + 1,
          isStatic: false,
        },
        this._runState.gasRefund,
      );
      return realm.after(outcome, (result) => {
        this.#settle(gas, result);
        // Only the data of a revert comes back.
        if (result.kind === "revert") this._runState.returnBytes = result.output;
        return result.kind === "success" ? bytesToBigint(recipient) : 0n;
      });
    }

    override _runStepHook(gasCost: bigint, gasLeft: bigint): void {
      const { tracer } = session;
      if (tracer !== undefined) traceStep(tracer, this, this.reservedMemory / 32, gasCost, gasLeft);
    }

    get #self(): Address {
      return this._env.address.bytes as Address;
    }

    #call(scheme: CallScheme, gas: bigint, target: Address, value: bigint, input: Uint8Array): bigint | Pending<bigint> {
      const state = this._runState;
      state.returnBytes = emptyBytes;
      const env = this._env;
      const isBorrowing = scheme === "callcode" || scheme === "delegatecall";
      const outcome: Outcome = frames().nestedCall(
        {
          kind: "call",
          scheme,
          sender: (scheme === "delegatecall" ? env.caller : env.address).bytes as Address,
          recipient: isBorrowing ? this.#self : target,
          codeAddress: target,
          value,
          input,
          gas,
          depth: env.depth + 1,
          isStatic: env.isStatic || scheme === "staticcall",
        },
        state.gasRefund,
      );
      return realm.after(outcome, (result) => {
        this.#settle(gas, result);
        state.returnBytes = outputOf(result);
        return result.kind === "success" ? 1n : 0n;
      });
    }

    #settle(gas: bigint, result: ExecutionResult): void {
      this.useGas(gas - gasLeftOf(result));
      if (result.kind === "success") this._runState.gasRefund = result.gasRefund;
    }
  };
}

/** The engine gives values in as few bytes as they need. */
function word(value: Uint8Array): Uint8Array {
  if (value.length === 32) return value;
  return value.length === 0 ? zeroHash : bigintToBytes(bytesToBigint(value), 32);
}
