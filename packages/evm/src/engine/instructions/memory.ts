/** The instructions that use memory, hash it, copy to it or log it: what they cost, and the most frequent ones themselves. */
import { bigintToBytes, bytesToBigint, emptyBytes, keccak256 } from "@trireme/core";
import { frameEnd, type RunState } from "../ethereumjs.ts";
import { frameEnds } from "../halt-reason.ts";
import type { Instruction, Instructions } from "./instruction.ts";

/** Offsets below it are added as numbers. */
const SMALL = 1n << 32n;

/** Makes memory up to `offset + length` the frame's, and gives what that costs (yellow paper, appendix H). */
export function growMemory(state: RunState, offset: bigint, length: bigint): bigint {
  if (length === 0n) return 0n;
  if (offset < SMALL && length < SMALL && Number(offset) + Number(length) <= state.memory.paidBytes) return 0n;
  const words = wordsOf(offset + length);
  if (words <= state.memoryWordCount) return 0n;
  const cost = 3n * words + (words * words) / 512n;
  const price = cost - state.highestMemCost;
  state.highestMemCost = cost;
  state.memoryWordCount = words;
  state.memory.paidBytes = Number(words) * 32;
  return price;
}

/** Bytes in words, the last one filled up. */
function wordsOf(bytes: bigint): bigint {
  return (bytes + 31n) / 32n;
}

/** `length` bytes at the offset on top of the stack. */
const sized = (length: bigint): Instruction => ({ gasHandler: (state, gas) => gas + growMemory(state, state.stack.top(0), length) });

/** Offset and length on top of the stack, and so much for every word. */
const ranged = (perWord: bigint): Instruction => ({
  gasHandler(state, gas) {
    const length = state.stack.top(1);
    return gas + growMemory(state, state.stack.top(0), length) + perWord * wordsOf(length);
  },
});

/** Copies to the offset on top of the stack: 3 for every word. */
const copying: Instruction = {
  gasHandler(state, gas) {
    const length = state.stack.top(2);
    return gas + growMemory(state, state.stack.top(0), length) + 3n * wordsOf(length);
  },
};

const copyingReturnData: Instruction = {
  gasHandler(state, gas) {
    const length = state.stack.top(2);
    // EIP-211: reading beyond the return data halts; the engine calls it out of gas, other clients by its name.
    if (state.stack.top(1) + length > BigInt(state.returnBytes.length)) throw frameEnd(frameEnds.returnDataOutOfBounds);
    return gas + growMemory(state, state.stack.top(0), length) + 3n * wordsOf(length);
  },
};

/** EIP-5656. */
const copyingMemory: Instruction = {
  gasHandler(state, gas) {
    const length = state.stack.top(2);
    return gas + growMemory(state, state.stack.top(1), length) + growMemory(state, state.stack.top(0), length) + 3n * wordsOf(length);
  },
};

const loading: Instruction = {
  ...sized(32n),
  opHandler: ({ stack, memory }) => stack.push(bytesToBigint(memory.read(Number(stack.pop()), 32, true))),
};

const storing: Instruction = {
  ...sized(32n),
  opHandler({ stack, memory }) {
    const offset = Number(stack.pop());
    memory.write(offset, 32, bigintToBytes(stack.pop(), 32));
  },
};

const hashing: Instruction = {
  ...ranged(6n),
  opHandler({ stack, memory }) {
    const offset = stack.pop();
    const length = stack.pop();
    stack.push(bytesToBigint(keccak256(length === 0n ? emptyBytes : memory.read(Number(offset), Number(length), true))));
  },
};

/** 375 for every topic, 8 for every byte. */
const logging = (topics: number): Instruction => ({
  gasHandler(state, gas) {
    if (state.env.isStatic) throw frameEnd(frameEnds.writeProtection);
    const length = state.stack.top(1);
    return gas + growMemory(state, state.stack.top(0), length) + BigInt(375 * topics) + 8n * length;
  },
});

/** KECCAK256, MLOAD, MSTORE, MSTORE8, MCOPY, RETURN, REVERT, LOG0 to LOG4, and copies of call data, code and return data. */
export const memoryInstructions: Instructions = [
  [0x20, hashing],
  [0x37, copying],
  [0x39, copying],
  [0x3e, copyingReturnData],
  [0x51, loading],
  [0x52, storing],
  [0x53, sized(1n)],
  [0x5e, copyingMemory],
  ...[0, 1, 2, 3, 4].map((topics) => [0xa0 + topics, logging(topics)] as const),
  [0xf3, ranged(0n)],
  [0xfd, ranged(0n)],
];
