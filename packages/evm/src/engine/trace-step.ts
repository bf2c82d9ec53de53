/** A step of the interpreter as the tracer wants it. */
import type { Address, Tracer } from "@trireme/core";
import type { Interpreter } from "./ethereumjs.ts";

const CALLS: ReadonlySet<number> = new Set([0xf1, 0xf2, 0xf4, 0xfa]);

/** More memory than a transaction may hold, in words: 256 MiB. */
const MOST_WORDS = 8_388_608n;

/** Reports the instruction that is about to run; `heldWords` is the memory that the frame has without it. */
export function traceStep(tracer: Tracer, interpreter: Interpreter, heldWords: number, gasCost: bigint, gasLeft: bigint): void {
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
  if (!tracer.wantsMemory) return tracer.step(step);
  // What cannot be had is not shown either.
  const isGrowing = gasCost <= gasLeft && state.memoryWordCount <= MOST_WORDS;
  tracer.step({ ...step, memory: state.memory.copy(isGrowing ? Number(state.memoryWordCount) : heldWords) });
}
