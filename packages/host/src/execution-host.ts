/** The Host over the journal: what environments and transaction formats see while one transaction runs. */
import {
  emptyBytes,
  maxCallDepth,
  TriremeError,
  type AccountKind,
  type Address,
  type BlockContext,
  type CallMessage,
  type Checkpoint,
  type CreateMessage,
  type ExecutionResult,
  type Hash,
  type Host,
  type Log,
  type Message,
  type Pubkey,
  type SvmRecord,
  type Tracer,
  type TransactionContext,
} from "@trireme/core";
import type { Journal } from "@trireme/state";
import { FrameStack, type HostFrame } from "./frame-stack.ts";
import { gatewayErrorData } from "./gateway-error.ts";
import type { EnvironmentRegistry, RegisteredEnvironment } from "./registry.ts";
import { kindOfAccount, routeMessage, type Route } from "./routing.ts";
import { Unwinding, type UnwindingReason } from "./unwinding.ts";

/** What a host runs in. */
export interface ExecutionHostOptions {
  readonly registry: EnvironmentRegistry;
  readonly journal: Journal;
  readonly block: BlockContext;
  readonly transaction: TransactionContext;
  readonly getBlockHash: (number: bigint) => Hash | undefined;
  readonly tracer: Tracer | undefined;
  readonly reentryLimit: number;
  readonly memoryBudget: number;
}

/** One transaction's host. A class, so that making one per transaction costs a few fields and no closures. */
export class ExecutionHost implements Host {
  readonly block: BlockContext;
  transaction: TransactionContext;
  readonly tracer: Tracer | undefined;
  private readonly journal: Journal;
  private readonly registry: EnvironmentRegistry;
  private readonly frames: FrameStack;
  private readonly blockHashOf: (number: bigint) => Hash | undefined;
  /** Open checkpoints, outermost first: whatever an exception leaves open is closed by the frame that survives. */
  private readonly open: Checkpoint[] = [];
  /** An exception on its way out of the frames. */
  private escaped: { readonly error: unknown } | undefined;

  constructor(options: ExecutionHostOptions) {
    this.block = options.block;
    this.transaction = options.transaction;
    this.tracer = options.tracer;
    this.journal = options.journal;
    this.registry = options.registry;
    this.frames = new FrameStack(options.registry.all.length, options.reentryLimit, options.memoryBudget);
    this.blockHashOf = options.getBlockHash;
  }

  call(given: Message): ExecutionResult {
    const parent = this.frames.top;
    if (parent !== undefined && given.depth <= parent.message.depth) {
      throw new TriremeError("HOST_FAULT", `expected a call deeper than its caller's depth ${parent.message.depth}, got ${given.depth}`);
    }
    const isStatic = given.isStatic || parent?.isStatic === true || (given.kind === "call" && given.scheme === "staticcall");
    const message = isStatic === given.isStatic ? given : { ...given, isStatic };
    const { tracer } = this;
    if (tracer === undefined) return this.run(message, parent);
    const route = this.route(message);
    tracer.enter(message, route.kind === "run" ? route.entry.environment.id : undefined);
    try {
      const result = this.run(message, parent);
      tracer.exit(result);
      return result;
    } catch (error) {
      if (error instanceof Unwinding) tracer.exit({ kind: "halt", reason: error.reason });
      throw error;
    }
  }

  checkpoint(): Checkpoint {
    const checkpoint = this.journal.checkpoint();
    this.open.push(checkpoint);
    return checkpoint;
  }

  commit(checkpoint: Checkpoint): void {
    this.close(checkpoint);
    this.journal.commit(checkpoint);
  }

  revert(checkpoint: Checkpoint): void {
    this.close(checkpoint);
    this.journal.revert(checkpoint);
  }

  getBlockHash(number: bigint): Hash | undefined {
    const current = this.block.number;
    return number < current && number + 256n >= current ? this.blockHashOf(number) : undefined;
  }

  emitLog(log: Log): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    const kept: Log = { address: log.address, topics: log.topics.map((topic) => topic.slice()), data: log.data.slice() };
    this.journal.emitLog(kept);
    this.tracer?.log(kept);
  }

  emitProgramLog(address: Address, line: string): void {
    this.journal.emitProgramLog(address, line);
  }

  reserveMemory(bytes: number): boolean {
    return this.frames.reserveMemory(bytes);
  }

  releaseMemory(bytes: number): void {
    this.frames.releaseMemory(bytes);
  }

  kindOf(address: Address): AccountKind {
    return kindOfAccount(address, this.journal, this.registry, this.block);
  }

  mayDeploy(code: Uint8Array, _message: CreateMessage): boolean {
    return this.registry.mayDeploy(code);
  }

  exists(address: Address): boolean {
    return this.journal.exists(address);
  }

  getBalance(address: Address): bigint {
    return this.journal.getBalance(address);
  }

  setBalance(address: Address, wei: bigint): void {
    if (this.frames.isGuarded && this.journal.getBalance(address) !== wei) this.refuseChange(address);
    this.journal.setBalance(address, wei);
  }

  credit(address: Address, wei: bigint): void {
    if (this.frames.isGuarded && wei !== 0n) this.refuseChange(address);
    this.journal.credit(address, wei);
  }

  burn(address: Address, wei: bigint): void {
    if (this.frames.isGuarded && wei !== 0n) this.refuseChange(address);
    this.journal.burn(address, wei);
  }

  transfer(from: Address, to: Address, wei: bigint): boolean {
    if (this.frames.isGuarded && wei !== 0n && this.journal.getBalance(from) >= wei) {
      this.refuseChange(from);
      this.refuseChange(to);
    }
    return this.journal.transfer(from, to, wei);
  }

  getNonce(address: Address): bigint {
    return this.journal.getNonce(address);
  }

  setNonce(address: Address, nonce: bigint): void {
    if (this.frames.isGuarded && this.journal.getNonce(address) !== nonce) this.refuseInStaticFrame();
    this.journal.setNonce(address, nonce);
  }

  getCode(address: Address): Uint8Array {
    return this.journal.getCode(address);
  }

  getCodeSize(address: Address): number {
    return this.journal.getCodeSize(address);
  }

  getCodeHash(address: Address): Hash {
    return this.journal.getCodeHash(address);
  }

  setCode(address: Address, code: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.setCode(address, code);
  }

  touch(address: Address): void {
    this.journal.touch(address);
  }

  getStorage(address: Address, key: Uint8Array): Uint8Array {
    return this.journal.getStorage(address, key);
  }

  getOriginalStorage(address: Address, key: Uint8Array): Uint8Array {
    return this.journal.getOriginalStorage(address, key);
  }

  setStorage(address: Address, key: Uint8Array, value: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.setStorage(address, key, value);
  }

  hasStorage(address: Address): boolean {
    return this.journal.hasStorage(address);
  }

  clearStorage(address: Address): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.clearStorage(address);
  }

  getTransientStorage(address: Address, key: Uint8Array): Uint8Array {
    return this.journal.getTransientStorage(address, key);
  }

  setTransientStorage(address: Address, key: Uint8Array, value: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseInStaticFrame();
    this.journal.setTransientStorage(address, key, value);
  }

  getSvmRecord(address: Address): SvmRecord | undefined {
    return this.journal.getSvmRecord(address);
  }

  setSvmRecord(address: Address, record: SvmRecord): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.setSvmRecord(address, record);
  }

  removeSvmRecord(address: Address): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.removeSvmRecord(address);
  }

  getBoundPubkey(address: Address): Pubkey | undefined {
    return this.journal.getBoundPubkey(address);
  }

  readAccountData(address: Address, offset: number, target: Uint8Array): void {
    this.journal.readAccountData(address, offset, target);
  }

  writeAccountData(address: Address, offset: number, source: Uint8Array): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.writeAccountData(address, offset, source);
  }

  accessAccount(address: Address): boolean {
    return this.journal.accessAccount(address);
  }

  accessStorage(address: Address, key: Uint8Array): boolean {
    return this.journal.accessStorage(address, key);
  }

  isWarmAccount(address: Address): boolean {
    return this.journal.isWarmAccount(address);
  }

  isWarmStorage(address: Address, key: Uint8Array): boolean {
    return this.journal.isWarmStorage(address, key);
  }

  markCreated(address: Address): void {
    this.journal.markCreated(address);
  }

  wasCreated(address: Address): boolean {
    return this.journal.wasCreated(address);
  }

  destroy(address: Address): void {
    if (this.frames.isGuarded) this.refuseChange(address);
    this.journal.destroy(address);
  }

  isDestroyed(address: Address): boolean {
    return this.journal.isDestroyed(address);
  }

  private route(message: Message): Route {
    return routeMessage(message, this.journal, this.registry, this.block);
  }

  private run(message: Message, parent: HostFrame | undefined): ExecutionResult {
    const value = valueOf(message);
    if (message.isStatic && isWriting(message)) {
      if (parent?.isStatic === true) this.unwind(parent, "writeProtection");
      return { kind: "halt", reason: "writeProtection" };
    }
    if (message.depth > maxCallDepth) return { kind: "revert", gasLeft: message.gas, output: emptyBytes, refused: "callDepth" };
    if (value > 0n && this.journal.getBalance(message.sender) < value) {
      return { kind: "revert", gasLeft: message.gas, output: emptyBytes, refused: "insufficientBalance" };
    }
    const route = this.route(message);
    if (route.kind === "svmAccount") return { kind: "revert", gasLeft: message.gas, output: gatewayErrorData, refused: "notCallable" };
    if (route.kind === "nobody") return { kind: "halt", reason: "noEnvironment" };
    // A delegation's target is warm from the start of a transaction to it (EIP-7702).
    if (message.depth === 0 && route.delegate !== undefined) this.journal.accessAccount(route.delegate);
    if (route.kind === "transfer") {
      this.moveValue(message as CallMessage, value);
      return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: emptyBytes };
    }
    return this.enter(message, value, route);
  }

  private enter(given: Message, value: bigint, route: Route & { kind: "run" }): ExecutionResult {
    const { entry, delegate } = route;
    // The default environment resolves delegations itself; the others find their code where they are sent.
    const isRedirected = delegate !== undefined && given.kind === "call" && entry.environment.claims.kind !== "default";
    const message = isRedirected ? { ...given, codeAddress: delegate } : given;
    const openBefore = this.open.length;
    const checkpoint = this.checkpoint();
    // Value moves before the frame is entered: what the message freezes does not bind the call that freezes it.
    if (message.kind === "call") this.moveValue(message, value);
    const frame = this.frames.enter(message, entry);
    if (frame === undefined) {
      this.revert(checkpoint);
      return { kind: "halt", reason: "reentryLimit" };
    }
    const result = this.execute(entry, message, frame);
    if (result.kind !== "halt" && (result.gasLeft > message.gas || result.gasLeft < 0n)) {
      throw new TriremeError(
        "HOST_FAULT",
        `expected between 0 and ${message.gas} gas back from ${entry.environment.id}, got ${result.gasLeft}`,
      );
    }
    const isKept = result.kind === "success";
    while (this.open.length > openBefore) {
      const innermost = this.open.pop() as Checkpoint;
      if (isKept) this.journal.commit(innermost);
      else this.journal.revert(innermost);
    }
    return result;
  }

  /** Runs the frame. What the host threw inside goes on as the same object, even if the environment caught or wrapped it. */
  private execute(entry: RegisteredEnvironment, message: Message, frame: HostFrame): ExecutionResult {
    let result: ExecutionResult | undefined;
    try {
      result = entry.environment.execute(message, this);
    } catch (error) {
      this.escaped ??= { error };
    } finally {
      this.frames.leave(frame);
    }
    if (this.escaped === undefined) return result as ExecutionResult;
    const { error } = this.escaped;
    const isHere = error instanceof Unwinding && error.frame === frame;
    if (isHere || this.frames.top === undefined) this.escaped = undefined;
    if (!isHere) throw error;
    return { kind: "halt", reason: error.reason };
  }

  private moveValue(message: CallMessage, value: bigint): void {
    // A call touches its recipient even when nothing moves (EIP-161).
    if (message.scheme === "call") this.transfer(message.sender, message.recipient, value);
    else if (message.scheme === "staticcall") this.journal.touch(message.recipient);
  }

  private close(checkpoint: Checkpoint): void {
    if (this.open.at(-1) !== checkpoint) {
      throw new TriremeError("HOST_FAULT", `expected the innermost checkpoint ${String(this.open.at(-1))}, got ${checkpoint}`);
    }
    this.open.pop();
  }

  private refuseChange(address: Address): void {
    this.refuseInStaticFrame();
    const freezer = this.frames.freezerOf(address);
    if (freezer !== undefined) this.unwind(freezer, "accountFrozen");
  }

  private refuseInStaticFrame(): void {
    const { top } = this.frames;
    if (top?.isStatic === true) this.unwind(top, "writeProtection");
  }

  private unwind(frame: HostFrame, reason: UnwindingReason): never {
    this.escaped = { error: new Unwinding(frame, reason) };
    throw this.escaped.error;
  }
}

/** Wei that must be there for the frame: moved by a call, only looked at for callcode. */
function valueOf(message: Message): bigint {
  if (message.kind === "instruction") return 0n;
  return message.kind === "create" || message.scheme === "call" || message.scheme === "callcode" ? message.value : 0n;
}

/** Whether issuing the message writes: a create, or a call that moves wei. */
function isWriting(message: Message): boolean {
  return message.kind === "create" || (message.kind === "call" && message.scheme === "call" && message.value > 0n);
}
