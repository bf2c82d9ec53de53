// The programs of Solana's users, every instruction that they execute: slot and registers as on litesvm, callees too. Both
// engines give its results, and the compiler never leaves what it has compiled.
import type { Pubkey } from "@trireme/core";
import { afterAll, expect, test } from "vitest";
import { programIds } from "../known-keys.ts";
import { playAssociatedFlow } from "./associated-account-flow.mts";
import { createOracle } from "./litesvm-oracle.mts";
import { memos, playLookupTableFlow, playMemoFlow } from "./lookup-table-flow.mts";
import { playEveryInstruction, playExtensionFlow, playGroupFlow, token2022 } from "./token-2022-flow.mts";
import { nativeMintAccount, playTokenFlow } from "./token-flow.mts";
import { associatedTokenProgram, tokenProgram } from "./token-instructions.mts";
import { createTracedWorlds } from "./traced-worlds.mts";
import type { TwinWorlds } from "./twin-worlds.mts";

const traced = createTracedWorlds();
afterAll(() => traced.close());

function worldsWith(...programs: readonly Pubkey[]): TwinWorlds {
  const twins = traced.create();
  for (const program of programs) twins.copyProgram(program);
  return twins;
}

/** Ends a test: all of it was compared; this many transactions did what they were to do, and these did not. */
function expectCounts(name: string, succeeded: number, failed: number): void {
  const { runs, instructions, slots, ...counts } = traced.takeCounts();
  console.log(
    `${name}: ${instructions} instructions in ${runs} runs alike, at ${slots} places; ${succeeded} transactions succeeded, ${failed} failed`,
  );
  expect(counts).toEqual({ succeeded, failed, fallbacks: 0 });
  expect(runs).toBeGreaterThan(0);
}

test("p-token", () => {
  const twins = worldsWith(tokenProgram);
  twins.setAccount(nativeMintAccount(tokenProgram));
  playTokenFlow(twins, tokenProgram);
  expectCounts("p-token", 30, 27);
});

test("spl-token 3.5.0", () => {
  const twins = traced.create();
  const { data } = createOracle(true).getAccount(tokenProgram) ?? { data: new Uint8Array(0) };
  twins.install(tokenProgram, data, 2);
  twins.setAccount(nativeMintAccount(tokenProgram));
  playTokenFlow(twins, tokenProgram);
  expectCounts("spl-token 3.5.0", 30, 27);
});

test("Token-2022 as SPL Token", () => {
  playTokenFlow(worldsWith(token2022), token2022);
  expectCounts("Token-2022", 27, 30);
});

test("Token-2022's extensions, then each of its instructions with arbitrary data", () => {
  const twins = worldsWith(token2022, ...memos);
  playExtensionFlow(twins);
  playGroupFlow(twins);
  expectCounts("extensions of Token-2022", 55, 17);
  playEveryInstruction(twins);
  expectCounts("every instruction of Token-2022", 1, 105);
});

test("associated accounts", () => {
  const twins = worldsWith(tokenProgram, token2022, associatedTokenProgram);
  playAssociatedFlow(twins, tokenProgram, 60);
  playAssociatedFlow(twins, token2022, 70);
  expectCounts("associated accounts", 12, 12);
});

test("lookup tables", () => {
  playLookupTableFlow(worldsWith(programIds.addressLookupTable));
  expectCounts("lookup tables", 7, 11);
});

test("memos", () => {
  playMemoFlow(worldsWith(...memos));
  expectCounts("memos", 15, 15);
});
