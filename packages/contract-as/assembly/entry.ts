// What the generated `user_entrypoint` uses; a contract does not import it.
import { msg_value, pay_for_memory_grow, read_args } from "./hostio";
import { Writer } from "./abi/writer";
import { Bytes } from "./bytes";
import { revertEmpty } from "./revert";
import { flushStorage } from "./storage/word";

export { headSize, isDynamic, readValue, writeTopic, writeValue } from "./abi/codec";
export { Reader } from "./abi/reader";
export { Writer } from "./abi/writer";
export { Bytes } from "./bytes";
export { Bytes32 } from "./bytes32";
export { call, staticCall } from "./call";
export { lock, unlock } from "./guard";
export { revertEmpty, revertWith } from "./revert";
export { Address } from "./address";
export { StorageValue } from "./storage/value";
export { u256 } from "./u256";
export { declareView } from "./view";

const VALUE: usize = memory.data(32);

/** The call's input. */
export function readInput(length: i32): usize {
  const input = heap.alloc(length);
  read_args(input);
  return input;
}

/** A growable memory has to be declared to the host by this import. */
export function declareGrowth(): void {
  pay_for_memory_grow(0);
}

/** What a function that is not payable begins with. */
export function refuseValue(): void {
  msg_value(VALUE);
  if (load<u64>(VALUE) | load<u64>(VALUE, 8) | load<u64>(VALUE, 16) | load<u64>(VALUE, 24)) revertEmpty();
}

/** Ends a call without output. */
export function succeed(): i32 {
  flushStorage(false);
  return 0;
}

/** Ends a call with what was written as return data. */
export function succeedWith(writer: Writer): i32 {
  flushStorage(false);
  writer.finish();
  return 0;
}

/** Ends a call with these bytes as return data. */
export function succeedWithBytes(output: Bytes): i32 {
  flushStorage(false);
  const writer = new Writer(0);
  writer.start = output.pointer;
  writer.length = output.length;
  writer.finish();
  return 0;
}
