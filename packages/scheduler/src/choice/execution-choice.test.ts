// What decides between threads and none, from runs whose times are given.
import { addressFromBytes, type Transaction } from "@trireme/core";
import { expect, it } from "vitest";
import { createEventBuffer } from "../events/event-buffer.ts";
import { createEventRecorder } from "../events/event-recorder.ts";
import type { RunRecord } from "../events/run-record.ts";
import { createConflictHints } from "./conflict-hints.ts";
import { createExecutionChoice, type Choice, type ExecutionChoice } from "./execution-choice.ts";

const addressOf = (index: number) => addressFromBytes(new Uint8Array(20).fill(index));
const contract = addressOf(250);

function transaction(sender: number, more: Partial<Transaction> = {}): Transaction {
  const raw = new Uint8Array(120);
  return {
    format: "ethereum",
    raw,
    hash: new Uint8Array(32) as Transaction["hash"],
    sender: addressOf(sender),
    nonce: 0n,
    gasLimit: 100_000n,
    maxFeePerGas: 1n,
    maxPriorityFeePerGas: 0n,
    blobGas: 0n,
    declared: undefined,
    hints: { accounts: [contract], slots: [] },
    ...more,
  };
}

const block = (count: number): Transaction[] => Array.from({ length: count }, (_, index) => transaction(index % 200));

/** A run in which each transaction took so long on one of the workers, and all of it so long. */
function run(
  transactions: number,
  workers: number,
  microseconds: number,
  wallTime: number,
  aborts: readonly (readonly [number, number])[] = [],
): RunRecord {
  let time = 10;
  const events = Array.from({ length: workers }, (_, worker) => {
    const buffer = createEventBuffer({ worker, records: transactions * 2 });
    const recorder = createEventRecorder(buffer, () => time);
    time = 10;
    for (let index = worker; index < transactions; index += workers) {
      recorder.started(index, 1);
      time += microseconds;
      recorder.ended(index, { kind: "executed" });
    }
    if (worker === 0) for (const [index, by] of aborts) recorder.aborted(index, 0, by);
    return buffer;
  });
  return { transactions, workers, events, keys: new Map(), restFrom: undefined, handedOut: 0, handedBack: time + 10, wallTime };
}

/** Lets blocks run as they were chosen, each transaction at its way's cost; gives the choices. */
function play(
  choice: ExecutionChoice,
  blocks: number,
  count: number,
  cost: { readonly serial: number; readonly parallel: number },
): Choice[] {
  return Array.from({ length: blocks }, () => {
    const made = choice.choose(block(count));
    const time = cost[made.mode];
    made.learn(made.mode, run(count, made.mode === "serial" ? 1 : 2, made.mode === "serial" ? time : time * 2, time * count + 20));
    return made;
  });
}

const make = (workers = 2, always = false): ExecutionChoice => createExecutionChoice({ workers, hints: createConflictHints(), always });
const share = (choices: readonly Choice[], mode: Choice["mode"]): number =>
  choices.filter((each) => each.mode === mode).length / choices.length;

it("takes the threads where they are quicker, and the other way now and then", () => {
  const choices = play(make(), 400, 100, { serial: 100, parallel: 60 });
  expect(choices[0]?.mode).toBe("parallel");
  expect(share(choices, "parallel")).toBeGreaterThan(0.97);
  expect(share(choices, "serial")).toBeGreaterThan(0);
});

it("finds out that threads are slower, and is at most a twentieth slower than serial in the end", () => {
  const cost = { serial: 6, parallel: 12 };
  const choices = play(make(), 1000, 300, cost);
  const late = choices.slice(20);
  expect(late.at(-1)).toMatchObject({ mode: "serial", cause: "slower" });
  const spent = late.reduce((sum, { mode }) => sum + cost[mode], 0);
  expect(spent / (late.length * cost.serial)).toBeLessThan(1.05);
  expect(share(late, "parallel")).toBeGreaterThan(0);
});

it.each(["serial", "parallel"] as const)("does not hold a cold start against the %s way", (cold) => {
  const choice = make();
  const other = cold === "serial" ? "parallel" : "serial";
  // Its first blocks find no code hot.
  const times = [560, 300, 100];
  choice.choose(block(100)).learn(cold, run(100, cold === "serial" ? 1 : 2, 560, 56_020));
  const choices = Array.from({ length: 200 }, () => {
    const cost = { [cold]: times[0] ?? 50, [other]: 70 } as Record<"serial" | "parallel", number>;
    const [made] = play(choice, 1, 100, cost) as [Choice];
    if (made.mode === cold) times.shift();
    return made;
  });
  expect(share(choices.slice(100), cold)).toBeGreaterThan(0.9);
});

it("changes its mind when what it measures changes", () => {
  const choice = make();
  play(choice, 50, 100, { serial: 100, parallel: 130 });
  const choices = play(choice, 200, 100, { serial: 100, parallel: 60 });
  expect(share(choices.slice(-50), "parallel")).toBeGreaterThan(0.9);
});

it("wakes no thread for a transaction or two, nor for a chain, nor where there is one thread only", () => {
  expect(make().choose(block(1))).toMatchObject({ mode: "serial", cause: "small" });
  expect(make().choose([])).toMatchObject({ mode: "serial" });
  const chain = Array.from({ length: 300 }, () => transaction(1));
  expect(make().choose(chain)).toMatchObject({ mode: "serial", cause: "contention" });
  expect(make(1).choose(block(300))).toMatchObject({ mode: "serial", reason: "one worker" });
  expect(make(2, true).choose(chain)).toMatchObject({ mode: "parallel" });
});

it("knows classes apart in a block of both", () => {
  const choice = make();
  play(choice, 10, 100, { serial: 6, parallel: 15 });
  const heavy = block(100).map((each) => ({ ...each, gasLimit: 10_000_000n }));
  expect(choice.choose(heavy).mode).toBe("parallel");
});

it("hints at senders, declared accounts, slots of access lists, and contracts whose calls were seen to conflict", () => {
  const hints = createConflictHints();
  const writes = (index: number, isWritable: boolean): Partial<Transaction> => ({ declared: [{ address: addressOf(index), isWritable }] });
  const slot = { hints: { accounts: [addressOf(9)], slots: [{ address: addressOf(9), key: new Uint8Array(32).fill(7) }] } };
  const elsewhere = { hints: { accounts: [addressOf(8)], slots: [] } };
  expect([
    ...hints.after([
      transaction(1),
      transaction(2),
      transaction(1),
      transaction(3, writes(60, true)),
      transaction(4, writes(60, false)),
      // Two that only read it do not wait for each other.
      transaction(5, writes(60, false)),
      transaction(6, slot),
      transaction(7, slot),
    ]),
  ]).toEqual([-1, -1, 0, -1, 3, 3, -1, 6]);

  const calls = [...block(20), transaction(240, elsewhere), transaction(241, elsewhere)];
  expect(hints.after(calls).every((after) => after === -1)).toBe(true);
  hints.learn(
    calls,
    run(22, 2, 1, 30, [
      [3, 1],
      [5, 3],
      [9, 8],
      [10, 9],
      [12, 10],
      [13, 12],
      [21, 20],
    ]),
  );
  expect([...hints.after(calls)]).toEqual([...Array.from({ length: 20 }, (_, index) => index - 1), -1, -1]);
  // Not for ever.
  for (let blocks = 0; blocks < 300; blocks++) hints.after([]);
  expect(hints.after(calls).every((after) => after === -1)).toBe(true);
});
