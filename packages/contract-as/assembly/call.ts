import * as hostio from "./hostio";
import { Address } from "./address";
import { Bytes } from "./bytes";
import { Bytes32 } from "./bytes32";
import { revertWith } from "./revert";
import { flushStorage } from "./storage/word";
import { assertWritable } from "./view";
import { u256 } from "./u256";

const VALUE: usize = memory.data(32);
const LENGTH: usize = memory.data(4);

/** What a call to another contract gave. */
@final
export class CallResult {
  constructor(
    public succeeded: bool,
    public data: Bytes,
  ) {}

  /** The return data; where the call failed, this call reverts with the same data. */
  unwrap(): Bytes {
    if (!this.succeeded) revertWith(this.data.pointer, this.data.length);
    return this.data;
  }
}

function resultOf(status: i32): CallResult {
  const length = load<i32>(LENGTH);
  const data = new Bytes(0, length);
  if (length) {
    data.pointer = heap.alloc(length);
    hostio.read_return_data(data.pointer, 0, length);
  }
  return new CallResult(status == 0, data);
}

/** Calls a contract with `value` wei and at most `gas` gas; stored values are written before. */
export function call(to: Address, data: Bytes, value: u256 = u256.zero, gas: u64 = u64.MAX_VALUE): CallResult {
  assertWritable();
  flushStorage(true);
  value.writeWord(VALUE);
  return resultOf(hostio.call_contract(to.pointer, data.pointer, data.length, VALUE, gas, LENGTH));
}

/** Calls a contract that may change nothing. */
export function staticCall(to: Address, data: Bytes, gas: u64 = u64.MAX_VALUE): CallResult {
  flushStorage(false);
  return resultOf(hostio.static_call_contract(to.pointer, data.pointer, data.length, gas, LENGTH));
}

/** Runs a contract's code on this contract's storage. */
export function delegateCall(to: Address, data: Bytes, gas: u64 = u64.MAX_VALUE): CallResult {
  assertWritable();
  flushStorage(true);
  return resultOf(hostio.delegate_call_contract(to.pointer, data.pointer, data.length, gas, LENGTH));
}

/** Sends wei; reverts when that fails. */
export function transfer(to: Address, value: u256): void {
  call(to, new Bytes(), value).unwrap();
}

/** Deploys a contract from init code; reverts with its data when that fails. */
export function create(code: Bytes, value: u256 = u256.zero): Address {
  assertWritable();
  flushStorage(true);
  value.writeWord(VALUE);
  const address = new Address();
  hostio.create1(code.pointer, code.length, VALUE, address.pointer, LENGTH);
  return created(address);
}

/** Deploys a contract at the address that the code and the salt determine. */
export function create2(code: Bytes, salt: Bytes32, value: u256 = u256.zero): Address {
  assertWritable();
  flushStorage(true);
  value.writeWord(VALUE);
  const address = new Address();
  hostio.create2(code.pointer, code.length, VALUE, salt.pointer, address.pointer, LENGTH);
  return created(address);
}

function created(address: Address): Address {
  if (address.isZero) resultOf(2).unwrap();
  return address;
}
