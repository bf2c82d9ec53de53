/** A binary heap of numbers by a rank. */

/** The lowest rank comes out first; ranks stay as they are while a number is in it. */
export interface Heap {
  readonly size: number;
  add(item: number): void;
  /** @throws RangeError when it is empty */
  take(): number;
}

/** Makes an empty heap. */
export function createHeap(rankOf: (item: number) => number): Heap {
  const items: number[] = [];
  const isBelow = (left: number, right: number): boolean => rankOf(items[left] as number) < rankOf(items[right] as number);
  const swap = (left: number, right: number): void => {
    [items[left], items[right]] = [items[right] as number, items[left] as number];
  };
  return {
    get size() {
      return items.length;
    },
    add(item) {
      let at = items.push(item) - 1;
      for (let parent = (at - 1) >> 1; at > 0 && isBelow(at, parent); parent = (at - 1) >> 1) {
        swap(at, parent);
        at = parent;
      }
    },
    take() {
      const [first] = items;
      if (first === undefined) throw new RangeError("expected a heap with something in it");
      const last = items.pop() as number;
      if (items.length === 0) return first;
      items[0] = last;
      for (let at = 0; ;) {
        let least = at;
        for (const child of [2 * at + 1, 2 * at + 2]) if (child < items.length && isBelow(child, least)) least = child;
        if (least === at) return first;
        swap(at, least);
        at = least;
      }
    },
  };
}
