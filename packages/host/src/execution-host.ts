/** The Host over the journal: what environments and transaction formats see while one transaction runs. */
import {
  assertStackRoom,
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
  type Message,
  type Tracer,
  type TransactionContext,
  type TransactionVerdict,
} from "@trireme/core";
import type { Journal } from "@trireme/state";
import { FrameStack, type HostFrame } from "./frame-stack.ts";
import { gatewayErrorData } from "./gateway-error.ts";
import { GuardedState } from "./guarded-state.ts";
import type { EnvironmentRegistry, RegisteredEnvironment } from "./registry.ts";
import { kindOfAccount, routeMessage, type Route } from "./routing.ts";
import { Unwinding } from "./unwinding.ts";

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
export class ExecutionHost extends GuardedState implements Host {
  readonly block: BlockContext;
  transaction: TransactionContext;
  private readonly registry: EnvironmentRegistry;
  private readonly blockHashOf: (number: bigint) => Hash | undefined;
  /** Open checkpoints, outermost first: whatever an exception leaves open is closed by the frame that survives. */
  private readonly open: Checkpoint[] = [];

  constructor(options: ExecutionHostOptions) {
    const { registry, journal, tracer, reentryLimit, memoryBudget } = options;
    super(journal, new FrameStack(registry.all.length, reentryLimit, memoryBudget), tracer);
    this.block = options.block;
    this.transaction = options.transaction;
    this.registry = registry;
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

  openFrames(address: Address): number {
    let count = this.frames.countOpen(address);
    for (const { environment } of this.registry.all) count += environment.openFrames?.(address) ?? 0;
    return count;
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

  kindOf(address: Address): AccountKind {
    return kindOfAccount(address, this.journal, this.registry, this.block);
  }

  /** Makes warm what environments say is so in every transaction. */
  warmUp(): void {
    for (const address of this.registry.warmAddresses) this.journal.accessAccount(address);
  }

  /** Whether the chain has programs of the SVM. */
  get hasPrograms(): boolean {
    return this.registry.program !== undefined;
  }

  /** Whether an environment wants a last word on what ran. */
  get hasVerifiers(): boolean {
    return this.registry.verifiers.length > 0;
  }

  /** Asks the environments for their last word; undefined when the frames may stand. */
  verdict(): TransactionVerdict | undefined {
    for (const environment of this.registry.verifiers) {
      const verdict = environment.verifyTransaction?.(this);
      if (verdict !== undefined) return verdict;
    }
    return undefined;
  }

  mayDeploy(code: Uint8Array, _message: CreateMessage): boolean {
    return this.registry.mayDeploy(code);
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
    // EIP-2929: the address stays warm even if the create fails, so this is not the frame's to undo.
    if (message.kind === "create") this.journal.accessAccount(message.recipient);
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
      assertStackRoom();
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
