// Every function of the programs of Solana's users, entered with arbitrary registers: both engines do the same, with units to
// spare and where they run out.
import type { Pubkey } from "@trireme/core";
import { LiteSVM } from "litesvm";
import type { LiteSvm } from "litesvm/dist/internal.js";
import { expect, test } from "vitest";
import { programIds } from "../known-keys.ts";
import type { Executable } from "../sbpf/executable.ts";
import { encodeInstructions, slotLength } from "../sbpf/instruction.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import { heapAddress, inputAddress, regionSize, stackAddress } from "../sbpf/memory-layout.ts";
import { createEnginePair } from "./compare-engines.ts";
import { createCountedCompiler } from "./counted-compiler.mts";
import { memos } from "./lookup-table-flow.mts";
import { oracleSyscallHashes } from "./program-oracle.mts";
import { createRandom, type Random } from "./random-program.ts";
import { structuredInputLength } from "./structured-program.ts";
import { token2022 } from "./token-2022-flow.mts";
import { associatedTokenProgram, tokenProgram } from "./token-instructions.mts";

const { inner } = new LiteSVM() as unknown as { inner: LiteSvm };
const registerCall = 0x8d;
const exit = 0x95;

function elfOf(id: Pubkey): Uint8Array {
  const data = inner.getAccount(id)?.data() ?? new Uint8Array(0);
  return data.length > 36 ? data : (inner.getAccount(data.subarray(4))?.data() ?? new Uint8Array(0)).subarray(45);
}

/** The program with an entry that calls through r0, and a list of all its functions in its read-only data. */
function withEntries(executable: Executable): { readonly executable: Executable; readonly entries: readonly number[] } {
  const { text, readOnly, functions, textAddress } = executable;
  const plain = { dst: 0, src: 0, offset: 0, immediate: 0 };
  const entry = encodeInstructions([
    { ...plain, opcode: registerCall },
    { ...plain, opcode: exit },
  ]);
  const entries = [...new Set(functions.values())].toSorted((left, right) => left - right);
  const list = new BigUint64Array(entries.map((pc) => BigInt(textAddress + pc * slotLength)));
  const start = (readOnly.length + 7) & ~7;
  const longer = new Uint8Array(start + list.byteLength);
  longer.set(readOnly);
  longer.set(new Uint8Array(list.buffer), start);
  const called = { ...executable, text: Uint8Array.from([...text, ...entry]), readOnly: longer, entryPc: text.length / slotLength };
  return { executable: called, entries };
}

/** Numbers and addresses that lead somewhere, in r1 to r9 and all over the input. */
function scatter(random: Random, textAddress: number, entry: number) {
  const value = (): number =>
    random.pick([random.below(16), random.below(400), near(inputAddress), near(inputAddress), near(heapAddress), near(stackAddress)]);
  const near = (address: number): number => address + 8 * random.below(64);
  const registers = [textAddress + entry * slotLength, ...Array.from({ length: 9 }, value)];
  const words = Array.from({ length: structuredInputLength >> 3 }, value);
  return (target: Uint32Array, memory: { readonly view: DataView; readonly inputOffset: number }): void => {
    registers.forEach((each, index) => {
      target[2 * index] = each % regionSize;
      target[2 * index + 1] = Math.floor(each / regionSize);
    });
    words.forEach((each, index) => memory.view.setBigUint64(memory.inputOffset + 8 * index, BigInt(each), true));
  };
}

test.each([
  ["p-token", tokenProgram, 4],
  ["Token-2022", token2022, 1],
  ["ATA", associatedTokenProgram, 1],
  ["lookup tables", programIds.addressLookupTable, 1],
  ["Memo", memos[0] as Pubkey, 6],
  ["Memo v1", memos[1] as Pubkey, 3],
] as const)("functions of %s", (name, id, rounds) => {
  const loaded = loadProgram(elfOf(id), { syscalls: oracleSyscallHashes });
  if (loaded.kind === "invalid") throw new Error(loaded.error.message);
  const { executable, entries } = withEntries(loaded.executable);
  // Without an interpreter behind it: what it could not translate would throw.
  const pair = createEnginePair(executable, createCountedCompiler().engine);
  const ends: Record<string, number> = {};
  let instructions = 0;
  for (const entry of entries) {
    for (let round = 0; round < rounds; round++) {
      const random = createRandom(entry * 16 + round);
      const setUp = scatter(random, executable.textAddress, entry);
      const { difference, kind, consumed } = pair.compare(3000, setUp);
      expect({ entry, round, difference }).toEqual({ entry, round, difference: undefined });
      const units = random.below(consumed);
      expect({ entry, round, units, difference: pair.compare(units, setUp).difference }).toEqual({
        entry,
        round,
        units,
        difference: undefined,
      });
      ends[kind] = (ends[kind] ?? 0) + 1;
      instructions += consumed;
    }
  }
  console.log(`${name}: ${entries.length} functions, ${instructions} instructions: ${JSON.stringify(ends)}`);
  expect(instructions).toBeGreaterThan(10 * entries.length);
});
