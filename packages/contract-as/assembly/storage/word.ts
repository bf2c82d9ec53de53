import { storage_cache_bytes32, storage_flush_cache, storage_load_bytes32 } from "../hostio";
import { Bytes32 } from "../bytes32";
import { u256 } from "../u256";

const WORD: usize = memory.data(32);
const ZERO: usize = memory.data(32);

let isDirty: bool = false;

/** Reads a slot. Returns a pointer to its 32 bytes, which the next read overwrites. */
export function loadWord(slot: Bytes32): usize {
  storage_load_bytes32(slot.pointer, WORD);
  return WORD;
}

/** Puts 32 bytes into the host's cache of a slot; `flushStorage` writes them. */
export function storeWord(slot: Bytes32, pointer: usize): void {
  storage_cache_bytes32(slot.pointer, pointer);
  isDirty = true;
}

export function clearWord(slot: Bytes32): void {
  storeWord(slot, ZERO);
}

/** Writes what the cache holds; `clear` forgets it too, so that writes of other frames are seen. */
export function flushStorage(clear: bool): void {
  if (!isDirty && !clear) return;
  storage_flush_cache(clear);
  isDirty = false;
}

/** The slot `index` places after one. */
export function slotAfter(slot: Bytes32, index: u64): Bytes32 {
  return Bytes32.from(slot.toU256().addWrapping(u256.from(index)));
}
