/**
 * Frames: what stands around the interpreter. A call or a create of an EVM contract stays inside of the engine when
 * EVM code or a precompile answers, with a checkpoint of the Host's journal around it; every other call goes out
 * through `host.call`. Refund counters go in and come out as totals of this execution.
 */
import {
  delegationTarget,
  emptyBytes,
  emptyCodeHash,
  equalBytes,
  maxCallDepth,
  type Address,
  type CallMessage,
  type CreateMessage,
  type ExecutionResult,
  type HaltResult,
  type RefusalReason,
  type RevertResult,
  type SuccessResult,
} from "@trireme/core";
import { precompileAt } from "../precompiles/precompile-table.ts";
import type { RunPrecompile } from "../precompiles/run-precompile.ts";
import type { Pending, Realm } from "./realm.ts";
import type { Session } from "./session.ts";

/** An outcome, at once or later. */
export type Outcome = ExecutionResult | Pending<ExecutionResult>;

/** Runs code, read from an account or brought as init code, in a new frame of the interpreter. */
export type RunCode = (message: CallMessage | CreateMessage, code: Uint8Array, refund: bigint, codeOwner: Address | undefined) => Outcome;

/** The frames of one realm. */
export interface Frames {
  /** A call that the Host has opened: value moved, checkpoint taken. */
  enter(message: CallMessage, refund: bigint): Outcome;
  /** A create, from the collision check to the deposit. */
  create(message: CreateMessage, refund: bigint): Outcome;
  /** A call of an EVM contract. */
  nestedCall(message: CallMessage, refund: bigint): Outcome;
  /** A create of an EVM contract, whose nonce is raised already. */
  nestedCreate(message: CreateMessage, refund: bigint): Outcome;
}

/** What frames are made of. */
export interface FramesOptions {
  readonly realm: Realm;
  readonly session: Session;
  readonly runCode: RunCode;
  readonly runPrecompile: RunPrecompile;
}

/** The frames of one realm. */
export function createFrames({ realm, session, runCode, runPrecompile }: FramesOptions): Frames {
  const { host } = session;

  const enter = (message: CallMessage, refund: bigint): Outcome => {
    const { rules } = session;
    const precompile = precompileAt(message.codeAddress, rules.hardfork);
    if (precompile !== undefined) {
      return realm.after(runPrecompile(precompile, message.input, message.gas, rules), (result) => withRefund(result, refund));
    }
    let code = host.getCode(message.codeAddress);
    // EIP-7702: one step; code at the target that is a delegation itself runs, and halts at its first byte.
    const target = rules.hasDelegations ? delegationTarget(code) : undefined;
    if (target !== undefined) {
      code = host.getCode(target as Address);
      // EIP-7702: the target of a transaction's recipient is warm; further in, the call instruction pays for it.
      if (message.depth === 0) host.accessAccount(target as Address);
    }
    if (code.length === 0) return { kind: "success", gasLeft: message.gas, gasRefund: refund, output: emptyBytes };
    return runCode(message, code, refund, (target ?? message.codeAddress) as Address);
  };

  const create = (message: CreateMessage, refund: bigint): Outcome => {
    const { recipient, sender, value } = message;
    // EIP-2929: the address stays warm even if the create fails.
    host.accessAccount(recipient);
    if (isCollision(recipient)) return { kind: "halt", reason: "createCollision" };
    const checkpoint = host.checkpoint();
    host.markCreated(recipient);
    host.setNonce(recipient, 1n); // EIP-161
    if (value > 0n && !host.transfer(sender, recipient, value)) {
      host.revert(checkpoint);
      return refusal(message.gas, "insufficientBalance");
    }
    const ran: Outcome =
      message.initCode.length === 0
        ? { kind: "success", gasLeft: message.gas, gasRefund: refund, output: emptyBytes }
        : runCode(message, message.initCode, refund, undefined);
    return realm.after(ran, (result) => {
      const outcome = result.kind === "success" ? deposit(message, result) : result;
      if (outcome.kind === "success") host.commit(checkpoint);
      else host.revert(checkpoint);
      return outcome;
    });
  };

  // EIP-684 and EIP-7610; an SVM record is in the way as well (rule 3 of docs/spec/cross-vm.md).
  const isCollision = (address: Address): boolean =>
    host.getNonce(address) !== 0n ||
    !equalBytes(host.getCodeHash(address), emptyCodeHash) ||
    host.hasStorage(address) ||
    host.getSvmRecord(address) !== undefined;

  const deposit = (message: CreateMessage, result: SuccessResult): SuccessResult | HaltResult => {
    const code = result.output;
    const { maxCodeSize, depositGas } = session.rules;
    if (code.length > maxCodeSize) return { kind: "halt", reason: "codeSizeLimit" }; // EIP-170
    if (code.length > 0 && !host.mayDeploy(code, message)) return { kind: "halt", reason: "invalidCode" }; // EIP-3541
    const gasLeft = result.gasLeft - BigInt(code.length) * depositGas;
    if (gasLeft < 0n) return { kind: "halt", reason: "outOfGas", detail: "code deposit" };
    if (code.length > 0) host.setCode(message.recipient, code);
    return { ...result, gasLeft, created: message.recipient };
  };

  const isOurs = (address: Address): boolean => {
    if (precompileAt(address, session.rules.hardfork) !== undefined) return true;
    const kind = host.kindOf(address);
    return kind.kind === "code" && kind.environment === "evm";
  };

  return {
    enter,
    create,
    nestedCall(message, refund) {
      const { tracer } = session;
      const refused = refuseCall(message);
      if (refused === undefined && !isOurs(message.codeAddress)) {
        // The input may be a view of the caller's memory, and whoever answers may keep it.
        return withRefund(host.call({ ...message, input: message.input.slice() }), refund);
      }
      tracer?.enter({ ...message, input: message.input.slice() }, "evm");
      if (refused !== undefined) {
        tracer?.exit(refused);
        return refused;
      }
      const checkpoint = host.checkpoint();
      if (message.scheme === "call" && message.value > 0n) host.transfer(message.sender, message.recipient, message.value);
      // EIP-161: a call without value touches its recipient.
      else if (message.scheme === "call" || message.scheme === "staticcall") host.touch(message.recipient);
      const isItsOwn = message.scheme === "call" || message.scheme === "staticcall";
      if (isItsOwn) session.inner.push(message.recipient);
      return realm.after(enter(message, refund), (result) => {
        if (isItsOwn) session.inner.pop();
        if (result.kind === "success") host.commit(checkpoint);
        else host.revert(checkpoint);
        tracer?.exit(result);
        return result;
      });
    },
    nestedCreate(message, refund) {
      const { tracer } = session;
      tracer?.enter({ ...message, initCode: message.initCode.slice() }, "evm");
      session.inner.push(message.recipient);
      return realm.after(create(message, refund), (result) => {
        session.inner.pop();
        tracer?.exit(result);
        return result;
      });
    },
  };

  function refuseCall(message: CallMessage): RevertResult | undefined {
    if (message.depth > maxCallDepth) return refusal(message.gas, "callDepth");
    const isPaying = (message.scheme === "call" || message.scheme === "callcode") && message.value > 0n;
    return isPaying && message.value > host.getBalance(message.sender) ? refusal(message.gas, "insufficientBalance") : undefined;
  }
}

/** A frame that was refused before it ran. */
export function refusal(gas: bigint, refused: RefusalReason): RevertResult {
  return { kind: "revert", gasLeft: gas, output: emptyBytes, refused };
}

/** Adds the refunds of a frame that counted from zero to a total. */
function withRefund(result: ExecutionResult, refund: bigint): ExecutionResult {
  return result.kind === "success" && refund !== 0n ? { ...result, gasRefund: result.gasRefund + refund } : result;
}
