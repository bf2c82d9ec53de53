import { u256 } from "./u256";
import { Reader } from "./abi/reader";
import { Writer } from "./abi/writer";

/** 32 bytes, Solidity's bytes32; the object's memory is the bytes. Immutable. */
@final
export class Bytes32 {
  private a: u64 = 0;
  private b: u64 = 0;
  private c: u64 = 0;
  private d: u64 = 0;

  // @ts-ignore: decorator
  @lazy
  static readonly zero: Bytes32 = new Bytes32();

  /** Of 32 bytes at `pointer`. */
  static load(pointer: usize): Bytes32 {
    const bytes = new Bytes32();
    bytes.readWord(pointer);
    return bytes;
  }

  /** Of four pieces of 8 bytes, each given as a big-endian number. */
  static of(a: u64, b: u64, c: u64, d: u64): Bytes32 {
    const bytes = new Bytes32();
    bytes.a = bswap(a);
    bytes.b = bswap(b);
    bytes.c = bswap(c);
    bytes.d = bswap(d);
    return bytes;
  }

  /** The big-endian bytes of a number. */
  static from(value: u256): Bytes32 {
    const bytes = new Bytes32();
    value.writeWord(bytes.pointer);
    return bytes;
  }

  toU256(): u256 {
    return u256.load(this.pointer);
  }

  /** Where its 32 bytes are. */
  // @ts-ignore: decorator
  @inline
  get pointer(): usize {
    return changetype<usize>(this);
  }

  get isZero(): bool {
    return (this.a | this.b | this.c | this.d) == 0;
  }

  // @ts-ignore: decorator
  @operator("==")
  equals(other: Bytes32): bool {
    return ((this.a ^ other.a) | (this.b ^ other.b) | (this.c ^ other.c) | (this.d ^ other.d)) == 0;
  }

  // @ts-ignore: decorator
  @operator("!=")
  differs(other: Bytes32): bool {
    return !this.equals(other);
  }

  readWord(pointer: usize): void {
    this.a = load<u64>(pointer);
    this.b = load<u64>(pointer, 8);
    this.c = load<u64>(pointer, 16);
    this.d = load<u64>(pointer, 24);
  }

  writeWord(pointer: usize): void {
    store<u64>(pointer, this.a);
    store<u64>(pointer, this.b, 8);
    store<u64>(pointer, this.c, 16);
    store<u64>(pointer, this.d, 24);
  }

  storageBytes(): i32 {
    return 32;
  }

  abiSize(): i32 {
    return 32;
  }

  abiDynamic(): bool {
    return false;
  }

  abiWrite(writer: Writer, at: i32): void {
    this.writeWord(writer.start + at);
  }

  abiRead(reader: Reader, at: i32): void {
    this.readWord(reader.word(at));
  }
}
