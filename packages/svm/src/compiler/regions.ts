/** Cuts text into functions that no jump crosses silently, and functions into basic blocks. */
import type { Executable } from "../sbpf/executable.ts";
import { operation, operationMask } from "./operations.ts";
import { endsSegment, type ProgramText } from "./program-text.ts";

/** How a block ends. */
export const blockEnd = { goto: 0, branch: 1, exit: 2, overrun: 3, stop: 4 } as const;

/**
 * Functions are ranges of slots, one after another; a transfer into another range goes to a start. Blocks of a function
 * are numbered one after another, the first is its entry. Successors: a block's number, or -1 - f for the function f.
 */
export interface Regions {
  readonly functionCount: number;
  /** First slot of every function, ascending, then the end of the text. */
  readonly starts: Int32Array;
  /** Function that begins at a slot, else -1. */
  readonly functionAt: Int32Array;
  /** Functions that `callx` reaches without detour, in order of their numbers. */
  readonly addressTaken: readonly number[];
  /** First block of every function, then the number of blocks. */
  readonly firstBlock: Int32Array;
  readonly blockStart: Int32Array;
  /** First slot after the block. */
  readonly blockStop: Int32Array;
  readonly blockEnd: Uint8Array;
  /** Where it goes; where it goes when its branch is taken. */
  readonly next: Int32Array;
  readonly taken: Int32Array;
}

/** Longest function: V8 takes a few megabytes per function, and long ones are slow to optimise. */
const longestFunction = 8192;
const maxAddressTaken = 0xffff;
const maxRounds = 24;

/** Finds functions and blocks. */
export function findRegions(program: ProgramText, executable: Executable): Regions {
  const { length } = program;
  const isStart = new Uint8Array(length + 1);
  isStart[0] = 1;
  isStart[program.entryPc] = 1;
  for (let pc = 0; pc < length; pc++) {
    const callee = program.callee[pc]!;
    if (callee >= 0) isStart[callee] = 1;
  }
  const taken = program.hasRegisterCalls ? addressesOfCode(program, executable) : [];
  for (const pc of taken) isStart[pc] = 1;
  const isLeader = leadersOf(program);
  splitLongFunctions(program, isStart, isLeader);
  closeOverJumps(program, isStart);
  // A call may enter the second half of a `wide`: what follows it is then reached from two functions.
  for (let pc = 2; pc < length; pc++) {
    if (isStart[pc - 1] === 1 && (program.entries[pc - 2]! & operationMask) === operation.wide) isStart[pc] = 1;
  }
  for (let pc = 0; pc < length; pc++) if (isStart[pc] === 1) isLeader[pc] = 1;
  return numberBlocks(program, isStart, isLeader, taken);
}

function jumpTarget(program: ProgramText, pc: number): number {
  const kind = program.entries[pc]! & operationMask;
  return kind >= operation.jump && kind < operation.call ? pc + 1 + program.offset[pc]! : -1;
}

function leadersOf(program: ProgramText): Uint8Array {
  const { length, entries } = program;
  const isLeader = new Uint8Array(length + 1);
  for (let pc = 0; pc < length; pc++) {
    const entry = entries[pc]!;
    if (!endsSegment(entry)) {
      if ((entry & operationMask) === operation.wide) pc++;
      continue;
    }
    const target = jumpTarget(program, pc);
    if (target >= 0) isLeader[target] = 1;
    const kind = entry & operationMask;
    if (kind !== operation.call && kind !== operation.callRegister) isLeader[pc + 1] = 1;
  }
  return isLeader;
}

/** Every jump that leaves its function makes its target a start. Cutting there may make other jumps leave: again, until none does. */
function closeOverJumps(program: ProgramText, isStart: Uint8Array): void {
  const { length } = program;
  const owner = new Int32Array(length);
  for (let round = 0; round < maxRounds; round++) {
    let start = 0;
    for (let pc = 0; pc < length; pc++) {
      if (isStart[pc] === 1) start = pc;
      owner[pc] = start;
    }
    let hasChanged = false;
    for (let pc = 0; pc < length; pc++) {
      const target = jumpTarget(program, pc);
      if (target < 0 || isStart[target] === 1) continue;
      // Text that defies every cut gets one at each jump, after which none is left to be made.
      if (owner[pc] === owner[target] && round < maxRounds - 1) continue;
      isStart[target] = 1;
      hasChanged = true;
    }
    if (!hasChanged) return;
  }
}

function splitLongFunctions(program: ProgramText, isStart: Uint8Array, isLeader: Uint8Array): void {
  let start = 0;
  for (let pc = 0; pc < program.length; pc++) {
    if (isStart[pc] === 1) start = pc;
    const isTail = pc > 0 && (program.entries[pc - 1]! & operationMask) === operation.wide;
    const length = pc - start;
    if (isTail || length < longestFunction || (isLeader[pc] === 0 && length < 2 * longestFunction)) continue;
    isStart[pc] = 1;
    start = pc;
  }
}

/** Slots whose addresses stand in the text or in read-only data: what `callx` calls in compiled programs. */
function addressesOfCode(program: ProgramText, { readOnly, readOnlyAddress, textAddress, text }: Executable): number[] {
  const { textLow, textHigh, length, entries, immediate } = program;
  const found = new Set<number>();
  const consider = (low: number, high: number): void => {
    const distance = low - textLow;
    if (high === textHigh && distance >= 0 && distance < 8 * length && distance % 8 === 0) found.add(distance / 8);
  };
  for (let pc = 0; pc + 1 < length; pc++) {
    if ((entries[pc]! & operationMask) === operation.wide) consider(immediate[pc]! >>> 0, immediate[pc + 1]! >>> 0);
  }
  const view = new DataView(readOnly.buffer, readOnly.byteOffset, readOnly.byteLength);
  const textStart = textAddress - readOnlyAddress;
  for (let at = 0; at + 8 <= readOnly.length; at += 8) {
    if (at === textStart) at += text.length & ~7;
    if (at + 8 > readOnly.length) break;
    consider(view.getUint32(at, true), view.getUint32(at + 4, true));
  }
  return [...found].sort((left, right) => left - right).slice(0, maxAddressTaken);
}

function numberBlocks(program: ProgramText, isStart: Uint8Array, isLeader: Uint8Array, taken: readonly number[]): Regions {
  const { length, entries } = program;
  const blockAt = new Int32Array(length + 1).fill(-1);
  const functionAt = new Int32Array(length + 1).fill(-1);
  let blocks = 0;
  let functions = 0;
  for (let pc = 0; pc < length; pc++) {
    if (isLeader[pc] === 0) continue;
    if (isStart[pc] === 1) functionAt[pc] = functions++;
    blockAt[pc] = blocks++;
  }
  const starts = new Int32Array(functions + 1);
  const firstBlock = new Int32Array(functions + 1);
  const columns = { blockStart: new Int32Array(blocks), blockStop: new Int32Array(blocks), blockEnd: new Uint8Array(blocks) };
  const [next, goesTo] = [new Int32Array(blocks), new Int32Array(blocks)];
  const successor = (pc: number): number => (functionAt[pc]! >= 0 ? -1 - functionAt[pc]! : blockAt[pc]!);
  let current = -1;
  for (let pc = 0; pc < length; pc++) {
    if (functionAt[pc]! >= 0) {
      current = functionAt[pc]!;
      starts[current] = pc;
      firstBlock[current] = blockAt[pc]!;
    }
    const block = blockAt[pc]!;
    if (block < 0) continue;
    let stop = pc + 1;
    while (stop < length && isLeader[stop] === 0) stop++;
    // Of a function's own start, a jump back is a loop, not a call.
    const own = (target: number): number => (functionAt[target] === current ? blockAt[target]! : successor(target));
    const last = entries[stop - 1]! & operationMask;
    const before = stop - 2 >= pc ? entries[stop - 2]! & operationMask : 0;
    const isWideTail = before === operation.wide && last === operation.invalid;
    const after = last === operation.wide ? stop + 1 : stop;
    let end: number = blockEnd.goto;
    if (isWideTail) end = stop < length ? blockEnd.goto : blockEnd.overrun;
    else if (last === operation.exit) end = blockEnd.exit;
    else if (last === operation.invalid) end = blockEnd.stop;
    else if (last !== operation.jump && after >= length) end = blockEnd.overrun;
    if (!isWideTail && last > operation.jump && last < operation.call && stop <= length) {
      end = blockEnd.branch;
      goesTo[block] = own(stop + program.offset[stop - 1]!);
    }
    columns.blockStart[block] = pc;
    columns.blockStop[block] = stop;
    columns.blockEnd[block] = end;
    if (end === blockEnd.goto) next[block] = own(last === operation.jump && !isWideTail ? stop + program.offset[stop - 1]! : after);
    else if (end === blockEnd.branch) next[block] = stop < length ? own(stop) : outOfText;
  }
  starts[functions] = length;
  firstBlock[functions] = blocks;
  const addressTaken = taken.map((pc) => functionAt[pc]!);
  return { functionCount: functions, starts, functionAt, addressTaken, firstBlock, ...columns, next, taken: goesTo };
}

/** A branch at the very end of the text: not taken, it runs past it. */
export const outOfText = -0x8000_0000;
