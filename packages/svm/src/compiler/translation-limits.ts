/** What is worth translating. Programs of compilers stay far below; the interpreter runs what does not. */
import type { ProgramText } from "./program-text.ts";
import type { Regions } from "./regions.ts";

/** Thrown where translation would take too long or too much memory. */
export class TranslationLimitError extends Error {
  override readonly name = "TranslationLimitError";
}

/** 1 MiB of text, twice as much as Token-2022 has. */
const mostSlots = 0x2_0000;
/** Compilers make functions of 70 slots and more, on the average of a large program. */
const slotsPerFunction = 32;
const freeFunctions = 512;
/** Blocks of a function nest in one another: p-token's entry, all inlined, has 1,787. */
const mostBlocks = 4096;
/** Sum of their squares over all functions: what nesting costs V8. p-token: 3.4 million. */
const mostNesting = mostBlocks * mostBlocks;

/** Refuses text by its length, before anything is made of it. @throws TranslationLimitError */
export function checkLength(slots: number): void {
  if (slots > mostSlots) throw new TranslationLimitError(`at most ${mostSlots} slots of text are translated, there are ${slots}`);
}

/** Refuses text by the functions and blocks that jumps and calls cut it into. @throws TranslationLimitError */
export function checkRegions({ length }: ProgramText, { functionCount, firstBlock }: Regions): void {
  const mostFunctions = freeFunctions + Math.floor(length / slotsPerFunction);
  if (functionCount > mostFunctions)
    throw new TranslationLimitError(`at most ${mostFunctions} functions are translated of ${length} slots, there are ${functionCount}`);
  let nesting = 0;
  for (let f = 0; f < functionCount; f++) nesting += (firstBlock[f + 1]! - firstBlock[f]!) ** 2;
  if (nesting > mostNesting)
    throw new TranslationLimitError(
      `functions of ${mostBlocks} blocks are translated, or several of fewer; squared, theirs make ${nesting}`,
    );
}

/** Bytes of WebAssembly. Token-2022: 1.6 MB. */
const mostCode = 0x60_0000;

/** Refuses text whose code grows and grows. @throws TranslationLimitError */
export function checkCode({ movesFrame, frameStep }: ProgramText, length: number): void {
  // Code that keeps r10 for an unusual run is longer: the program is translated already, and stays so.
  const isSecond = movesFrame && frameStep > 0;
  if (length > mostCode && !isSecond) throw new TranslationLimitError(`at most ${mostCode} bytes of code are made of a program`);
}

/** Counts steps of an analysis that converges after few per block, except for text made to defy it. */
export interface StepLimit {
  /** @throws TranslationLimitError */
  spend(steps: number): void;
}

const stepsPerBlock = 100;
const freeSteps = 200_000;

/** Steps for an analysis of so many blocks. */
export function createStepLimit(blocks: number): StepLimit {
  const most = freeSteps + stepsPerBlock * blocks;
  let left = most;
  return {
    spend(steps) {
      left -= steps;
      if (left < 0) throw new TranslationLimitError(`liveness did not converge within ${most} steps`);
    },
  };
}
