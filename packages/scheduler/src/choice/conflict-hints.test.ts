// What hints learn from runs: contracts whose calls conflict are called one after the other, others are not.
import { addressFromBytes, emptyBytes, type Address, type Hash, type Transaction } from "@trireme/core";
import { expect, it } from "vitest";
import { createEventBuffer } from "../events/event-buffer.ts";
import { createEventRecorder } from "../events/event-recorder.ts";
import type { RunRecord } from "../events/run-record.ts";
import { createConflictHints } from "./conflict-hints.ts";

const address = (byte: number): Address => addressFromBytes(new Uint8Array(20).fill(byte));

/** Calls of these contracts, each by a sender of its own. */
function callsOf(contracts: readonly number[]): readonly Transaction[] {
  return contracts.map((contract, index) => {
    const sender = new Uint8Array(20).fill(200);
    sender.set([index & 0xff, index >> 8]);
    return {
      format: "ethereum",
      hash: new Uint8Array(32) as Hash,
      raw: emptyBytes,
      sender: sender as Address,
      gasLimit: 100_000n,
      maxFeePerGas: 1n,
      blobGas: 0n,
      hints: { accounts: [address(contract)], slots: [] },
    } as unknown as Transaction;
  });
}

/** The record of a run in which these transactions had to run again because of the one named beside them. */
function recordOf(transactions: number, aborts: readonly (readonly [number, number])[], restFrom?: number): RunRecord {
  const events = createEventBuffer({ worker: 0, records: aborts.length });
  const recorder = createEventRecorder(events, () => 0);
  for (const [index, by] of aborts) recorder.aborted(index, 1, by);
  const times = { handedOut: 0, handedBack: 1, wallTime: 1 };
  return { transactions, workers: 2, events: [events], keys: new Map(), restFrom, ...times };
}

const chained = (after: Int32Array): number => after.filter((each) => each !== -1).length;

it("takes a contract for hot by the calls that could meet: one of four whose calls conflict whenever they run side by side", () => {
  const transactions = callsOf(Array.from({ length: 400 }, (_, index) => index % 4));
  const hints = createConflictHints();
  expect(chained(hints.after(transactions))).toBe(0);
  // Of the hundred calls of each, a quarter had another one beside them: nearly all of those ran again.
  const aborts = Array.from({ length: 22 }, (_, index) => [4 * index + 4, 4 * index] as const);
  hints.learn(transactions, recordOf(400, aborts));
  expect(chained(hints.after(transactions))).toBe(99);
});

it("leaves a contract alone whose calls conflict now and then", () => {
  const transactions = callsOf(Array.from({ length: 400 }, () => 1));
  const hints = createConflictHints();
  const aborts = Array.from({ length: 40 }, (_, index) => [10 * index + 1, 10 * index] as const);
  hints.learn(transactions, recordOf(400, aborts));
  expect(chained(hints.after(transactions))).toBe(0);
});

it("learns from a block without hope by what was run before it was left", () => {
  const transactions = callsOf(Array.from({ length: 1_000 }, () => 1));
  const hints = createConflictHints();
  const aborts = Array.from({ length: 11 }, (_, index) => [index + 1, index] as const);
  hints.learn(transactions, recordOf(1_000, aborts, 12));
  expect(chained(hints.after(transactions))).toBe(999);
});
