import { addressFromBytes, addressToHex, keccak256, type Address, type Hash, type Transaction } from "@trireme/core";
import { describe, expect, it } from "vitest";
import { createMempool, type Mempool } from "./mempool.ts";

const gwei = 10n ** 9n;
const alice = addressFromBytes(new Uint8Array(20).fill(1));
const bob = addressFromBytes(new Uint8Array(20).fill(2));
const carol = addressFromBytes(new Uint8Array(20).fill(3));

function transaction(sender: Address, nonce: bigint | undefined, fee = 10n * gwei, tip = gwei): Transaction {
  const raw = new TextEncoder().encode([addressToHex(sender), nonce, fee, tip].join(" "));
  return {
    format: "ethereum",
    raw,
    hash: keccak256(raw) as Hash,
    sender,
    nonce,
    gasLimit: 21_000n,
    maxFeePerGas: fee,
    maxPriorityFeePerGas: tip,
    blobGas: 0n,
    declared: undefined,
  };
}

function setUp(options: { maxTransactions?: number; maxTransactionsPerSender?: number } = {}): {
  pool: Mempool;
  nonces: Map<string, bigint>;
} {
  const nonces = new Map<string, bigint>();
  const pool = createMempool({
    maxTransactions: options.maxTransactions ?? 100,
    maxTransactionsPerSender: options.maxTransactionsPerSender ?? 10,
    accountNonce: (address) => nonces.get(addressToHex(address)) ?? 0n,
  });
  return { pool, nonces };
}

function codeOf(result: ReturnType<Mempool["add"]>): string {
  return result.kind === "rejected" ? result.error.code : result.kind;
}

describe("nonces", () => {
  it("queues behind a gap and promotes when the gap closes", () => {
    const { pool } = setUp();
    const [first, second, third] = [transaction(alice, 0n), transaction(alice, 1n), transaction(alice, 2n)];
    for (const each of [third, first]) expect(codeOf(pool.add(each))).toBe("added");
    expect(pool.pending()).toEqual([first]);
    expect(pool.queued()).toEqual([third]);
    expect(pool.nextNonce(alice)).toBe(1n);
    pool.add(second);
    expect(pool.pending()).toEqual([third, first, second]);
    expect(pool.executable(0n)).toEqual([first, second, third]);
    expect(pool.queued()).toEqual([]);
    expect(pool.nextNonce(alice)).toBe(3n);
  });

  it("refuses what the account has passed, and drops it when the head does", () => {
    const { pool, nonces } = setUp();
    const [first, second] = [transaction(alice, 0n), transaction(alice, 1n)];
    pool.add(first);
    pool.add(second);
    nonces.set(addressToHex(alice), 1n);
    expect(pool.prune()).toEqual([first]);
    expect(pool.executable(0n)).toEqual([second]);
    expect(pool.add(first)).toEqual({
      kind: "rejected",
      error: { code: "nonceTooLow", message: "nonce too low: expected at least 1, got 0" },
    });
  });

  it("keeps transactions of a dialect without nonces pending", () => {
    const { pool } = setUp();
    const free = transaction(alice, undefined);
    pool.add(free);
    expect(pool.pending()).toEqual([free]);
    expect(pool.nextNonce(alice)).toBe(0n);
  });

  it("refuses the same transaction twice", () => {
    const { pool } = setUp();
    pool.add(transaction(alice, 0n));
    expect(codeOf(pool.add(transaction(alice, 0n)))).toBe("alreadyKnown");
  });
});

describe("replacement", () => {
  it.each([
    [11n * gwei, (gwei * 11n) / 10n, "added"],
    [11n * gwei - 1n, (gwei * 11n) / 10n, "replacementUnderpriced"],
    [11n * gwei, (gwei * 11n) / 10n - 1n, "replacementUnderpriced"],
    [20n * gwei, gwei, "replacementUnderpriced"],
  ])("asks for a tenth more on both fees: %d and %d is %s", (fee, tip, expected) => {
    const { pool } = setUp();
    const previous = transaction(alice, 0n);
    pool.add(previous);
    const next = transaction(alice, 0n, fee, tip);
    expect(codeOf(pool.add(next))).toBe(expected);
    expect(pool.pending()).toEqual([expected === "added" ? next : previous]);
  });

  it("names the transaction that was replaced, and needs no room for it", () => {
    const { pool } = setUp({ maxTransactions: 1 });
    const previous = transaction(alice, 0n);
    pool.add(previous);
    expect(pool.add(transaction(alice, 0n, 20n * gwei, 2n * gwei))).toEqual({ kind: "added", removed: [previous] });
    expect(pool.size).toBe(1);
    expect(pool.has(previous.hash)).toBe(false);
  });
});

describe("order", () => {
  it("takes the highest effective tip first, then who came first", () => {
    const { pool } = setUp();
    const [low, high, cappedByFee, equal] = [
      transaction(alice, 0n, 10n * gwei, 1n * gwei),
      transaction(bob, 0n, 10n * gwei, 3n * gwei),
      transaction(carol, 0n, 6n * gwei, 5n * gwei),
      transaction(addressFromBytes(new Uint8Array(20).fill(4)), 0n, 11n * gwei, 1n * gwei),
    ];
    for (const each of [low, high, cappedByFee, equal]) pool.add(each);
    // At a base fee of 4 gwei carol can tip 2 gwei only.
    expect(pool.executable(4n * gwei)).toEqual([high, cappedByFee, low, equal]);
  });

  it("holds back, without dropping, what cannot pay the base fee, and what follows it", () => {
    const { pool } = setUp();
    const [poor, rich] = [transaction(alice, 0n, gwei), transaction(alice, 1n, 100n * gwei)];
    pool.add(poor);
    pool.add(rich);
    expect(pool.executable(2n * gwei)).toEqual([]);
    expect(pool.executable(gwei)).toEqual([poor, rich]);
    expect(pool.size).toBe(2);
  });

  it("never puts a later nonce before an earlier one", () => {
    const { pool } = setUp();
    const list = [transaction(alice, 0n, 10n * gwei, 1n), transaction(alice, 1n, 10n * gwei, gwei), transaction(bob, 0n, 10n * gwei, 2n)];
    for (const each of list) pool.add(each);
    expect(pool.executable(0n)).toEqual([list[2], list[0], list[1]]);
  });

  it("offers no more than a block has room for: as many as would fill it if they were transfers, and the one beyond", () => {
    const { pool } = setUp();
    const list = [0n, 1n, 2n, 3n].map((nonce) => transaction(alice, nonce, gwei));
    for (const each of list) pool.add(each);
    expect(pool.executable(0n, { enoughGas: 41_999n })).toEqual(list.slice(0, 2));
    expect(pool.executable(0n, { enoughGas: 42_000n })).toEqual(list.slice(0, 3));
  });

  it("offers, on a ground that is ahead of the head, what that has not taken", () => {
    const { pool } = setUp();
    const list = [0n, 1n, 2n].map((nonce) => transaction(alice, nonce, gwei));
    for (const each of list) pool.add(each);
    const ground = { accountNonce: () => 2n, isTaken: () => false };
    expect(pool.executable(0n, { ground })).toEqual(list.slice(2));
    expect(pool.pending()).toEqual(list);
  });
});

describe("capacity", () => {
  it("limits one sender", () => {
    const { pool } = setUp({ maxTransactionsPerSender: 2 });
    pool.add(transaction(alice, 0n));
    pool.add(transaction(alice, 1n));
    expect(codeOf(pool.add(transaction(alice, 2n)))).toBe("senderLimit");
    expect(codeOf(pool.add(transaction(bob, 0n)))).toBe("added");
  });

  it("limits one sender of transactions without nonces, whose balance answers for none of them", () => {
    const { pool } = setUp({ maxTransactionsPerSender: 2 });
    const [first, second, third] = [1n, 2n, 3n].map((fee) => transaction(alice, undefined, fee * gwei)) as [
      Transaction,
      Transaction,
      Transaction,
    ];
    for (const each of [first, second]) expect(codeOf(pool.add(each))).toBe("added");
    expect(codeOf(pool.add(third))).toBe("senderLimit");
    expect(codeOf(pool.add(transaction(bob, undefined)))).toBe("added");
    pool.restore(pool.snapshot());
    expect(codeOf(pool.add(third))).toBe("senderLimit");
    pool.remove(first.hash);
    expect(codeOf(pool.add(third))).toBe("added");
  });

  it("evicts the cheapest last transaction of a sender for a dearer one, and refuses a cheaper one", () => {
    const { pool } = setUp({ maxTransactions: 3 });
    const cheapButFirst = transaction(alice, 0n, 1n * gwei, 1n);
    const dear = transaction(alice, 1n, 9n * gwei, 1n);
    const middle = transaction(bob, 0n, 5n * gwei, 1n);
    for (const each of [cheapButFirst, dear, middle]) pool.add(each);
    expect(codeOf(pool.add(transaction(carol, 0n, 5n * gwei, 1n)))).toBe("mempoolFull");
    expect(pool.add(transaction(carol, 0n, 6n * gwei, 1n))).toEqual({ kind: "added", removed: [middle] });
    expect(pool.size).toBe(3);
  });
});

it("restores a snapshot, arrival order included", () => {
  const { pool } = setUp();
  const [first, second] = [transaction(bob, 0n), transaction(alice, 0n)];
  pool.add(first);
  pool.add(second);
  const snapshot = pool.snapshot();
  pool.clear();
  pool.add(transaction(carol, 0n));
  pool.restore(snapshot);
  expect(pool.executable(0n)).toEqual([first, second]);
  const { version } = pool;
  expect(pool.remove(first.hash)).toBe(true);
  expect(pool.remove(first.hash)).toBe(false);
  expect(pool.version).toBe(version + 1);
  expect(pool.pending()).toEqual([second]);
});
