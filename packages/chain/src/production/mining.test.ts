import { describe, expect, it } from "vitest";
import { alice, bob, createTestChain, ether, hex, refusal, signed, submitted, testClock } from "../chain-fixture.mts";
import type { ChainEvent } from "../chain.ts";

describe("automatic mining", () => {
  it("makes a block for a transaction, and one for several that come together", async () => {
    const chain = await createTestChain();
    await submitted(chain, signed(alice, { to: bob.address }));
    expect(chain.head.header.number).toBe(1n);
    await Promise.all(
      [signed(alice, { to: bob.address, nonce: 1n }), signed(bob, { to: alice.address })].map((raw) => submitted(chain, raw)),
    );
    expect(chain.head.header.number).toBe(2n);
    expect(chain.head.transactions).toHaveLength(2);
    await chain.close();
  });

  it("leaves a transaction with a gap waiting, and takes it when the gap closes", async () => {
    const chain = await createTestChain();
    await submitted(chain, signed(alice, { to: bob.address, nonce: 1n }));
    expect(chain.head.header.number).toBe(0n);
    expect(chain.mempool.queued).toHaveLength(1);
    await submitted(chain, signed(alice, { to: bob.address }));
    expect(chain.head.transactions.map(({ nonce }) => nonce)).toEqual([0n, 1n]);
    await chain.close();
  });

  it("spreads over as many blocks as the gas needs", async () => {
    const chain = await createTestChain({ genesis: { gasLimit: 50_000 } });
    await Promise.all([0n, 1n, 2n, 3n, 4n].map((nonce) => submitted(chain, signed(alice, { to: bob.address, nonce }))));
    expect(chain.head.header.number).toBe(3n);
    expect(chain.mempool.pending).toEqual([]);
    await chain.close();
  });

  it("lets wait what the ones before it made unaffordable, until it can be paid", async () => {
    const chain = await createTestChain();
    const half = { to: bob.address, value: 600n * ether };
    const results = await Promise.all([0n, 1n].map((nonce) => chain.submit(signed(alice, { ...half, nonce }))));
    expect(results.map(({ kind }) => kind)).toEqual(["accepted", "accepted"]);
    expect(chain.head.transactions).toHaveLength(1);
    expect(chain.mempool.pending).toHaveLength(1);
    await submitted(chain, signed(bob, { to: alice.address, value: 300n * ether }));
    await submitted(chain, signed(bob, { to: alice.address, nonce: 1n }));
    expect(chain.mempool.pending).toEqual([]);
    expect((await chain.getAccount(alice.address))?.nonce).toBe(2n);
    await chain.close();
  });

  it("refuses at the door what can never run", async () => {
    const chain = await createTestChain({ genesis: { gasLimit: 100_000 }, fees: { minimumPriorityFeePerGas: 5n } });
    const poor = { privateKey: new Uint8Array(32).fill(77), address: alice.address };
    const transfer = { to: bob.address };
    expect(await refusal(chain, signed(poor, transfer))).toBe("insufficientFunds");
    expect(await refusal(chain, signed(alice, { ...transfer, chainId: 1n }))).toBe("wrongChainId");
    expect(await refusal(chain, signed(alice, { ...transfer, gasLimit: 20_999n }))).toBe("intrinsicGasTooLow");
    expect(await refusal(chain, signed(alice, { ...transfer, gasLimit: 100_001n }))).toBe("gasLimitTooHigh");
    expect(await refusal(chain, signed(alice, { ...transfer, maxPriorityFeePerGas: 4n }))).toBe("underpriced");
    expect(await refusal(chain, signed(alice, { ...transfer, maxFeePerGas: 10n ** 18n }))).toBe("insufficientFunds");
    expect(await refusal(chain, Uint8Array.of(2, 1, 2, 3))).toBe("invalidEncoding");
    expect(await refusal(chain, Uint8Array.of(0x60))).toBe("unknownDialect");
    expect(await refusal(chain, new Uint8Array(200_000))).toBe("transactionTooLarge");
    await submitted(chain, signed(alice, transfer));
    expect(await refusal(chain, signed(alice, transfer))).toBe("nonceTooLow");
    expect(chain.head.header.number).toBe(1n);
    await chain.close();
  });
});

describe("manual mining", () => {
  it("waits, mines on demand, and catches up when it becomes automatic", async () => {
    const chain = await createTestChain({ mining: { kind: "manual" } });
    const hash = await submitted(chain, signed(alice, { to: bob.address }));
    expect(await chain.getTransaction(hash)).toMatchObject({ block: undefined });
    expect(await chain.getReceipt(hash)).toBeUndefined();
    expect((await chain.getBlock("pending"))?.transactions).toHaveLength(1);
    const [block] = (await chain.dev?.mine()) ?? [];
    expect(hex(block?.hash)).toBe(hex(chain.head.hash));
    expect(block?.transactions).toHaveLength(1);
    expect((await chain.getTransaction(hash))?.block?.header.number).toBe(1n);

    await submitted(chain, signed(alice, { to: bob.address, nonce: 1n }));
    const mined = new Promise((resolve) => chain.subscribe(resolve));
    chain.dev?.setMining({ kind: "auto" });
    await mined;
    expect(chain.head.header.number).toBe(2n);
    await chain.close();
  });

  it("puts the dearest first, and holds back what cannot pay the base fee", async () => {
    const chain = await createTestChain({ mining: { kind: "manual" } });
    const cheap = await submitted(chain, signed(alice, { to: bob.address, maxPriorityFeePerGas: 1n }));
    const dear = await submitted(chain, signed(bob, { to: alice.address, maxPriorityFeePerGas: 2n }));
    await submitted(chain, signed(bob, { to: alice.address, nonce: 1n, maxFeePerGas: 10n, maxPriorityFeePerGas: 2n }));
    await chain.dev?.mine();
    expect(chain.head.transactions.map(({ hash }) => hex(hash))).toEqual([dear, cheap].map(hex));
    expect(chain.mempool.pending).toHaveLength(1);
    chain.dev?.setNextBlockBaseFee(5n);
    await chain.dev?.mine();
    expect(chain.head.transactions).toHaveLength(1);
    expect(chain.head.header.baseFeePerGas).toBe(5n);
    await chain.close();
  });
});

describe("mining by the clock", () => {
  it("makes empty blocks too, and stops when told", async () => {
    const chain = await createTestChain({ mining: { kind: "interval", milliseconds: 1 } });
    const events: ChainEvent[] = [];
    await new Promise<void>((resolve) => {
      chain.subscribe((event) => {
        events.push(event);
        if (events.length === 3) resolve();
      });
    });
    chain.dev?.setMining({ kind: "manual" });
    expect(events.slice(0, 3).map((event) => (event.kind === "block" ? event.block.header.number : event.kind))).toEqual([1n, 2n, 3n]);
    await chain.close();
  });
});

describe("the clock", () => {
  it("goes with the system's, allows equal seconds, and never goes back", async () => {
    const clock = testClock();
    const chain = await createTestChain({ mining: { kind: "manual" } }, { now: clock.now });
    const times = async (count: number, interval?: bigint): Promise<readonly bigint[]> =>
      ((await chain.dev?.mine(count, interval)) ?? []).map(({ header }) => header.timestamp - 2_000_000_000n);
    expect(await times(2)).toEqual([0n, 0n]);
    clock.advance(5);
    expect(await times(1)).toEqual([5n]);
    expect(chain.dev?.increaseTime(100n)).toBe(100n);
    expect(await times(3, 10n)).toEqual([105n, 115n, 125n]);
    expect(await times(1)).toEqual([125n]);
    chain.dev?.setNextBlockTimestamp(2_000_001_000n);
    expect(await times(2)).toEqual([1000n, 1000n]);
    expect(() => chain.dev?.setNextBlockTimestamp(2_000_000_999n)).toThrow("expected a timestamp of at least 2000001000");
    chain.dev?.setTime(2_000_000_000n);
    expect(await times(1)).toEqual([1000n]);
    chain.dev?.setBlockTimestampInterval(7n);
    expect(await times(2)).toEqual([1007n, 1014n]);
    await chain.close();
  });
});
