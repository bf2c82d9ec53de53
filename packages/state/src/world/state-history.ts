/**
 * What the state was at earlier blocks: for every key the values that blocks replaced, taken from their undo diffs.
 * Holds the undo diffs of the blocks above `oldest`; keys are indexed when somebody first asks for an old value.
 */
import type { StateDiff } from "../state-diff.ts";

/** The undo diff of a block. */
export interface BlockUndo {
  readonly number: number;
  readonly undo: StateDiff;
}

/** History of the flat state. */
export interface StateHistory {
  /** Lowest block whose state can be told: the block before the first one held. Undefined while nothing is held. */
  readonly oldest: number | undefined;
  /** The value that `key` had after block `number`, or `undefined` when no later block changed it: it is the head's. */
  valueAt(number: number, key: Uint8Array): { readonly value: Uint8Array | undefined } | undefined;
  /** Undo diffs of the blocks above `number`, oldest first. */
  undosAbove(number: number): readonly BlockUndo[];
  /** A block on top; a second diff for the newest block counts as part of it. */
  push(block: BlockUndo): void;
  /** Older blocks, oldest first, right below those that are held. */
  prepend(blocks: readonly BlockUndo[]): void;
  /** Takes off the newest block. */
  pop(): BlockUndo | undefined;
  /** Forgets the states before `oldest`. */
  prune(oldest: number): void;
}

interface Versions {
  /** Blocks that changed the key, ascending, and the value that each replaced. */
  readonly numbers: number[];
  readonly values: (Uint8Array | undefined)[];
}

/** Makes an empty history. */
export function createStateHistory(): StateHistory {
  let blocks: BlockUndo[] = [];
  let indexed = 0;
  let versions = new Map<string, Versions>();

  function indexAll(): void {
    for (; indexed < blocks.length; indexed++) {
      const { number, undo } = blocks[indexed] as BlockUndo;
      for (const { key, value } of undo.entries) {
        const name = nameOf(key);
        const list = versions.get(name);
        if (list === undefined) versions.set(name, { numbers: [number], values: [value] });
        else if (list.numbers.at(-1) !== number) {
          list.numbers.push(number);
          list.values.push(value);
        }
      }
    }
  }

  return {
    get oldest() {
      return blocks[0] === undefined ? undefined : blocks[0].number - 1;
    },
    valueAt(number, key) {
      indexAll();
      const list = versions.get(nameOf(key));
      if (list === undefined) return undefined;
      const index = firstAbove(list.numbers, number);
      return index === list.numbers.length ? undefined : { value: list.values[index] };
    },
    undosAbove(number) {
      return blocks.filter((block) => block.number > number);
    },
    push(block) {
      blocks.push(block);
    },
    prepend(older) {
      blocks = [...older, ...blocks];
      indexed = 0;
      versions = new Map();
    },
    pop() {
      const block = blocks.pop();
      if (block !== undefined && indexed > blocks.length) {
        indexed--;
        for (const { key } of block.undo.entries) dropVersion(versions, nameOf(key), block.number, "newest");
      }
      return block;
    },
    prune(oldest) {
      let count = 0;
      while (count < blocks.length && (blocks[count] as BlockUndo).number <= oldest) count++;
      for (const block of blocks.splice(0, count)) {
        if (indexed === 0) continue;
        indexed--;
        for (const { key } of block.undo.entries) dropVersion(versions, nameOf(key), block.number, "oldest");
      }
    },
  };
}

function dropVersion(versions: Map<string, Versions>, name: string, number: number, end: "oldest" | "newest"): void {
  const list = versions.get(name);
  if (list === undefined || list.numbers.at(end === "oldest" ? 0 : -1) !== number) return;
  if (list.numbers.length === 1) versions.delete(name);
  else if (end === "oldest") {
    list.numbers.shift();
    list.values.shift();
  } else {
    list.numbers.pop();
    list.values.pop();
  }
}

function firstAbove(numbers: readonly number[], number: number): number {
  let low = 0;
  let high = numbers.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((numbers[middle] as number) > number) high = middle;
    else low = middle + 1;
  }
  return low;
}

function nameOf(key: Uint8Array): string {
  return Buffer.from(key.buffer, key.byteOffset, key.byteLength).toString("latin1");
}
