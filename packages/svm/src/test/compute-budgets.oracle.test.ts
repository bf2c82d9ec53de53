// A transaction that runs out of units ends where it ends on litesvm, whatever it was given: both engines.
import type { Instruction } from "@trireme/core";
import { expect, test } from "vitest";
import { programIds } from "../known-keys.ts";
import { associatedAddress, createAssociated, createMint } from "./associated-account-flow.mts";
import { createRandom } from "./random-program.ts";
import { accountLength, instructionOf, keyOf, payer, rentOf, sol } from "./token-flow.mts";
import { associatedTokenProgram, createAccount, readonly, signer, tokenProgram, uint64, writable } from "./token-instructions.mts";
import { createTwinWorlds, type TwinWorlds } from "./twin-worlds.mts";

const [mint, alice, bob] = [keyOf(80), keyOf(81), keyOf(82)];

function limited(units: number, instruction: Instruction): readonly Instruction[] {
  const data = new Uint8Array(5);
  data[0] = 2;
  new DataView(data.buffer).setUint32(1, units, true);
  return [instructionOf(programIds.computeBudget, [], data), instruction];
}

/** From the units that are spent when a program begins to those when it ends. */
interface Span {
  readonly start: number;
  readonly end: number;
}

const plenty = 1_000_000;
const budgetCost = 150;

/** Runs the instruction with each budget, in worlds where it succeeds with the last one only. How often it ended in which way. */
function sweep(instruction: Instruction, budgetsOf: (cost: number, spans: readonly Span[]) => readonly number[]) {
  const { units, logs } = createTokenWorlds().send(payer, ...limited(plenty, instruction));
  const spans = logs.flatMap((line) => {
    const [, consumed, left] = / consumed (\d+) of (\d+) compute units$/.exec(line) ?? [];
    return consumed === undefined ? [] : [{ start: plenty - Number(left), end: plenty - Number(left) + Number(consumed) }];
  });
  const cost = Number(units);
  const twins = createTokenWorlds();
  const ends: Record<string, number> = {};
  for (const budget of budgetsOf(cost, spans)) {
    const { theirs } = twins.send(payer, ...limited(budget, instruction));
    // The innermost program that failed tells first.
    const failure = theirs.logs.find((line) => line.includes(" failed: ")) ?? "";
    const reason = failure.replace(/^.* failed: /, "");
    ends[reason] = (ends[reason] ?? 0) + 1;
  }
  expect(twins.send(payer, ...limited(cost, instruction)).theirs.error).toBeUndefined();
  return { cost, ends };
}

function createTokenWorlds(): TwinWorlds {
  const twins = createTwinWorlds();
  for (const program of [tokenProgram, associatedTokenProgram]) twins.copyProgram(program);
  twins.setAccount({ key: payer, lamports: 1000n * sol });
  twins.send(payer, ...createMint(tokenProgram, mint));
  for (const key of [alice, bob]) {
    twins.send(
      payer,
      createAccount(payer, key, rentOf(accountLength), accountLength, tokenProgram),
      instructionOf(tokenProgram, [writable(key), readonly(mint)], 18, payer),
    );
  }
  twins.send(payer, instructionOf(tokenProgram, [writable(mint), writable(alice), signer(payer)], 7, uint64(9n)));
  return twins;
}

test("a transfer of p-token with every budget up to its cost", () => {
  const transfer = instructionOf(tokenProgram, [writable(alice), writable(bob), signer(payer)], 3, uint64(9n));
  const { cost, ends } = sweep(transfer, (units) => {
    // Below what Compute Budget itself takes all are alike.
    const few = [0, 1, 77, budgetCost - 1];
    return [...few, ...Array.from({ length: units - budgetCost }, (_, index) => budgetCost + index)];
  });
  expect(cost).toBe(budgetCost + 76);
  expect(ends).toEqual({ "Computational budget exceeded": 4, "exceeded CUs meter at BPF instruction": 76 });
});

test("an associated account with many budgets up to its cost, the last 30 and some in each of its calls among them", () => {
  const wallet = keyOf(83);
  const create = createAssociated(associatedAddress(wallet, tokenProgram, mint), wallet, tokenProgram, mint, 0);
  const random = createRandom(83);
  const { ends } = sweep(create, (units, spans) => {
    expect(spans.length).toBeGreaterThan(3);
    const inCalls = spans.flatMap(({ start, end }) => [
      start,
      start + 1,
      end - 1,
      ...Array.from({ length: 6 }, () => start + random.below(end - start)),
    ]);
    const anywhere = Array.from({ length: 60 }, () => random.below(units));
    return [...anywhere, ...inCalls.filter((budget) => budget < units), ...Array.from({ length: 30 }, (_, index) => units - 30 + index)];
  });
  expect(ends).toEqual({ "Computational budget exceeded": 34, "exceeded CUs meter at BPF instruction": 92 });
});
