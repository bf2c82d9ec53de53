import { Address } from "./address";
import { Bytes } from "./bytes";
import { Bytes32 } from "./bytes32";
import { call, CallResult, staticCall } from "./call";
import { self } from "./context";
import { keccak256 } from "./keccak";
import { u256 } from "./u256";
import { u256 } from "./u256";

/** What an SVM instruction says of one of its accounts. */
@final
export class AccountMeta {
  constructor(
    public pubkey: Bytes32,
    public isSigner: bool,
    public isWritable: bool,
  ) {}

  static signer(pubkey: Bytes32): AccountMeta {
    return new AccountMeta(pubkey, true, false);
  }

  static writableSigner(pubkey: Bytes32): AccountMeta {
    return new AccountMeta(pubkey, true, true);
  }

  static writable(pubkey: Bytes32): AccountMeta {
    return new AccountMeta(pubkey, false, true);
  }

  static readOnly(pubkey: Bytes32): AccountMeta {
    return new AccountMeta(pubkey, false, false);
  }
}

/** Words of calldata after a selector. */
// @ts-ignore: decorator
@inline
function input(words: i32): Bytes {
  return Bytes.alloc(4 + 32 * words);
}

/** Where word `index` of calldata begins. */
// @ts-ignore: decorator
@inline
function at(data: Bytes, index: i32): usize {
  return data.pointer + 4 + 32 * index;
}

// @ts-ignore: decorator
@inline
function putNumber(data: Bytes, index: i32, value: u64): void {
  store<u64>(at(data, index), bswap(value), 24);
}

// @ts-ignore: decorator
@inline
function putKey(data: Bytes, index: i32, key: Bytes32): void {
  memory.copy(at(data, index), key.pointer, 32);
}

function select(data: Bytes, selector: u32): void {
  store<u32>(data.pointer, bswap(selector));
}

/** The `bytes` that a function of the gateway gave as its only result. */
function bytesOf(result: Bytes): Bytes {
  const length = <i32>bswap(load<u64>(result.pointer, 56));
  return result.slice(64, 64 + length);
}

/** Programs of the SVM, called inside this transaction. This contract signs as `Svm.self()` where its own meta says so. */
export namespace Svm {
  /** The gateway's address: `svm` in ASCII and zeros. */
  export function gateway(): Address {
    const bytes = memory.data(20);
    store<u8>(bytes, 0x73);
    store<u8>(bytes, 0x76, 1);
    store<u8>(bytes, 0x6d, 2);
    return Address.load(bytes);
  }

  /** Runs an instruction with at most `gas` gas; its failure is a value: revert data of `SvmError(bytes32 program, uint32 code, string reason)`. */
  export function tryInvoke(program: Bytes32, accounts: Array<AccountMeta>, data: Bytes, gas: u64 = u64.MAX_VALUE): CallResult {
    const count = accounts.length;
    const words = (data.length + 31) >> 5;
    const calldata = input(5 + 3 * count + words);
    select(calldata, 0x7480cb86);
    putKey(calldata, 0, program);
    putNumber(calldata, 1, 96);
    putNumber(calldata, 2, 128 + 96 * count);
    putNumber(calldata, 3, count);
    for (let index = 0; index < count; index++) {
      const meta = accounts[index];
      const place = 4 + 3 * index;
      putKey(calldata, place, meta.pubkey);
      putNumber(calldata, place + 1, meta.isSigner ? 1 : 0);
      putNumber(calldata, place + 2, meta.isWritable ? 1 : 0);
    }
    putNumber(calldata, 4 + 3 * count, data.length);
    memory.copy(at(calldata, 5 + 3 * count), data.pointer, data.length);
    const result = call(gateway(), calldata, u256.zero, gas);
    if (result.succeeded) result.data = bytesOf(result.data);
    return result;
  }

  /** Runs an instruction and gives the program's return data; reverts with the program's error. */
  export function invoke(program: Bytes32, accounts: Array<AccountMeta>, data: Bytes): Bytes {
    return tryInvoke(program, accounts, data).unwrap();
  }

  /** The pubkey that is bound to an address, else its tagged one. */
  export function pubkeyOf(account: Address): Bytes32 {
    const calldata = input(1);
    select(calldata, 0x2f54205e);
    memory.copy(at(calldata, 0) + 12, account.pointer, 20);
    return Bytes32.load(staticCall(gateway(), calldata).unwrap().pointer);
  }

  /** The name under which programs know this contract. */
  export function myself(): Bytes32 {
    return pubkeyOf(self());
  }

  /** The first program-derived address under these seeds, each of at most 32 bytes. */
  export function findProgramAddress(seeds: Array<Bytes>, program: Bytes32): Bytes32 {
    const count = seeds.length;
    // Each seed takes a word for its offset, one for its length and one for itself.
    const calldata = input(3 + 3 * count);
    select(calldata, 0x266ee42f);
    putNumber(calldata, 0, 64);
    putKey(calldata, 1, program);
    putNumber(calldata, 2, count);
    for (let index = 0; index < count; index++) {
      const place = 3 + count + 2 * index;
      putNumber(calldata, 3 + index, 32 * count + 64 * index);
      putNumber(calldata, place, seeds[index].length);
      memory.copy(at(calldata, place + 1), seeds[index].pointer, seeds[index].length);
    }
    return Bytes32.load(staticCall(gateway(), calldata).unwrap().pointer);
  }

  /** `length` bytes of an account's data from `offset`; reverts where it has fewer. */
  export function accountData(account: Bytes32, offset: i32, length: i32): Bytes {
    const calldata = input(3);
    select(calldata, 0x61f4fcea);
    putKey(calldata, 0, account);
    putNumber(calldata, 1, offset);
    putNumber(calldata, 2, length);
    return bytesOf(staticCall(gateway(), calldata).unwrap());
  }
}

/**
 * The ERC-20 face that every mint of SPL Token and Token-2022 has at its own address: the one balance, as a token of Ethereum's.
 * What fails makes this call revert with the face's error; `call` it for a failure that is a value.
 */
@final
export class Erc20Face {
  constructor(public address: Address) {}

  /** Of the mint with this pubkey. */
  static of(mint: Bytes32): Erc20Face {
    return new Erc20Face(Address.load(keccak256(mint.pointer, 32).pointer + 12));
  }

  balanceOf(account: Address): u256 {
    const data = input(1);
    select(data, 0x70a08231);
    account.writeWord(at(data, 0));
    return this.number(data);
  }

  allowance(owner: Address, spender: Address): u256 {
    const data = input(2);
    select(data, 0xdd62ed3e);
    owner.writeWord(at(data, 0));
    spender.writeWord(at(data, 1));
    return this.number(data);
  }

  /** The receiver's token account is open already, or it is this contract's own. */
  transfer(to: Address, value: u256): void {
    const data = input(2);
    select(data, 0xa9059cbb);
    to.writeWord(at(data, 0));
    value.writeWord(at(data, 1));
    call(this.address, data).unwrap();
  }

  transferFrom(from: Address, to: Address, value: u256): void {
    const data = input(3);
    select(data, 0x23b872dd);
    from.writeWord(at(data, 0));
    to.writeWord(at(data, 1));
    value.writeWord(at(data, 2));
    call(this.address, data).unwrap();
  }

  approve(spender: Address, value: u256): void {
    const data = input(2);
    select(data, 0x095ea7b3);
    spender.writeWord(at(data, 0));
    value.writeWord(at(data, 1));
    call(this.address, data).unwrap();
  }

  /** Opens the token account of an address where there is none; this contract pays its rent. */
  openAccount(owner: Address): Bytes32 {
    const data = input(1);
    select(data, 0x0272f3a3);
    owner.writeWord(at(data, 0));
    return Bytes32.load(call(this.address, data).unwrap().pointer);
  }

  private number(data: Bytes): u256 {
    return u256.load(staticCall(this.address, data).unwrap().pointer);
  }
}

/** SPL Token and its associated accounts. */
export namespace SplToken {
  /** TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA */
  export function program(): Bytes32 {
    return Bytes32.of(0x06ddf6e1d765a193, 0xd9cbe146ceeb79ac, 0x1cb485ed5f5b3791, 0x3a8cf5857eff00a9);
  }

  /** ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL */
  export function associatedProgram(): Bytes32 {
    return Bytes32.of(0x8c97258f4e2489f1, 0xbb3d1029148e0d83, 0x0b5a1399daff1084, 0x048e7bd8dbe9f859);
  }

  /** The associated token account of an owner. */
  export function associatedAccount(owner: Bytes32, mint: Bytes32): Bytes32 {
    const token = program();
    const seeds = [new Bytes(owner.pointer, 32), new Bytes(token.pointer, 32), new Bytes(mint.pointer, 32)];
    return Svm.findProgramAddress(seeds, associatedProgram());
  }

  /** Makes the associated token account of `owner` where there is none; this contract pays its rent. */
  export function createAssociatedAccount(owner: Bytes32, mint: Bytes32): Bytes32 {
    const account = associatedAccount(owner, mint);
    const accounts = [
      AccountMeta.writableSigner(Svm.myself()),
      AccountMeta.writable(account),
      AccountMeta.readOnly(owner),
      AccountMeta.readOnly(mint),
      AccountMeta.readOnly(Bytes32.zero),
      AccountMeta.readOnly(program()),
    ];
    const data = Bytes.alloc(1);
    data[0] = 1;
    Svm.invoke(associatedProgram(), accounts, data);
    return account;
  }

  /** Moves tokens out of an account that this contract owns. */
  export function transfer(from: Bytes32, to: Bytes32, amount: u64): void {
    tryTransfer(from, to, amount).unwrap();
  }

  /** As `transfer`; a failure is a value. */
  export function tryTransfer(from: Bytes32, to: Bytes32, amount: u64): CallResult {
    const data = Bytes.alloc(9);
    data[0] = 3;
    store<u64>(data.pointer + 1, amount);
    const accounts = [AccountMeta.writable(from), AccountMeta.writable(to), AccountMeta.signer(Svm.myself())];
    return Svm.tryInvoke(program(), accounts, data);
  }

  /** Tokens in a token account; reverts where there is no such account. */
  export function balanceOf(account: Bytes32): u64 {
    return load<u64>(Svm.accountData(account, 64, 8).pointer);
  }
}
