// Rule 24 in the memory of a block: what hangs on a hash that is still to come is waited for, and never guessed.
import { zeroHash, type Address, type Hash } from "@trireme/core";
import { createFlatReader, slotFlatKey } from "@trireme/state";
import { describe, expect, it } from "vitest";
import { BlockMemory } from "../memory/block-memory.ts";
import { MemorySpent } from "../memory/block-progress.ts";
import { createBlockMemory } from "../memory/create-block-memory.ts";
import { header, parentState } from "../memory/layout.ts";
import { Blocked, staleRead, VersionedState } from "../memory/versioned-state.ts";
import { writeGround } from "./block-inputs.ts";
import { closeParent, writeOpenParent } from "./open-parent.ts";

const contract = new Uint8Array(20).fill(7) as Address;
const word = (value: number): Uint8Array => new Uint8Array(32).fill(value);
const slot = (number: number): Uint8Array => slotFlatKey(contract, 0, word(number));
const hash = word(9) as Hash;
const known = { entries: [{ key: slot(1), value: Uint8Array.of(1) }] };

function open() {
  const memory = new BlockMemory(createBlockMemory({ transactions: 4, bytes: 1 << 20 }));
  const state = new VersionedState(
    memory,
    createFlatReader(() => undefined),
  );
  writeGround(memory, known);
  writeOpenParent(memory, { keys: [slot(2), slot(3)], close: () => ({ hash, ground: known }) });
  const read = (number: number) => state.reader.getSlot(contract, 0, word(number));
  return { memory, state, read };
}

describe("a parent whose hash is to come", () => {
  it("lets transactions read everything else, and sends away whose turn has not come", () => {
    const { memory, state, read } = open();
    state.begin(2);
    expect([read(1), read(4)]).toEqual([word(0).with(31, 1), undefined]);
    expect(() => read(2)).toThrow(Blocked);
    expect(() => state.needParent()).toThrow(Blocked);
    expect(memory.parent).toBe(parentState.open);
  });

  it("keeps whose turn has come waiting, until the block is given up at the latest", () => {
    const { memory, state, read } = open();
    state.begin(0);
    memory.breakUp();
    expect(() => read(2)).toThrow(MemorySpent);
  });

  it("shows when it is known what hangs on it: values, keys that it made, and none where there is none", () => {
    const { memory, state, read } = open();
    const made = { entries: [...known.entries, { key: slot(2), value: Uint8Array.of(5) }, { key: slot(8), value: Uint8Array.of(6) }] };
    state.begin(1);
    read(1);
    state.keepReads();
    expect(closeParent(memory, known, [slot(2), slot(3)], { hash, ground: made })).toBe(true);
    expect(staleRead(memory, 1)).toBe(0);
    state.begin(2);
    expect([1, 2, 3, 8].map(read)).toEqual([word(0).with(31, 1), word(0).with(31, 5), undefined, word(0).with(31, 6)]);
    expect(memory.parentHash).toEqual(hash);
    expect(() => state.needParent()).not.toThrow();
  });

  it("gives the block up when somebody read a key that the hash made, or what it was not to change", () => {
    const guessed = open();
    guessed.state.begin(0);
    expect(guessed.read(8)).toBeUndefined();
    const made = { entries: [...known.entries, { key: slot(8), value: Uint8Array.of(6) }] };
    expect(closeParent(guessed.memory, known, [], { hash, ground: made })).toBe(false);
    const changed = { entries: [{ key: slot(1), value: Uint8Array.of(2) }] };
    expect(closeParent(open().memory, known, [], { hash, ground: changed })).toBe(false);
    expect(closeParent(open().memory, known, [], { hash, ground: { entries: [] } })).toBe(false);
  });

  it("never shows a key that the hash made without its value", () => {
    const { memory, state, read } = open();
    state.begin(0);
    const seen: unknown[] = [];
    const find = memory.findVersion.bind(memory);
    memory.findVersion = (key, index) => {
      seen.push(read(8));
      return find(key, index);
    };
    const made = { entries: [...known.entries, { key: slot(8), value: Uint8Array.of(6) }] };
    expect(closeParent(memory, known, [], { hash, ground: made })).toBe(true);
    expect(seen).not.toContain(undefined);
    expect(read(8)).toEqual(word(0).with(31, 6));
    let written = 0;
    for (let found = memory.lastWritten; found !== 0; found = memory.writtenBefore(found)) written++;
    expect(written).toBe(4);
  });

  it("is nobody's business in a block that came with it", () => {
    const memory = new BlockMemory(createBlockMemory({ transactions: 1, bytes: 1 << 16 }));
    expect(memory.parent).toBe(parentState.given);
    expect(memory.words[header.parentHash]).toBe(0);
    expect(memory.parentHash).toEqual(zeroHash);
  });
});
