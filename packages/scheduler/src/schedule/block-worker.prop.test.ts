// The law, under seeded interleavings: whatever the workers' turns, a block is what running it serially gives.
import { addressFromBytes, bigintToBytes, bytesToHex, type Address } from "@trireme/core";
import {
  createFlatReader,
  createJournal,
  encodeAccountRecord,
  accountFlatKey,
  type Journal,
  type StateDiff,
  type StateReader,
} from "@trireme/state";
import { emptyCodeHash } from "@trireme/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { createBlockHarvest } from "../memory/block-diff.ts";
import type { BlockMemory } from "../memory/block-memory.ts";
import type { VersionedState } from "../memory/versioned-state.ts";
import type { BlockBody, BodyOutcome, BodyRoom } from "./block-body.ts";
import type { PlantedFaults } from "./block-worker.ts";
import { createTurns, simulateBlock } from "./simulate.mts";

const accounts = 6;
const address = (index: number): Address => addressFromBytes(new Uint8Array(20).fill(index + 1));
const coinbase = address(40);
const word = (number: number): Uint8Array => bigintToBytes(BigInt(number), 32);
const gwei = 10n ** 9n;
/** A slot that is counted has a mirror so far away. */
const mirror = 16;

/** What a transaction does, after it has checked its nonce and paid. */
type Act =
  | { readonly kind: "pay"; readonly to: number; readonly gwei: number }
  | { readonly kind: "count"; readonly at: number; readonly slot: number }
  | { readonly kind: "copy"; readonly from: number; readonly at: number; readonly slot: number }
  | { readonly kind: "readCoinbase"; readonly at: number }
  | { readonly kind: "clear"; readonly at: number }
  | { readonly kind: "deploy"; readonly at: number; readonly code: number }
  | { readonly kind: "destroy"; readonly at: number }
  | { readonly kind: "compare"; readonly at: number; readonly slot: number };

interface Transaction {
  readonly sender: number;
  /** Whether it asks for its turn among those of its sender, as an Ethereum nonce does. */
  readonly nonce: number | undefined;
  readonly gas: number;
  /** Whether its tip is nothing, so that who gets it is touched only; and an account that it touches, too. */
  readonly hasNoTip: boolean;
  readonly touches: number | undefined;
  /** Whether it takes more stack than a shallow worker has, when it comes to its last act. */
  readonly isDeep: boolean;
  readonly acts: readonly Act[];
}

/** What stands for an overflow of a shallow worker's stack. */
class TooDeep extends Error {}

const act: fc.Arbitrary<Act> = fc.oneof(
  fc.record({ kind: fc.constant("pay" as const), to: fc.nat(accounts + 1), gwei: fc.integer({ min: 0, max: 40 }) }),
  fc.record({ kind: fc.constant("count" as const), at: fc.nat(accounts - 1), slot: fc.nat(3) }),
  fc.record({ kind: fc.constant("copy" as const), from: fc.nat(accounts - 1), at: fc.nat(accounts - 1), slot: fc.nat(3) }),
  fc.record({ kind: fc.constant("readCoinbase" as const), at: fc.nat(accounts - 1) }),
  fc.record({ kind: fc.constant("clear" as const), at: fc.nat(accounts - 1) }),
  fc.record({ kind: fc.constant("deploy" as const), at: fc.nat(accounts - 1), code: fc.nat(2) }),
  fc.record({ kind: fc.constant("destroy" as const), at: fc.nat(accounts - 1) }),
  fc.record({ kind: fc.constant("compare" as const), at: fc.nat(accounts - 1), slot: fc.nat(3) }),
);
const weighted = fc.oneof({ weight: 6, arbitrary: act }, { weight: 1, arbitrary: fc.constant<Act>({ kind: "readCoinbase", at: 0 }) });
const block = fc.array(
  fc.record({
    sender: fc.nat(accounts - 1),
    nonce: fc.option(fc.nat(4), { nil: undefined }),
    gas: fc.integer({ min: 1, max: 30 }),
    hasNoTip: fc.boolean(),
    touches: fc.option(fc.nat(accounts + 1), { nil: undefined }),
    isDeep: fc.nat(2).map((drawn) => drawn === 0),
    acts: fc.array(weighted, { maxLength: 4 }),
  }),
  { minLength: 1, maxLength: 24 },
);

/** Runs a transaction in a journal; what it tells is its outcome. */
function run(
  { sender, nonce, gas, hasNoTip, touches, isDeep, acts }: Transaction,
  journal: Journal,
  room: BodyRoom,
  isShallow = false,
): { readonly outcome: string; readonly gasUsed: bigint } {
  if (BigInt(gas) > room.gasLeft) return { outcome: `no room for ${gas}`, gasUsed: 0n };
  const payer = address(sender);
  journal.beginTransaction();
  if (nonce !== undefined && journal.getNonce(payer) !== BigInt(nonce)) {
    journal.rollbackTransaction();
    return { outcome: "wrong nonce", gasUsed: 0n };
  }
  if (nonce !== undefined) journal.setNonce(payer, BigInt(nonce) + 1n);
  if (touches !== undefined) journal.credit(address(touches), 0n);
  if (!journal.transfer(payer, coinbase, hasNoTip ? 0n : 2n * gwei)) {
    journal.rollbackTransaction();
    return { outcome: "no fee", gasUsed: 0n };
  }
  const seen: string[] = [];
  for (const [place, each] of acts.entries()) {
    if (isShallow && isDeep && place === acts.length - 1) throw new TooDeep();
    seen.push(play(each, payer, journal));
  }
  journal.endTransaction();
  return { outcome: seen.join(" "), gasUsed: BigInt(gas) };
}

function play(each: Act, payer: Address, journal: Journal): string {
  switch (each.kind) {
    case "pay":
      return `paid ${journal.transfer(payer, address(each.to), BigInt(each.gwei) * gwei)}`;
    case "count": {
      const next = (journal.getStorage(address(each.at), word(each.slot))[31] as number) + 1;
      journal.setNonce(address(each.at), journal.getNonce(address(each.at)) || 1n);
      journal.setStorage(address(each.at), word(each.slot), word(next % 5));
      journal.setStorage(address(each.at), word(each.slot + mirror), word(next % 5));
      return `${next}`;
    }
    case "copy": {
      journal.setNonce(address(each.at), journal.getNonce(address(each.at)) || 1n);
      journal.setStorage(address(each.at), word(each.slot + 2 * mirror), bigintToBytes(journal.getBalance(address(each.from)), 32));
      return "copied";
    }
    case "readCoinbase":
      return `coinbase ${journal.getBalance(coinbase)}`;
    case "deploy": {
      const before = journal.getCode(address(each.at)).length;
      journal.setNonce(address(each.at), journal.getNonce(address(each.at)) || 1n);
      // What it deploys hangs on what it read: another run may deploy what others do.
      const length = (each.code + (journal.getStorage(address(0), word(0))[31] as number)) % 3;
      journal.setCode(address(each.at), new Uint8Array(length).fill(0xfe));
      return `${before} bytes of code before`;
    }
    case "clear":
      journal.clearStorage(address(each.at));
      return "cleared";
    case "destroy":
      journal.destroy(address(each.at));
      return "destroyed";
    case "compare":
    default: {
      // No serial run sees two of them apart: a run ahead of its turn may, and what it throws must not count.
      const [first, second] = [each.slot, each.slot + mirror].map((slot) => journal.getStorage(address(each.at), word(slot))[31]);
      if (first !== second) throw new Error(`expected a slot and its mirror alike, got ${first} and ${second}`);
      return `${first}`;
    }
  }
}

const flat = new Map<string, Uint8Array>(
  Array.from({ length: accounts }, (_, index) => [
    Buffer.from(accountFlatKey(address(index))).toString("hex"),
    encodeAccountRecord({ nonce: 0n, balance: 60n * gwei, codeHash: emptyCodeHash, storageGeneration: 0, hasSlots: false, svm: undefined }),
  ]),
);
const get = (key: Uint8Array): Uint8Array | undefined => flat.get(Buffer.from(key).toString("hex"));
const base: StateReader = createFlatReader(get);
const room: BodyRoom = { gasLeft: 160n, blobGasLeft: 0n };
const utf8 = new TextEncoder();

function bodyOf(transactions: readonly Transaction[], state: VersionedState, memory: BlockMemory, isShallow: boolean): BlockBody {
  let journal = createJournal(state.reader);
  const outcomeOf = (index: number, on: Journal, left: BodyRoom): BodyOutcome => {
    const { outcome, gasUsed } = run(transactions[index] as Transaction, on, left, isShallow);
    return { outcome: utf8.encode(outcome), gasUsed, blobGasUsed: 0n };
  };
  return {
    room,
    dependsOnRoom: (index, left) => BigInt((transactions[index] as Transaction).gas) > left.gasLeft,
    execute(index, left = room) {
      try {
        return { ...outcomeOf(index, journal, left), writes: journal.takeWrites() };
      } catch (error) {
        journal = createJournal(state.reader);
        throw error;
      }
    },
    executeRest(first, started, keep) {
      const rest = createJournal(state.reader);
      for (let index = first; index < transactions.length; index++) {
        started(index);
        keep(index, outcomeOf(index, rest, memory.roomBelow(room)));
      }
      return rest.takeWrites();
    },
  };
}

function serially(transactions: readonly Transaction[]) {
  const journal = createJournal(base);
  let { gasLeft } = room;
  const outcomes = transactions.map((transaction) => {
    const { outcome, gasUsed } = run(transaction, journal, { gasLeft, blobGasLeft: 0n });
    gasLeft -= gasUsed;
    return outcome;
  });
  return { outcomes, ...journal.takeDiff() };
}

function shown({ entries }: StateDiff): readonly string[] {
  return entries.map(({ key, value }) => `${bytesToHex(key)} ${value === undefined ? "removed" : bytesToHex(value)}`);
}

/** By sender: what a scheduler knows of every transaction. */
function hintsOf(transactions: readonly Transaction[]): readonly number[] {
  return transactions.map(({ sender }, index) => transactions.findLastIndex((other, place) => place < index && other.sender === sender));
}

/** Guesses that mean nothing: they cost time alone. */
function wrongHints(transactions: readonly Transaction[], seed: number): readonly number[] {
  const turn = createTurns(seed);
  return transactions.map((_, index) => turn(index + 1) - 1);
}

type Hints = "none" | "right" | "wrong";

function check(transactions: readonly Transaction[], workers: number, seed: number, kind: Hints, faults: PlantedFaults = {}) {
  const hints = kind === "none" ? [] : kind === "right" ? hintsOf(transactions) : wrongHints(transactions, seed);
  const { memory, outcomes, aborts, hasSerialRest, handedOn } = simulateBlock({
    transactions: transactions.length,
    workers,
    seed,
    base,
    hints,
    faults,
    patience: 2 + (Math.abs(seed) % 8),
    body: (state, memory, isShallow) => bodyOf(transactions, state, memory, isShallow),
    handsOn: seed % 3 === 0 ? undefined : (error) => error instanceof TooDeep,
  });
  const serial = serially(transactions);
  const text = new TextDecoder();
  expect(outcomes.map((bytes) => text.decode(bytes))).toEqual(serial.outcomes);
  const { diff, undo } = createBlockHarvest(memory, get).diff();
  expect([shown(diff), shown(undo)]).toEqual([shown(serial.diff), shown(serial.undo)]);
  return { aborts, hasSerialRest, handedOn };
}

it("is what running it serially gives, whatever the turns of 1 to 4 workers", () => {
  let aborts = 0;
  let blocks = 0;
  let serialRests = 0;
  let handedOn = 0;
  fc.assert(
    fc.property(
      block,
      fc.integer({ min: 1, max: 4 }),
      fc.integer(),
      fc.constantFrom<Hints>("none", "right", "wrong"),
      (transactions, workers, seed, hints) => {
        const ran = check(transactions, workers, seed, hints);
        aborts += ran.aborts;
        handedOn += ran.handedOn;
        if (ran.hasSerialRest) serialRests++;
        blocks++;
      },
    ),
    { numRuns: 1_000 },
  );
  console.log(
    `${blocks} blocks, ${aborts} transactions that ran again, ${handedOn} handed on, ${serialRests} blocks whose rest was run serially`,
  );
  expect(handedOn).toBeGreaterThan(blocks / 20);
  expect(serialRests).toBeGreaterThan(10);
  expect(aborts).toBeGreaterThan(blocks / 10);
});

it.each([["skipsValidation"], ["endsEarly"], ["publishesLate"], ["losesEstimates"]] as const)(
  "breaks the law within 1,000 blocks when %s",
  (fault) => {
    const failing = fc.check(
      fc.property(block, fc.integer({ min: 2, max: 4 }), fc.integer(), (transactions, workers, seed) => {
        check(transactions, workers, seed, "none", { [fault]: true });
      }),
      { numRuns: 1_000 },
    );
    expect(failing.failed).toBe(true);
  },
);

it("holds where no estimate is marked: whoever read what did not stay runs again when it is committed", () => {
  fc.assert(
    fc.property(block, fc.integer({ min: 2, max: 4 }), fc.integer(), (transactions, workers, seed) => {
      check(transactions, workers, seed, "none", { marksNoEstimates: true });
    }),
    { numRuns: 300 },
  );
});
