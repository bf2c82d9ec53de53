import { Bytes } from "../bytes";
import { Bytes32 } from "../bytes32";
import { keccak256 } from "../keccak";
import { panic } from "../revert";
import { u256 } from "../u256";
import { advance, clearWord, loadWord, storeWord } from "./word";

const HEAD: usize = memory.data(32);

/** Solidity's bytes: up to 31 bytes within the slot, longer ones from keccak256(slot) on. */
@final
export class StorageBytes {
  constructor(
    private slot: Bytes32,
    offset: i32 = 0,
  ) {}

  get length(): i32 {
    return lengthOf(loadWord(this.slot));
  }

  get(): Bytes {
    const word = loadWord(this.slot);
    const length = lengthOf(word);
    const value = Bytes.alloc((length + 31) & ~31);
    value.length = length;
    if (length < 32) {
      memory.copy(value.pointer, word, length);
      return value;
    }
    const slot = keccak256(this.slot.pointer, 32);
    for (let at = 0; at < length; at += 32) {
      memory.copy(value.pointer + at, loadWord(slot), 32);
      advance(slot, 1);
    }
    return value;
  }

  set(value: Bytes): void {
    const before = slotsOf(this.length);
    const length = value.length;
    memory.fill(HEAD, 0, 32);
    if (length < 32) {
      memory.copy(HEAD, value.pointer, length);
      store<u8>(HEAD, length << 1, 31);
    } else {
      u256.from((<u64>length << 1) | 1).writeWord(HEAD);
    }
    storeWord(this.slot, HEAD);
    const after = slotsOf(length);
    const slot = keccak256(this.slot.pointer, 32);
    for (let index = 0; index < after; index++) {
      memory.fill(HEAD, 0, 32);
      memory.copy(HEAD, value.pointer + (index << 5), min(length - (index << 5), 32));
      storeWord(slot, HEAD);
      advance(slot, 1);
    }
    for (let index = after; index < before; index++) {
      clearWord(slot);
      advance(slot, 1);
    }
  }

  clear(): void {
    this.set(new Bytes());
  }

  storageBytes(): i32 {
    return 32;
  }
}

/** Solidity's string, stored as its UTF-8 bytes. */
@final
export class StorageString {
  private bytes: StorageBytes;

  constructor(slot: Bytes32, offset: i32 = 0) {
    this.bytes = new StorageBytes(slot);
  }

  get(): string {
    return this.bytes.get().toString();
  }

  set(value: string): void {
    this.bytes.set(Bytes.fromString(value));
  }

  clear(): void {
    this.bytes.clear();
  }

  storageBytes(): i32 {
    return 32;
  }
}

/** The length that the slot of a byte string tells; reverts with Panic(0x22) where it contradicts itself. */
function lengthOf(word: usize): i32 {
  const last = load<u8>(word, 31);
  if (!(last & 1)) {
    if (last > 62) panic(0x22);
    return last >> 1;
  }
  const length = u256.load(word).toU64() >> 1;
  if (length < 32) panic(0x22);
  if (length >> 31) unreachable();
  return <i32>length;
}

/** Slots beside the first that so many bytes take. */
function slotsOf(length: i32): i32 {
  return length < 32 ? 0 : (length + 31) >> 5;
}
