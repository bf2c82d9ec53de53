// An environment that catches what a read of the state throws must not run on as if it had read something.
import { addressFromBytes, type Address } from "@trireme/core";
import { createFlatReader, slotFlatKey } from "@trireme/state";
import { expect, it } from "vitest";
import { BlockMemory } from "./block-memory.ts";
import { MemorySpent } from "./block-progress.ts";
import { createBlockMemory } from "./create-block-memory.ts";
import { Blocked, markEstimates, publishWrites, VersionedState } from "./versioned-state.ts";

const contract: Address = addressFromBytes(new Uint8Array(20).fill(7));
const word = (value: number): Uint8Array => new Uint8Array(32).fill(value);

function stateOver(bytes: number) {
  const memory = new BlockMemory(createBlockMemory({ transactions: 3, bytes }));
  const state = new VersionedState(
    memory,
    createFlatReader(() => undefined),
  );
  const read = (number: number): Uint8Array | undefined => state.reader.getSlot(contract, 0, word(number));
  return { memory, state, read };
}

it("is told of an estimate that somebody met and passed over, until it begins again", () => {
  const { memory, state, read } = stateOver(1 << 20);
  publishWrites(memory, 0, { entries: [{ key: slotFlatKey(contract, 0, word(1)), value: Uint8Array.of(5) }], credits: [] });
  markEstimates(memory, 0);
  state.begin(1);
  expect(() => read(1)).toThrow(Blocked);
  expect(read(2)).toBeUndefined();
  expect(() => state.assertUninterrupted()).toThrow(Blocked);
  state.begin(1);
  expect(read(2)).toBeUndefined();
  expect(() => state.assertUninterrupted()).not.toThrow();
});

it("is told of a memory that was spent", () => {
  const { state, read } = stateOver(1 << 12);
  state.begin(1);
  expect(() => read(1)).toThrow(MemorySpent);
  expect(() => state.assertUninterrupted()).toThrow(MemorySpent);
  state.begin(2);
  expect(() => state.assertUninterrupted()).toThrow(MemorySpent);
});
