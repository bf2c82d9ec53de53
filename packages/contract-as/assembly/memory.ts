// Memory is only ever taken, and gone after the call. A loop with much u256 arithmetic gives it back by itself.
import { u256 } from "./u256";

/** The place in memory that `keep` goes back to. */
export function mark(): usize {
  return heap.alloc(0);
}

/** Gives back all memory that was taken since the mark but `value`'s: no other object made since may be used again. */
export function keep(mark: usize, value: u256): u256 {
  const w0 = value.w0;
  const w1 = value.w1;
  const w2 = value.w2;
  const w3 = value.w3;
  const last = heap.alloc(0);
  // The word before a block is its size: made one block, what follows the mark can be freed.
  store<usize>(mark - sizeof<usize>(), last + load<usize>(last - sizeof<usize>()) - mark);
  heap.free(mark);
  // This is the mark again.
  heap.alloc(0);
  return new u256(w0, w1, w2, w3);
}
