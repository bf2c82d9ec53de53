// Solidity's ABI by type: integers, bool, string and arrays here; classes (u256, Address, Bytes32, Bytes and structs)
// bring abiSize, abiDynamic, abiWrite and abiRead themselves.
import { Bytes } from "../bytes";
import { Reader } from "./reader";
import { Writer } from "./writer";
import { revertEmpty } from "../revert";

/** Bytes that a value takes in the head of a tuple. */
// @ts-ignore: decorator
@inline
export function headSize<T>(): i32 {
  if (isInteger<T>() || isString<T>() || isArray<T>()) return 32;
  return changetype<T>(0).abiDynamic() ? 32 : changetype<T>(0).abiSize();
}

// @ts-ignore: decorator
@inline
export function isDynamic<T>(): bool {
  if (isInteger<T>()) return false;
  if (isString<T>() || isArray<T>()) return true;
  return changetype<T>(0).abiDynamic();
}

/** Writes an integer or a bool as a word. */
export function writeInteger<T>(pointer: usize, value: T): void {
  const fill: u64 = isSigned<T>() ? <u64>(<i64>value >> 63) : 0;
  store<u64>(pointer, fill);
  store<u64>(pointer, fill, 8);
  store<u64>(pointer, fill, 16);
  store<u64>(pointer, bswap(<u64>(<i64>value)), 24);
}

/** Reads a word as an integer or a bool; reverts when it is out of the type's range. */
export function readInteger<T>(pointer: usize): T {
  const low = bswap(load<u64>(pointer, 24));
  const fill: u64 = isSigned<T>() ? <u64>(<i64>low >> 63) : 0;
  const excess = (load<u64>(pointer) ^ fill) | (load<u64>(pointer, 8) ^ fill) | (load<u64>(pointer, 16) ^ fill);
  if (isBoolean<T>()) {
    if (excess | (low >> 1)) revertEmpty();
    return <T>(low != 0);
  }
  const value = <T>low;
  if (excess || <u64>(<i64>value) != low) revertEmpty();
  return value;
}

/** Writes a value of a tuple that begins at `base` and has its head word(s) at `at`. */
export function writeValue<T>(writer: Writer, base: i32, at: i32, value: T): void {
  if (isInteger<T>()) {
    writeInteger<T>(writer.start + at, value);
  } else {
    let target = at;
    if (isDynamic<T>()) {
      target = writer.length;
      writer.u32(at, target - base);
    }
    if (isString<T>()) {
      const text = changetype<string>(value);
      const room = writer.bytes(String.UTF8.byteLength(text));
      String.UTF8.encodeUnsafe(changetype<usize>(text), text.length, room);
    } else if (isArray<T>()) {
      const size = headSize<valueof<T>>();
      const count = value.length;
      target = writer.reserve(32 + count * size);
      writer.u32(target, count);
      target += 32;
      for (let index = 0; index < count; index++) {
        writeValue<valueof<T>>(writer, target, target + index * size, unchecked(value[index]));
      }
    } else {
      value.abiWrite(writer, target);
    }
  }
}

/** Reads a value of a tuple that begins at `base` and has its head word(s) at `at`. */
export function readValue<T>(reader: Reader, base: i32, at: i32): T {
  if (isInteger<T>()) {
    return readInteger<T>(reader.word(at));
  } else {
    const source = isDynamic<T>() ? reader.follow(base, at) : at;
    if (isString<T>()) {
      return changetype<T>(String.UTF8.decodeUnsafe(reader.start + source + 32, reader.count(source, 1)));
    } else if (isArray<T>()) {
      const size = headSize<valueof<T>>();
      const count = reader.count(source, size);
      const values = instantiate<T>(count);
      const first = source + 32;
      for (let index = 0; index < count; index++) {
        unchecked((values[index] = readValue<valueof<T>>(reader, first, first + index * size)));
      }
      return values;
    } else {
      const value = changetype<T>(__new(offsetof<T>(), idof<T>()));
      value.abiRead(reader, source);
      return value;
    }
  }
}

/** A log's topic of an indexed value: its word, or the hash of its bytes. */
export function writeTopic<T>(writer: Writer, at: i32, value: T): void {
  if (isString<T>()) {
    Bytes.fromString(changetype<string>(value)).keccak().writeWord(writer.start + at);
  } else if (isInteger<T>()) {
    writeInteger<T>(writer.start + at, value);
  } else if (isDynamic<T>()) {
    changetype<Bytes>(value).keccak().writeWord(writer.start + at);
  } else {
    value.abiWrite(writer, at);
  }
}
