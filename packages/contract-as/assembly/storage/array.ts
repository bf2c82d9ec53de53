import { Bytes32 } from "../bytes32";
import { keccak256 } from "../keccak";
import { panic, panicIndex } from "../revert";
import { advance, loadWord, storeWord } from "./word";

const SIZE: usize = memory.data(32);

/** Solidity's dynamic array: its length in the slot, the items from keccak256(slot) on, small ones packed. */
@final
export class StorageArray<V> {
  constructor(
    private slot: Bytes32,
    offset: i32 = 0,
  ) {}

  get length(): u64 {
    return bswap(load<u64>(loadWord(this.slot), 24));
  }

  /** The storage of an item; reverts with Panic(0x32) beyond the end. */
  at(index: u64): V {
    if (index >= this.length) panicIndex();
    return this.item(index);
  }

  /** Appends an item that is zero. Returns its storage. */
  push(): V {
    const index = this.length;
    this.resize(index + 1);
    return this.item(index);
  }

  /** Removes the last item and clears it; reverts with Panic(0x31) when there is none. */
  pop(): void {
    const length = this.length;
    if (length == 0) panic(0x31);
    this.item(length - 1).clear();
    this.resize(length - 1);
  }

  clear(): void {
    const length = this.length;
    for (let index: u64 = 0; index < length; index++) this.item(index).clear();
    this.resize(0);
  }

  storageBytes(): i32 {
    return 32;
  }

  /** The length is a u256 of which 64 bits can ever be reached. */
  private resize(length: u64): void {
    store<u64>(SIZE, bswap(length), 24);
    storeWord(this.slot, SIZE);
  }

  private item(index: u64): V {
    const bytes = changetype<V>(0).storageBytes();
    const perSlot = <u64>(32 / bytes);
    const slot = keccak256(this.slot.pointer, 32);
    advance(slot, index / perSlot);
    return instantiate<V>(slot, <i32>(index % perSlot) * bytes);
  }
}
