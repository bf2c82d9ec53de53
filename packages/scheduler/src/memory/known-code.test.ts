// Code that a thread keeps from block to block.
import { keccak256, type Hash } from "@trireme/core";
import { createFlatReader } from "@trireme/state";
import { expect, it } from "vitest";
import { BlockMemory } from "./block-memory.ts";
import { createBlockMemory } from "./create-block-memory.ts";
import { createKnownCode, VersionedState } from "./versioned-state.ts";

it("is read once, and forgotten when it gets too much", () => {
  let reads = 0;
  const code = Uint8Array.of(0x60, 0x01);
  const base = createFlatReader(() => {
    reads++;
    return code;
  });
  const known = createKnownCode();
  const hash = keccak256(code) as Hash;
  const read = (): Uint8Array | undefined => {
    const state = new VersionedState(new BlockMemory(createBlockMemory({ transactions: 1, bytes: 1 << 16 })), base, known);
    state.begin(0);
    return state.reader.getCode(hash);
  };
  expect([read(), read(), reads, known.bytes]).toEqual([code, code, 1, 2]);
  known.bytes = 64 * 1024 * 1024;
  const other = keccak256(hash) as Hash;
  const state = new VersionedState(new BlockMemory(createBlockMemory({ transactions: 1, bytes: 1 << 16 })), base, known);
  state.begin(0);
  state.reader.getCode(other);
  expect([known.codes.size, known.bytes]).toEqual([1, 2]);
});
