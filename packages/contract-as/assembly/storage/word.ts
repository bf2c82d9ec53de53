import { storage_cache_bytes32, storage_flush_cache, storage_load_bytes32 } from "../hostio";
import { Bytes32 } from "../bytes32";
import { assertWritable } from "../view";

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
  assertWritable();
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

/** Turns a slot into the one `places` after it, in place: a loop over slots takes no memory. */
export function advance(slot: Bytes32, places: u64): void {
  const before = bswap(load<u64>(slot.pointer, 24));
  const after = before + places;
  store<u64>(slot.pointer, bswap(after), 24);
  if (after >= before) return;
  for (let at: usize = 16; ; at -= 8) {
    const carried = bswap(load<u64>(slot.pointer + at)) + 1;
    store<u64>(slot.pointer + at, bswap(carried));
    if (carried || at == 0) return;
  }
}
