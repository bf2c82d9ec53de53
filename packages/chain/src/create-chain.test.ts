import { createAddress, emptyCodeHash, type Address } from "@trireme/core";
import { encodeBlock, encodeReceipt, logsBloom } from "@trireme/ethereum";
import { orderedTrieRoot } from "@trireme/state";
import { describe, expect, it } from "vitest";
import { alice, bob, counterCode, createTestChain, ether, gwei, hex, initCodeFor, signed, submitted, word } from "./chain-fixture.mts";

describe("a chain in memory", () => {
  it("moves value, charges the fee, burns the base fee and pays the tip", async () => {
    const coinbase = new Uint8Array(20).fill(9) as Address;
    const chain = await createTestChain({ fees: { coinbase } });
    const hash = await submitted(chain, signed(alice, { to: bob.address, value: ether }));
    const receipt = await chain.getReceipt(hash);
    const price = chain.head.header.baseFeePerGas + gwei;
    expect(receipt).toMatchObject({
      succeeded: true,
      gasUsed: 21_000n,
      effectiveGasPrice: price,
      from: alice.address,
      to: bob.address,
      type: 2,
      blockNumber: 1n,
    });
    expect((await chain.getAccount(bob.address))?.balance).toBe(1001n * ether);
    expect(await chain.getAccount(alice.address)).toMatchObject({ nonce: 1n, balance: 999n * ether - 21_000n * price });
    expect((await chain.getAccount(coinbase))?.balance).toBe(21_000n * gwei);
    expect(chain.head.header).toMatchObject({ number: 1n, gasUsed: 21_000n, coinbase, timestamp: 2_000_000_000n });
    await chain.close();
  });

  it("deploys, calls, logs, reverts; receipts, bloom and roots are Ethereum's", async () => {
    const chain = await createTestChain();
    const deployment = await chain.getReceipt(await submitted(chain, signed(alice, { data: initCodeFor(counterCode) })));
    const counter = createAddress(alice.address, 0n);
    expect(hex(deployment?.contractAddress)).toBe(hex(counter));
    expect((await chain.getAccount(counter))?.codeHash).not.toEqual(emptyCodeHash);

    const [first, second, failing] = await Promise.all([
      submitted(chain, signed(alice, { nonce: 1n, to: counter, gasLimit: 100_000n })),
      submitted(chain, signed(alice, { nonce: 2n, to: counter, gasLimit: 100_000n })),
      submitted(chain, signed(bob, { to: counter, data: Uint8Array.of(1, 2, 3), gasLimit: 100_000n })),
    ]);
    expect(chain.head.header.number).toBe(2n);
    const receipts = (await chain.getReceipts("latest")) ?? [];
    expect(receipts.map(({ transactionHash }) => hex(transactionHash))).toEqual([first, second, failing].map(hex));
    expect(receipts.map(({ succeeded }) => succeeded)).toEqual([true, true, false]);
    expect(receipts.map(({ firstLogIndex }) => firstLogIndex)).toEqual([0, 1, 2]);
    expect(receipts[1]?.logs).toEqual([{ address: counter, topics: [word(0x2an)], data: word(2n) }]);
    expect(chain.head.header.logsBloom).toEqual(logsBloom(receipts.flatMap(({ logs }) => logs)));
    expect(chain.head.header.gasUsed).toBe(receipts.at(-1)?.cumulativeGasUsed);
    expect(hex(chain.head.header.receiptsRoot)).toBe(hex(orderedTrieRoot(receipts.map(encodeReceipt))));
    const { header, transactions, size } = chain.head;
    expect(size).toBe(encodeBlock({ header, transactions: transactions.map(({ raw }) => raw), withdrawals: [] }).length);
    const state = await chain.stateAt("latest");
    expect(state?.getStorageAt(counter, word(0n))).toEqual(word(2n));
    expect(state?.getCodeAt(counter)).toEqual(counterCode);
    await chain.close();
  });
});
