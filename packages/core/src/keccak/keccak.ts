/** keccak256 as Ethereum uses it (original padding, not FIPS 202), in WebAssembly. */
import { instantiateKeccak } from "./keccak-module.ts";

const RATE = 136;
/** Longer messages are streamed through the buffer; a multiple of the rate, and within the first memory page. */
const CAPACITY = RATE * 400;
const DIGEST = 32;

const module = instantiateKeccak(DIGEST + CAPACITY);
const digestAt = module.heap();
const inputAt = digestAt + DIGEST;
const input = new Uint8Array(module.memory.buffer, inputAt, CAPACITY);
const digest = new Uint8Array(module.memory.buffer, digestAt, DIGEST);

/** 32-byte keccak256 of `data`, in a new array. */
export function keccak256(data: Uint8Array): Uint8Array {
  if (data.length <= CAPACITY) {
    input.set(data);
    module.hash(inputAt, data.length, digestAt);
    return digest.slice();
  }
  module.reset();
  let offset = 0;
  for (; data.length - offset >= CAPACITY; offset += CAPACITY) {
    input.set(data.subarray(offset, offset + CAPACITY));
    module.absorb(inputAt, CAPACITY / RATE);
  }
  const rest = data.length - offset;
  input.set(data.subarray(offset));
  const blocks = Math.floor(rest / RATE);
  module.absorb(inputAt, blocks);
  module.finish(inputAt + blocks * RATE, rest - blocks * RATE, digestAt);
  return digest.slice();
}
