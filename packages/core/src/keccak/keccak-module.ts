/** The keccak WebAssembly module: an instance with memory of its own, made synchronously. */
import { instantiateSync } from "@assemblyscript/loader";
import { keccakWasm } from "./keccak-wasm.ts";

/** What assembly/keccak.ts exports; every argument is an address or a count. */
export interface KeccakModule {
  readonly memory: { readonly buffer: ArrayBuffer; grow(pages: number): number };
  heap(): number;
  reset(): void;
  absorb(from: number, blocks: number): void;
  finish(from: number, length: number, to: number): void;
  hash(from: number, length: number, to: number): void;
  hashMany(table: number, count: number, to: number): void;
}

const PAGE = 65_536;
const bytes = Uint8Array.from(atob(keccakWasm), (character) => character.charCodeAt(0));

/** A new instance whose memory has at least `size` bytes from `heap()` on. Its memory never grows afterwards, so views of it stay attached. */
export function instantiateKeccak(size: number): KeccakModule {
  const module = instantiateSync(bytes).exports as unknown as KeccakModule;
  const missing = module.heap() + size - module.memory.buffer.byteLength;
  if (missing > 0) module.memory.grow(Math.ceil(missing / PAGE));
  return module;
}
