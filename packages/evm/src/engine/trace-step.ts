/** A step of the interpreter as the tracer wants it. */
import type { Address, Tracer } from "@trireme/core";
import type { Interpreter } from "./ethereumjs.ts";

const CALLS: ReadonlySet<number> = new Set([0xf1, 0xf2, 0xf4, 0xfa]);

/** Reports the instruction that is about to run. */
export function traceStep(tracer: Tracer, interpreter: Interpreter, gasCost: bigint, gasLeft: bigint): void {
  const { _runState: state, _env: env } = interpreter;
  const step = {
    environment: "evm",
    pc: state.programCounter,
    operation: interpreter.lookupOpInfo(state.opCode).opcodeInfo.fullName,
    gas: gasLeft,
    // As every other client has it: what a call gives away is part of its cost.
    gasCost: CALLS.has(state.opCode) ? gasCost + (state.messageGasLimit ?? 0n) : gasCost,
    depth: env.depth,
    refund: state.gasRefund,
    stack: state.stack.getStack(),
    address: env.address.bytes as Address,
  };
  tracer.step(tracer.wantsMemory ? { ...step, memory: state.memory.copy(Number(state.memoryWordCount)) } : step);
}
