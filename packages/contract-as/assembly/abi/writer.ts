import { write_result, emit_log } from "../hostio";
import { assertWritable } from "../view";
import { Bytes } from "../bytes";

/** Growing output. Offsets count from `start`; every reserved byte has to be written. */
@final
export class Writer {
  start: usize;
  length: i32 = 0;
  private capacity: i32;

  constructor(capacity: i32) {
    this.start = heap.alloc(capacity);
    this.capacity = capacity;
  }

  /** Makes room at the end. Returns the offset of the room. `start` may move. */
  reserve(size: i32): i32 {
    const at = this.length;
    const length = at + size;
    if (length > this.capacity) {
      this.capacity = length * 2;
      this.start = heap.realloc(this.start, this.capacity);
    }
    this.length = length;
    return at;
  }

  /** A word with a number below 2^32. */
  u32(at: i32, value: u32): void {
    const pointer = this.start + at;
    store<u64>(pointer, 0);
    store<u64>(pointer, 0, 8);
    store<u64>(pointer, 0, 16);
    store<u64>(pointer, bswap(<u64>value), 24);
  }

  /** Appends the length of a byte string and zeroed room for it. Returns a pointer to the room. */
  bytes(length: i32): usize {
    const padded = (length + 31) & ~31;
    const at = this.reserve(32 + padded);
    this.u32(at, length);
    if (padded) this.u32(at + padded, 0);
    return this.start + at + 32;
  }

  toBytes(): Bytes {
    return new Bytes(this.start, this.length);
  }

  /** Makes what was written the call's return data. */
  finish(): void {
    write_result(this.start, this.length);
  }

  /** Emits what was written as a log: `topics` words and then its data. */
  log(topics: i32): void {
    assertWritable();
    emit_log(this.start, this.length, topics);
  }
}
