import { Bytes } from "../bytes";
import { Bytes32 } from "../bytes32";
import { writeInteger } from "../abi/codec";
import { keccak256 } from "../keccak";

const PAIR: usize = memory.data(64);

/** Solidity's mapping: the entry of a key is at keccak256(key . slot). */
@final
export class StorageMapping<K, V> {
  constructor(
    private slot: Bytes32,
    offset: i32 = 0,
  ) {}

  /** The storage of a key's entry. */
  at(key: K): V {
    return instantiate<V>(this.slotOf(key), 0);
  }

  storageBytes(): i32 {
    return 32;
  }

  /** A mapping does not know its keys: nothing happens, as in Solidity. */
  clear(): void {}

  private slotOf(key: K): Bytes32 {
    if (isString<K>()) {
      return this.slotOfBytes(Bytes.fromString(changetype<string>(key)));
    } else if (isInteger<K>()) {
      writeInteger<K>(PAIR, key);
    } else if (idof<K>() == idof<Bytes>()) {
      return this.slotOfBytes(changetype<Bytes>(key));
    } else {
      key.writeWord(PAIR);
    }
    this.slot.writeWord(PAIR + 32);
    return keccak256(PAIR, 64);
  }

  private slotOfBytes(key: Bytes): Bytes32 {
    const pair = Bytes.alloc(key.length + 32);
    memory.copy(pair.pointer, key.pointer, key.length);
    this.slot.writeWord(pair.pointer + key.length);
    return pair.keccak();
  }
}
