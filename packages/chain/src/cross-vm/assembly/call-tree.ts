import {
  AccountMeta,
  Address,
  Bytes,
  Bytes32,
  call,
  CallResult,
  Indexed,
  msg,
  revertWith,
  self,
  staticCall,
  StorageU256,
  Svm,
  u256,
} from "@trireme/contract-as";

@event
class Noted {
  topic: Indexed<u64>;
  digest: u64;
}

/** Pubkeys of all accounts of the trees, 32 bytes each; the test puts them here. */
const keys: usize = memory.data<u8>([0]);

/** Calls itself until the stack ends. */
function deeper(depth: i32): i32 {
  return deeper(depth + 1) + depth;
}

/** Where the script is read, and what it came to so far. */
let script: Bytes = new Bytes();
let at: i32 = 0;
let digest: u64 = 0;

function fold(value: u64): void {
  digest = (digest ^ value) * 0x100000001b3;
}

/** A number of so many bytes, the first one the highest. */
function take(length: i32): u64 {
  let value: u64 = 0;
  for (let index = 0; index < length; index++) value = (value << 8) | <u64>script[at++];
  return value;
}

function takeLimit(): u64 {
  const limit = take(4);
  return limit == 0xffffffff ? u64.MAX_VALUE : limit;
}

function takeAddress(): Address {
  const address = Address.load(script.pointer + at);
  at += 20;
  return address;
}

function takeKey(): Bytes32 {
  return Bytes32.load(keys + 32 * <usize>take(1));
}

function takeBytes(): Bytes {
  const length = <i32>take(2);
  at += length;
  return script.slice(at - length, at);
}

/** Notes what a call came to; a failure that is not caught goes on as this frame's own. */
function finish(flags: u64, succeeded: bool, output: Bytes): void {
  if (!succeeded && (flags & 2)) revertWith(output.pointer, output.length);
  fold(succeeded ? 1 : 0);
  fold(output.length);
  for (let index = 0; index < output.length; index += 8) {
    let word: u64 = 0;
    for (let byte = 0; byte < 8; byte++) {
      word <<= 8;
      if (index + byte < output.length) word |= <u64>load<u8>(output.pointer + index + byte);
    }
    fold(word);
  }
}

/** Plays the script in its calldata: what a node of a call tree does. Scripts: `tree-script.mts`. */
@contract
export class CallTree {
  private slot0: StorageU256;
  private slot1: StorageU256;
  private slot2: StorageU256;
  private slot3: StorageU256;

  @receive
  receive(): void {}

  @payable
  @fallback
  play(input: Bytes): Bytes {
    script = input;
    let op = take(1);
    while (op != 0x20) {
      if (op == 0x01) this.write();
      else if (op == 0x02) new Noted(take(1), digest).emit();
      else if (op == 0x03) this.context();
      else if (op == 0x05) fold(takeAddress().balance.w0);
      else if (op == 0x06) this.readData();
      else if (op == 0x10) this.callContract();
      else if (op == 0x11) this.invoke();
      else if (op == 0x21) this.fail();
      else if (op == 0x22) this.halt();
      else this.burn();
      op = take(1);
    }
    return this.output();
  }

  private write(): void {
    const slot = take(1);
    const added = u256.from(take(1));
    const stored = slot == 0 ? this.slot0 : slot == 1 ? this.slot1 : slot == 2 ? this.slot2 : this.slot3;
    const value = stored.get() + added;
    stored.set(value);
    fold(value.w0);
  }

  private context(): void {
    const own = self();
    const sender = msg.sender();
    fold(bswap(load<u64>(own.pointer, 12)));
    fold(bswap(load<u64>(sender.pointer, 12)));
    fold(msg.value().w0);
  }

  private readData(): void {
    const data = Bytes.alloc(100);
    store<u32>(data.pointer, 0xeafcf461);
    memory.copy(data.pointer + 4, takeKey().pointer, 32);
    data[99] = 8;
    const result = staticCall(Svm.gateway(), data);
    finish(0, result.succeeded, result.succeeded ? result.data.slice(64, 72) : result.data);
  }

  private callContract(): void {
    const flags = take(1);
    const limit = takeLimit();
    const value = u256.from(take(8));
    const target = takeAddress();
    const data = takeBytes();
    const result = flags & 1 ? staticCall(target, data, limit) : call(target, data, value, limit);
    finish(flags, result.succeeded, result.data);
  }

  private invoke(): void {
    const flags = take(1);
    const limit = takeLimit();
    const program = takeKey();
    const count = <i32>take(1);
    const accounts = new Array<AccountMeta>();
    for (let index = 0; index < count; index++) {
      const key = takeKey();
      const rights = take(1);
      accounts.push(new AccountMeta(key, (rights & 1) != 0, (rights & 2) != 0));
    }
    const result = Svm.tryInvoke(program, accounts, takeBytes(), limit);
    finish(flags, result.succeeded, result.data);
  }

  private output(): Bytes {
    const words = <i32>take(1);
    const output = Bytes.alloc(8 * words);
    for (let word = 0; word < words; word++) store<u64>(output.pointer + 8 * word, bswap(digest));
    return output;
  }

  private fail(): void {
    const output = this.output();
    revertWith(output.pointer, output.length);
  }

  private burn(): void {
    for (;;) at++;
  }

  private halt(): void {
    if (take(1) == 0) unreachable();
    fold(deeper(0));
  }
}
