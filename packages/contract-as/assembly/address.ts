import { account_balance, account_code_size, account_codehash } from "./hostio";
import { revertEmpty } from "./revert";
import { u256 } from "./u256";
import { Bytes32 } from "./bytes32";
import { Reader } from "./abi/reader";
import { Writer } from "./abi/writer";

const WORD: usize = memory.data(32);

/** An account's address; the object's memory is its 20 bytes. Immutable. */
@final
export class Address {
  private a: u64 = 0;
  private b: u64 = 0;
  private c: u32 = 0;

  // @ts-ignore: decorator
  @lazy
  static readonly zero: Address = new Address();

  /** Of 20 bytes at `pointer`. */
  static load(pointer: usize): Address {
    const address = new Address();
    address.a = load<u64>(pointer);
    address.b = load<u64>(pointer, 8);
    address.c = load<u32>(pointer, 16);
    return address;
  }

  /** Where its 20 bytes are. */
  // @ts-ignore: decorator
  @inline
  get pointer(): usize {
    return changetype<usize>(this);
  }

  get isZero(): bool {
    return (this.a | this.b | this.c) == 0;
  }

  get balance(): u256 {
    account_balance(this.pointer, WORD);
    return u256.load(WORD);
  }

  get codeSize(): i32 {
    return account_code_size(this.pointer);
  }

  get codeHash(): Bytes32 {
    const hash = new Bytes32();
    account_codehash(this.pointer, hash.pointer);
    return hash;
  }

  // @ts-ignore: decorator
  @operator("==")
  equals(other: Address): bool {
    return this.a == other.a && this.b == other.b && this.c == other.c;
  }

  // @ts-ignore: decorator
  @operator("!=")
  differs(other: Address): bool {
    return !this.equals(other);
  }

  readWord(pointer: usize): void {
    this.a = load<u64>(pointer, 12);
    this.b = load<u64>(pointer, 20);
    this.c = load<u32>(pointer, 28);
  }

  writeWord(pointer: usize): void {
    store<u64>(pointer, 0);
    store<u32>(pointer, 0, 8);
    store<u64>(pointer, this.a, 12);
    store<u64>(pointer, this.b, 20);
    store<u32>(pointer, this.c, 28);
  }

  storageBytes(): i32 {
    return 20;
  }

  abiSize(): i32 {
    return 32;
  }

  abiDynamic(): bool {
    return false;
  }

  abiWrite(writer: Writer, at: i32): void {
    this.writeWord(writer.start + at);
  }

  abiRead(reader: Reader, at: i32): void {
    const pointer = reader.word(at);
    if (load<u64>(pointer) | load<u32>(pointer, 8)) revertEmpty();
    this.readWord(pointer);
  }
}
