import { Bytes32 } from "../bytes32";
import { keccak256 } from "../keccak";
import { panic, panicIndex } from "../revert";
import { StorageValue } from "./value";
import { slotAfter } from "./word";

/** Solidity's dynamic array: its length in the slot, the items from keccak256(slot) on, small ones packed. */
@final
export class StorageArray<V> {
  constructor(
    private slot: Bytes32,
    offset: i32 = 0,
  ) {}

  get length(): u64 {
    return this.size().get();
  }

  /** The storage of an item; reverts with Panic(0x32) beyond the end. */
  at(index: u64): V {
    if (index >= this.length) panicIndex();
    return this.item(index);
  }

  /** Appends an item that is zero. Returns its storage. */
  push(): V {
    const size = this.size();
    const index = size.get();
    size.set(index + 1);
    return this.item(index);
  }

  /** Removes the last item and clears it; reverts with Panic(0x31) when there is none. */
  pop(): void {
    const size = this.size();
    const length = size.get();
    if (length == 0) panic(0x31);
    this.item(length - 1).clear();
    size.set(length - 1);
  }

  clear(): void {
    const length = this.length;
    for (let index: u64 = 0; index < length; index++) this.item(index).clear();
    this.size().set(0);
  }

  storageBytes(): i32 {
    return 32;
  }

  /** The length is a u256 of which 64 bits can ever be reached. */
  private size(): StorageValue<u64> {
    return new StorageValue<u64>(this.slot);
  }

  private item(index: u64): V {
    const bytes = changetype<V>(0).storageBytes();
    const perSlot = <u64>(32 / bytes);
    const first = keccak256(this.slot.pointer, 32);
    return instantiate<V>(slotAfter(first, index / perSlot), <i32>(index % perSlot) * bytes);
  }
}
