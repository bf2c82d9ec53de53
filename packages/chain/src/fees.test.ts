import { createAddress, outputOf, type Hash } from "@trireme/core";
import { blobBaseFee, blobScheduleOf, gasPerBlob, signAuthorization } from "@trireme/ethereum";
import { describe, expect, it } from "vitest";
import { alice, bob, carol, counterCode, createTestChain, gwei, initCodeFor, refusal, signed, submitted, word } from "./chain-fixture.mts";
import { transactionType } from "./block/assemble-block.ts";

describe("the base fee (EIP-1559)", () => {
  it("rises by an eighth after a full block, falls by an eighth after an empty one, and not below the minimum", async () => {
    const chain = await createTestChain({
      mining: { kind: "manual" },
      genesis: { gasLimit: 42_000 },
      fees: { minimumBaseFeePerGas: 900_000_000n },
    });
    const next = async (): Promise<bigint> => {
      const expected = chain.nextBaseFee();
      await chain.dev?.mine();
      expect(chain.head.header.baseFeePerGas).toBe(expected);
      return expected;
    };
    expect(await next()).toBe(900_000_000n);
    for (const nonce of [0n, 1n]) await submitted(chain, signed(alice, { to: bob.address, nonce }));
    expect(await next()).toBe(900_000_000n);
    expect(await next()).toBe(1_012_500_000n);
    expect(await next()).toBe(900_000_000n);
    await chain.close();
  });

  it("is burnt: what all accounts lost is what burnt", async () => {
    const chain = await createTestChain({ fees: { coinbase: carol.address } });
    const sum = async (): Promise<bigint> => {
      const balances = await Promise.all([alice, bob, carol].map(async ({ address }) => (await chain.getAccount(address))?.balance ?? 0n));
      return balances.reduce((left, right) => left + right, 0n);
    };
    const before = await sum();
    await submitted(chain, signed(alice, { to: bob.address, value: gwei }));
    expect(before - (await sum())).toBe(21_000n * chain.head.header.baseFeePerGas);
    await chain.close();
  });
});

describe("blobs (EIP-4844)", () => {
  const blob = (index: number): Hash => word((1n << 248n) + BigInt(index)) as Hash;

  it("are counted, priced and limited", async () => {
    const chain = await createTestChain({ mining: { kind: "manual" }, hardfork: "prague" });
    const carrying = (count: number, nonce: bigint, fee = 10n * gwei) =>
      signed(alice, {
        type: 3,
        nonce,
        to: bob.address,
        maxFeePerBlobGas: fee,
        blobVersionedHashes: Array.from({ length: count }, (_, index) => blob(index)),
      });
    for (const nonce of [0n, 1n]) await submitted(chain, carrying(6, nonce));
    await chain.dev?.mine();
    // Nine blobs fit a block of Prague: the second transaction waits.
    expect(chain.head.header).toMatchObject({ blobGasUsed: 6n * gasPerBlob, excessBlobGas: 0n });
    const [receipt] = (await chain.getReceipts("latest")) ?? [];
    expect(receipt).toMatchObject({ type: 3, blobGasUsed: 6n * gasPerBlob, blobGasPrice: 1n });
    await chain.dev?.mine();
    expect(chain.head.transactions).toHaveLength(1);
    await submitted(chain, carrying(9, 2n));
    await chain.dev?.mine();
    expect(chain.head.header).toMatchObject({ blobGasUsed: 9n * gasPerBlob, excessBlobGas: 0n });
    await chain.dev?.mine();
    expect(chain.head.header.excessBlobGas).toBe(3n * gasPerBlob);
    const schedule = blobScheduleOf("prague");
    expect(schedule && chain.nextBlobBaseFee()).toBe(schedule && blobBaseFee(0n, schedule));
    expect(await refusal(chain, carrying(10, 3n))).toBe("tooManyBlobs");
    await chain.close();
  });

  it("do not exist before Cancun", async () => {
    const chain = await createTestChain({ hardfork: "shanghai" });
    expect(await refusal(chain, signed(alice, { type: 3, to: bob.address, blobVersionedHashes: [blob(1)], maxFeePerBlobGas: 1n }))).toBe(
      "typeNotSupported",
    );
    expect(chain.head.header.excessBlobGas).toBeUndefined();
    await submitted(chain, signed(alice, { to: bob.address }));
    expect(chain.head.header.withdrawalsRoot).toBeDefined();
    await chain.close();
  });
});

describe("a delegation (EIP-7702)", () => {
  it("lets a wallet run a contract's code", async () => {
    const chain = await createTestChain();
    await submitted(chain, signed(alice, { data: initCodeFor(counterCode) }));
    const authorization = signAuthorization({ chainId: 1337n, address: createAddress(alice.address, 0n), nonce: 0n }, carol.privateKey);
    const hash = await submitted(
      chain,
      signed(bob, { type: 4, to: carol.address, gasLimit: 200_000n, authorizationList: [authorization] }),
    );
    expect(await chain.getReceipt(hash)).toMatchObject({ type: 4, succeeded: true, logs: [{ address: carol.address, data: word(1n) }] });
    expect(outputOf((await chain.call({ to: carol.address })).result)).toEqual(word(2n));
    expect((await chain.getAccount(carol.address))?.nonce).toBe(1n);
    await chain.close();
  });
});

it("types are those of EIP-2718, and one for other dialects", () => {
  expect([Uint8Array.of(0xc0), Uint8Array.of(1), Uint8Array.of(4), Uint8Array.of(0x74)].map(transactionType)).toEqual([0, 1, 4, 0x74]);
});
