import { native_keccak256 } from "./hostio";
import { Bytes32 } from "./bytes32";

/** keccak256 of `length` bytes at `pointer`. */
export function keccak256(pointer: usize, length: i32): Bytes32 {
  const hash = new Bytes32();
  native_keccak256(pointer, length, hash.pointer);
  return hash;
}
