import { keccak256 } from "./keccak";
import { Bytes32 } from "./bytes32";
import { panicIndex } from "./revert";
import { Reader } from "./abi/reader";
import { Writer } from "./abi/writer";

/** A byte string, Solidity's bytes: a view of memory, not a copy. Arguments of a call are views of its calldata. */
@final
export class Bytes {
  constructor(
    public pointer: usize = 0,
    public length: i32 = 0,
  ) {}

  /** `length` zero bytes. */
  static alloc(length: i32): Bytes {
    const pointer = heap.alloc(length);
    memory.fill(pointer, 0, length);
    return new Bytes(pointer, length);
  }

  /** The UTF-8 bytes of a text. */
  static fromString(text: string): Bytes {
    const length = String.UTF8.byteLength(text);
    const pointer = heap.alloc(length);
    String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, pointer);
    return new Bytes(pointer, length);
  }

  /** The text of UTF-8 bytes. */
  toString(): string {
    return String.UTF8.decodeUnsafe(this.pointer, this.length);
  }

  // @ts-ignore: decorator
  @operator("[]")
  get(index: i32): u8 {
    if (<u32>index >= <u32>this.length) panicIndex();
    return load<u8>(this.pointer + index);
  }

  // @ts-ignore: decorator
  @operator("[]=")
  set(index: i32, value: u8): void {
    if (<u32>index >= <u32>this.length) panicIndex();
    store<u8>(this.pointer + index, value);
  }

  /** A view of a part of it. */
  slice(start: i32, end: i32 = this.length): Bytes {
    if (<u32>start > <u32>end || <u32>end > <u32>this.length) panicIndex();
    return new Bytes(this.pointer + start, end - start);
  }

  keccak(): Bytes32 {
    return keccak256(this.pointer, this.length);
  }

  // @ts-ignore: decorator
  @operator("==")
  equals(other: Bytes): bool {
    return this.length == other.length && memory.compare(this.pointer, other.pointer, this.length) == 0;
  }

  // @ts-ignore: decorator
  @operator("!=")
  differs(other: Bytes): bool {
    return !this.equals(other);
  }

  abiSize(): i32 {
    return 32;
  }

  abiDynamic(): bool {
    return true;
  }

  abiWrite(writer: Writer, at: i32): void {
    const room = writer.bytes(this.length);
    memory.copy(room, this.pointer, this.length);
  }

  abiRead(reader: Reader, at: i32): void {
    this.length = reader.count(at, 1);
    this.pointer = reader.start + at + 32;
  }
}
