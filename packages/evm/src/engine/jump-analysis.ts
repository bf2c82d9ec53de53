/** Where a code may be jumped to, and what its pushes push. */
import { bytesToBigint } from "@trireme/core";
import type { JumpAnalysis } from "./ethereumjs.ts";

const JUMPDEST = 0x5b;
const PUSH1 = 0x60;
const PUSH32 = 0x7f;

/** Reads a code once from its beginning: the data of a push is no instruction. */
export function analyseJumps(code: Uint8Array): JumpAnalysis {
  const jumps = new Uint8Array(code.length);
  const pushes: Record<number, bigint> = {};
  for (let index = 0; index < code.length; index++) {
    const opCode = code[index] as number;
    if (opCode === JUMPDEST) jumps[index] = 1;
    if (opCode < PUSH1 || opCode > PUSH32) continue;
    const length = opCode - PUSH1 + 1;
    const data = code.subarray(index + 1, index + 1 + length);
    // Behind the end of the code there are zeros.
    pushes[index + 1] = bytesToBigint(data) << BigInt(8 * (length - data.length));
    index += length;
  }
  return { jumps, pushes };
}
