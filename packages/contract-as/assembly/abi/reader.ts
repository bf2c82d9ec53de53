import { revertEmpty } from "../revert";

/** Input to decode. What does not fit reverts without data, as Solidity's decoder does. */
@final
export class Reader {
  constructor(
    public start: usize,
    public length: i32,
  ) {}

  /** A pointer to the word at an offset. */
  word(at: i32): usize {
    if (<u32>at > <u32>this.length || this.length - at < 32) revertEmpty();
    return this.start + at;
  }

  /** A word that has to be below 2^31. */
  i31(at: i32): i32 {
    const pointer = this.word(at);
    const value = bswap(load<u64>(pointer, 24));
    if (load<u64>(pointer) | load<u64>(pointer, 8) | load<u64>(pointer, 16) | (value >> 31)) revertEmpty();
    return <i32>value;
  }

  /** The length word at an offset, after which so many items of `size` bytes have to follow. */
  count(at: i32, size: i32): i32 {
    const count = this.i31(at);
    if (<u64>count * <u64>size > <u64>(this.length - at - 32)) revertEmpty();
    return count;
  }

  /** The offset that the word at `at` points to, counted from `base`. */
  follow(base: i32, at: i32): i32 {
    const offset = this.i31(at);
    if (offset > this.length - base) revertEmpty();
    return base + offset;
  }
}
