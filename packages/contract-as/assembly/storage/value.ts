import { Bytes32 } from "../bytes32";
import { loadWord, storeWord } from "./word";

const SCRATCH: usize = memory.data(32);

/** Bytes that a value takes in a slot. */
// @ts-ignore: decorator
@inline
function bytesOf<T>(): i32 {
  if (isInteger<T>()) return sizeof<T>();
  return changetype<T>(0).storageBytes();
}

/** A value type in storage: an integer, bool, u256, Address or Bytes32; several share a slot, as in Solidity. */
@final
export class StorageValue<T> {
  constructor(
    private slot: Bytes32,
    /** Bytes from the slot's low end. */
    private offset: i32 = 0,
  ) {}

  get(): T {
    const word = loadWord(this.slot) - this.offset;
    if (isInteger<T>()) {
      if (isBoolean<T>()) return <T>(load<u8>(word + 31) != 0);
      return bswap<T>(load<T>(word + 32 - sizeof<T>()));
    } else {
      const value = changetype<T>(__new(offsetof<T>(), idof<T>()));
      value.readWord(word);
      return value;
    }
  }

  set(value: T): void {
    if (bytesOf<T>() == 32) {
      this.write(SCRATCH, value);
      storeWord(this.slot, SCRATCH);
    } else {
      const word = loadWord(this.slot);
      this.write(word, value);
      storeWord(this.slot, word);
    }
  }

  /** Sets it to zero. */
  clear(): void {
    const word = loadWord(this.slot);
    memory.fill(word + 32 - bytesOf<T>() - this.offset, 0, bytesOf<T>());
    storeWord(this.slot, word);
  }

  storageBytes(): i32 {
    return bytesOf<T>();
  }

  private write(word: usize, value: T): void {
    const at = word + 32 - bytesOf<T>() - this.offset;
    if (isInteger<T>()) {
      store<T>(at, bswap<T>(value));
    } else if (bytesOf<T>() == 32) {
      value.writeWord(at);
    } else {
      value.writeWord(SCRATCH);
      memory.copy(at, SCRATCH + 32 - bytesOf<T>(), bytesOf<T>());
    }
  }
}
