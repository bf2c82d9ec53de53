// A contract that uses all of the SDK; only for tests.
import {
  Address,
  block,
  Bytes,
  Bytes32,
  call,
  create,
  create2,
  delegateCall,
  gasLeft,
  Indexed,
  inkLeft,
  keccak256,
  msg,
  require,
  self,
  staticCall,
  StorageAddress,
  StorageArray,
  StorageBool,
  StorageBytes,
  StorageBytes32,
  StorageMapping,
  StorageString,
  StorageU64,
  StorageU256,
  StorageValue,
  transfer,
  tx,
  u256,
} from "@trireme/contract-as";
import { Named, Point } from "./points";

@event
class Everything {
  name: Indexed<string>;
  hash: Indexed<Bytes32>;
  delta: Indexed<i64>;
  text: string;
  numbers: Array<u256>;
  point: Point;
}

@event
class Nothing {}

@error
class Refused {
  reason: string;
  codes: Array<u16>;
  point: Point;
}

@error
class Bare {}

@remote
abstract class Other {
  @view abstract store(): u256;
  @payable abstract pay(memo: string): u256;
  abstract guarded(writer: Address): void;
  @pure abstract named(value: Named): Named;
}

@struct
class Context {
  sender: Address;
  value: u256;
  address: Address;
  origin: Address;
  coinbase: Address;
  number: u64;
  timestamp: u64;
  gasLimit: u64;
  baseFee: u256;
  chainId: u64;
  gasPrice: u256;
  inkPrice: u32;
  gasLeft: u64;
  inkLeft: u64;
  balance: u256;
  codeSize: i32;
  codeHash: Bytes32;
  isReentrant: bool;
}

@contract
export class EveryThing {
  private flag: StorageBool;
  private small: StorageValue<i8>;
  private owner: StorageAddress;
  private stamp: StorageU64;
  private wide: StorageU256;
  private signed: StorageValue<i64>;
  private hash: StorageBytes32;
  private text: StorageString;
  private after: StorageValue<u16>;
  private blob: StorageBytes;
  private bytes: StorageArray<StorageValue<u8>>;
  private owners: StorageArray<StorageAddress>;
  private texts: StorageArray<StorageString>;
  private byText: StorageMapping<string, StorageU256>;
  private byBytes: StorageMapping<Bytes, StorageMapping<i16, StorageValue<bool>>>;
  private lists: StorageMapping<u256, StorageArray<StorageU64>>;

  setPacked(flag: bool, small: i8, owner: Address, stamp: u64, wide: u256, signed: i64, hash: Bytes32, after: u16): void {
    this.flag.set(flag);
    this.small.set(small);
    this.owner.set(owner);
    this.stamp.set(stamp);
    this.wide.set(wide);
    this.signed.set(signed);
    this.hash.set(hash);
    this.after.set(after);
  }

  clearPacked(): void {
    this.small.clear();
    this.owner.clear();
    this.wide.clear();
  }

  @view
  packed(): Packed {
    return new Packed(
      this.flag.get(),
      this.small.get(),
      this.owner.get(),
      this.stamp.get(),
      this.wide.get(),
      this.signed.get(),
      this.hash.get(),
      this.after.get(),
    );
  }

  setText(text: string, blob: Bytes): void {
    this.text.set(text);
    this.blob.set(blob);
  }

  @view
  getText(): string {
    return this.text.get();
  }

  @view
  getBlob(): Bytes {
    return this.blob.get();
  }

  push(byte: u8, owner: Address, text: string): void {
    this.bytes.push().set(byte);
    this.owners.push().set(owner);
    this.texts.push().set(text);
  }

  pop(): void {
    this.bytes.pop();
    this.owners.pop();
    this.texts.pop();
  }

  clearLists(): void {
    this.bytes.clear();
    this.texts.clear();
  }

  @view
  itemAt(index: u64): Item {
    return new Item(this.bytes.at(index).get(), this.owners.at(index).get(), this.texts.at(index).get());
  }

  setEntries(text: string, bytes: Bytes, index: i16, key: u256, value: u64): void {
    this.byText.at(text).set(u256.from(value));
    this.byBytes.at(bytes).at(index).set(true);
    this.lists.at(key).push().set(value);
  }

  @view
  entries(text: string, bytes: Bytes, index: i16, key: u256): Entries {
    const list = this.lists.at(key);
    return new Entries(this.byText.at(text).get(), this.byBytes.at(bytes).at(index).get(), list.length);
  }

  @pure
  echo(
    a: bool,
    b: u8,
    c: i8,
    d: u32,
    e: i64,
    f: u256,
    g: Address,
    h: Bytes32,
    i: string,
    j: Bytes,
    k: Array<i16>,
    l: Array<string>,
    m: Point,
    n: Named,
    o: Array<Array<u64>>,
  ): All {
    return new All(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
  }

  @pure
  named(value: Named): Named {
    return value;
  }

  @pure
  calculate(a: u256, b: u256, m: u256, shift: u32): Array<u256> {
    return [
      a.addWrapping(b),
      a.subWrapping(b),
      a.mulWrapping(b),
      b.isZero ? u256.zero : a / b,
      b.isZero ? u256.zero : a % b,
      m.isZero ? u256.zero : a.addMod(b, m),
      m.isZero ? u256.zero : a.mulMod(b, m),
      a << shift,
      a >> shift,
      a & b,
      a | b,
      a ^ b,
      ~a,
      u256.from(a.bitLength),
      a.powWrapping(b),
      u256.from(
        u64(a < b) | (u64(a > b) << 1) | (u64(a <= b) << 2) | (u64(a >= b) << 3) | (u64(a == b) << 4) | (u64(a != b) << 5),
      ),
    ];
  }

  @pure
  checked(operation: u8, a: u256, b: u256): u256 {
    if (operation == 0) return a + b;
    if (operation == 1) return a - b;
    if (operation == 2) return a * b;
    if (operation == 3) return a / b;
    if (operation == 4) return a % b;
    if (operation == 5) return a ** b;
    return u256.from(a.toU64());
  }

  emitAll(name: string, hash: Bytes32, delta: i64, text: string, numbers: Array<u256>): void {
    new Everything(name, hash, delta, text, numbers, new Point(-1, 2)).emit();
    new Nothing().emit();
  }

  @pure
  refuse(kind: u8): void {
    require(kind != 0, "kind is zero — refused");
    if (kind == 1) new Refused("no", [1, 2, 3], new Point(3, -4)).revert();
    if (kind == 2) new Bare().revert();
    if (kind == 3) throw new Error("a trap");
    if (kind == 4) {
      const bytes = Bytes.alloc(3);
      bytes[3] = 1;
    }
  }

  @pure
  hashOf(data: Bytes): Bytes32 {
    return keccak256(data.slice(1).pointer, data.length - 1);
  }

  @payable
  context(): Context {
    const here = self();
    return new Context(
      msg.sender(),
      msg.value(),
      here,
      tx.origin(),
      block.coinbase(),
      block.number(),
      block.timestamp(),
      block.gasLimit(),
      block.baseFee(),
      block.chainId(),
      tx.gasPrice(),
      tx.inkPrice(),
      gasLeft(),
      inkLeft(),
      here.balance,
      here.codeSize,
      here.codeHash,
      msg.isReentrant(),
    );
  }

  @view
  store(): u256 {
    return this.wide.get();
  }

  @payable
  pay(memo: string): u256 {
    require(memo == "ok", memo);
    this.wide.set(this.wide.get() + msg.value());
    return this.wide.get();
  }

  /** Reads and writes its own slot around calls that write the other's, or its own when it is the other. */
  @payable
  callOther(other: Address, memo: string, value: u256): Array<u256> {
    this.wide.set(u256.from(5));
    const before = new Other(other).store();
    const paid = new Other(other, value).pay(memo);
    return [before, paid, this.wide.get()];
  }

  callRaw(kind: u8, target: Address, data: Bytes): Raw {
    this.wide.set(u256.from(77));
    const result = kind == 0 ? call(target, data) : kind == 1 ? staticCall(target, data) : delegateCall(target, data);
    return new Raw(result.succeeded, result.data, this.wide.get());
  }

  remoteNamed(other: Address, value: Named): Named {
    return new Other(other).named(value);
  }

  @payable
  send(to: Address, value: u256): void {
    transfer(to, value);
  }

  deploy(code: Bytes, salt: Bytes32): Address {
    return salt.isZero ? create(code) : create2(code, salt);
  }

  @view
  looks(kind: u8, target: Address): u256 {
    if (kind == 1) this.wide.set(u256.from(5));
    else if (kind == 2) this.text.set("x");
    else if (kind == 3) new Nothing().emit();
    else if (kind == 4) transfer(target, u256.zero);
    else if (kind == 5) delegateCall(target, new Bytes());
    else if (kind == 6) create(new Bytes());
    else if (kind == 7) this.owners.push().set(target);
    else staticCall(target, new Bytes());
    return this.wide.get();
  }

  @pure
  computes(isWriter: bool): u8 {
    if (isWriter) this.wide.clear();
    return 7;
  }

  /** A view that is called from inside is a function like any other. */
  looksInside(): u256 {
    return this.looks(1, Address.zero);
  }

  @nonReentrant
  guarded(target: Address): void {
    if (!target.isZero) new Other(target).guarded(Address.zero);
  }

  @receive
  take(): void {
    this.stamp.set(this.stamp.get() + 1);
  }

  @fallback
  other(input: Bytes): Bytes {
    return input.slice(1);
  }
}

@struct
class Packed {
  flag: bool;
  small: i8;
  owner: Address;
  stamp: u64;
  wide: u256;
  signed: i64;
  hash: Bytes32;
  after: u16;
}

@struct
class Item {
  byte: u8;
  owner: Address;
  text: string;
}

@struct
class Entries {
  value: u256;
  isSet: bool;
  count: u64;
}

@struct
class All {
  a: bool;
  b: u8;
  c: i8;
  d: u32;
  e: i64;
  f: u256;
  g: Address;
  h: Bytes32;
  i: string;
  j: Bytes;
  k: Array<i16>;
  l: Array<string>;
  m: Point;
  n: Named;
  o: Array<Array<u64>>;
}

@struct
class Raw {
  succeeded: bool;
  data: Bytes;
  wide: u256;
}
