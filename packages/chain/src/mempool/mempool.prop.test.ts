import { addressFromBytes, addressToHex, equalBytes, keccak256, type Hash, type Transaction } from "@trireme/core";
import * as fc from "fast-check";
import { expect, it } from "vitest";
import { createMempool } from "./mempool.ts";
import { effectiveTip } from "./ordering.ts";

const senders = [1, 2, 3, 4].map((byte) => addressFromBytes(new Uint8Array(20).fill(byte)));

const transactionArbitrary = fc
  .record({ sender: fc.constantFrom(...senders), nonce: fc.bigInt(0n, 6n), fee: fc.bigInt(1n, 60n), tip: fc.bigInt(0n, 60n) })
  .map(({ sender, nonce, fee, tip }): Transaction => {
    const raw = new TextEncoder().encode([addressToHex(sender), nonce, fee, tip].join());
    const maxPriorityFeePerGas = tip < fee ? tip : fee;
    return {
      format: "ethereum",
      raw,
      hash: keccak256(raw) as Hash,
      sender,
      nonce,
      gasLimit: 21_000n,
      maxFeePerGas: fee,
      maxPriorityFeePerGas,
      blobGas: 0n,
      declared: undefined,
    };
  });

const stepArbitrary = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant("add" as const), transaction: transactionArbitrary }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant("mine" as const), count: fc.nat(4), baseFee: fc.bigInt(0n, 40n) }) },
);

it("keeps its laws whatever comes and goes", () => {
  fc.assert(
    fc.property(fc.array(stepArbitrary, { maxLength: 60 }), fc.bigInt(0n, 40n), (steps, baseFee) => {
      const nonces = new Map<string, bigint>();
      const accountNonce = (address: Uint8Array): bigint => nonces.get(addressToHex(address as never)) ?? 0n;
      const pool = createMempool({ maxTransactions: 12, maxTransactionsPerSender: 5, accountNonce });
      for (const step of steps) {
        if (step.kind === "add") {
          const before = pool.size;
          const result = pool.add(step.transaction);
          expect(pool.size).toBe(before + (result.kind === "added" ? 1 - result.removed.length : 0));
        } else {
          for (const { sender, nonce } of pool.executable(step.baseFee).slice(0, step.count))
            nonces.set(addressToHex(sender), (nonce as bigint) + 1n);
          for (const { sender, nonce } of pool.prune()) expect((nonce as bigint) < accountNonce(sender)).toBe(true);
        }
      }
      const [pending, queued] = [pool.pending(), pool.queued()];
      expect(pending.length + queued.length).toBe(pool.size);
      expect(pool.size).toBeLessThanOrEqual(12);
      const executable = pool.executable(baseFee);
      for (const sender of senders) {
        const own = (list: readonly Transaction[]) =>
          list.filter((transaction) => equalBytes(transaction.sender, sender)).map(({ nonce }) => nonce as bigint);
        const first = accountNonce(sender);
        const inOrder = own(executable);
        // From the account's nonce on, without a gap, in order, and a part of what is pending.
        expect(inOrder).toEqual(inOrder.map((_, index) => first + BigInt(index)));
        expect(own(pending)).toHaveLength(Number(pool.nextNonce(sender) - first));
        expect(own(pending).length).toBeGreaterThanOrEqual(inOrder.length);
        expect(own(queued)).not.toContain(pool.nextNonce(sender));
        expect(own([...pending, ...queued]).length).toBeLessThanOrEqual(5);
      }
      for (const [index, transaction] of executable.entries()) {
        expect(effectiveTip(transaction, baseFee)).toBeGreaterThanOrEqual(0n);
        const next = executable[index + 1];
        // A lower tip comes before a higher one only where the higher one had to wait for its sender's own.
        if (next !== undefined && effectiveTip(next, baseFee) > effectiveTip(transaction, baseFee))
          expect(equalBytes(next.sender, transaction.sender)).toBe(true);
      }
    }),
    { numRuns: 200 },
  );
});
