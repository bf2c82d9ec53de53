import { exit_early, write_result } from "./hostio";

/** Ends the call as a revert with these bytes as return data. Nothing after it runs. */
export function revertWith(data: usize, length: i32): void {
  write_result(data, length);
  exit_early(1);
  unreachable();
}

/** Ends the call as a revert without data. */
export function revertEmpty(): void {
  revertWith(0, 0);
}

/** Reverts with Solidity's `Error(string)`. */
export function revert(reason: string): void {
  const length = String.UTF8.byteLength(reason);
  const padded = (length + 31) & ~31;
  const data = heap.alloc(68 + padded + 32);
  memory.fill(data, 0, 68 + padded);
  store<u32>(data, 0xa079c308);
  store<u8>(data, 32, 35);
  store<u32>(data, bswap(length), 64);
  String.UTF8.encodeUnsafe(changetype<usize>(reason), reason.length, data + 68);
  revertWith(data, 68 + padded);
}

/** Reverts with `Error(reason)` unless the condition holds. */
// @ts-ignore: decorator
@inline
export function require(condition: bool, reason: string): void {
  if (!condition) revert(reason);
}

/** Reverts with Solidity's `Panic(uint256)`. */
export function panic(code: u8): void {
  const data = heap.alloc(36);
  memory.fill(data, 0, 36);
  store<u32>(data, 0x717b484e);
  store<u8>(data, code, 35);
  revertWith(data, 36);
}

/** Panic(0x11): arithmetic overflow. */
export function panicOverflow(): void {
  panic(0x11);
}

/** Panic(0x12): division by zero. */
export function panicDivision(): void {
  panic(0x12);
}

/** Panic(0x32): an index outside of its array. */
export function panicIndex(): void {
  panic(0x32);
}
