/** How much memory a block is given: more after one whose memory was spent, less again after many whose memory held. */

/** Bytes for a transaction beside its input, and for a block beside its transactions, to begin with. */
const bytesPerTransaction = 8 * 1024;
const leastBytes = 4 * 1024 * 1024;
const mostBytes = 480 * 1024 * 1024;
/** The least that a block is given reaches `mostBytes` with it: more would only keep later blocks from less for longer. */
const mostFactor = 128;
/** Blocks after which less is tried. */
const calm = 256;

/** @see createMemorySize */
export interface MemorySize {
  bytesFor(transactions: number, inputBytes: number): number;
  /** The memory of a block was spent. False when there is no more to give. */
  spent(): boolean;
  /** That of a block was not. */
  held(): void;
  /** Whether memory of so many bytes is worth keeping for the next block: not when many in a row needed far less. */
  keeps(bytes: number): boolean;
}

/** Memory that is so many times as large as a block's is too large for it. */
const roomy = 4;

/** Keeps count over the blocks of a pool. */
export function createMemorySize(): MemorySize {
  let factor = 1;
  let blocks = 0;
  let last = 0;
  let roomyBlocks = 0;
  return {
    bytesFor(transactions, inputBytes) {
      last = Math.min(mostBytes, (leastBytes + inputBytes + transactions * bytesPerTransaction) * factor);
      return last;
    },
    spent() {
      blocks = 0;
      if (last === mostBytes) return false;
      factor = Math.min(mostFactor, factor * 2);
      return true;
    },
    held() {
      if (factor === 1 || ++blocks < calm) return;
      factor /= 2;
      blocks = 0;
    },
    keeps(bytes) {
      roomyBlocks = bytes > last * roomy ? roomyBlocks + 1 : 0;
      if (roomyBlocks < calm) return true;
      roomyBlocks = 0;
      return false;
    },
  };
}
