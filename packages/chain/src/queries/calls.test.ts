import { addressFromHex, bytesToBigint, bytesToHex, createAddress, hexToBytes, outputOf, type Hex } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { AccountOverride, Chain } from "../chain.ts";
import {
  alice,
  bob,
  carol,
  counterCode,
  createTestChain,
  ether,
  gwei,
  hex,
  initCodeFor,
  signed,
  submitted,
  word,
} from "../chain-fixture.mts";

const counter = createAddress(alice.address, 0n);
const nobody = addressFromHex("0x00000000000000000000000000000000000000ee");
let chain: Chain;

beforeAll(async () => {
  chain = await createTestChain();
  await submitted(chain, signed(alice, { data: initCodeFor(counterCode) }));
  await submitted(chain, signed(alice, { nonce: 1n, to: counter, gasLimit: 100_000n }));
  await submitted(chain, signed(alice, { nonce: 2n, to: counter, gasLimit: 100_000n }));
});
afterAll(() => chain.close());

/** Runs code that returns one word. */
async function evaluate(
  code: Hex,
  options: Parameters<Chain["call"]>[1] = {},
  request: Parameters<Chain["call"]>[0] = {},
): Promise<bigint> {
  const override: AccountOverride = { code: hexToBytes(`${code}60005260206000f3`) };
  const outcome = await chain.call(
    { to: nobody, ...request },
    { ...options, stateOverrides: [...(options.stateOverrides ?? []), [nobody, override]] },
  );
  expect(outcome.result.kind).toBe("success");
  return bytesToBigint(outputOf(outcome.result));
}

describe("call", () => {
  it("runs on the state of a block and leaves it alone", async () => {
    const value = async (block: bigint | "latest"): Promise<bigint> =>
      bytesToBigint(outputOf((await chain.call({ to: counter }, { block })).result));
    expect(await value("latest")).toBe(3n);
    expect(await value(2n)).toBe(2n);
    expect(await value(1n)).toBe(1n);
    expect(await value("latest")).toBe(3n);
    expect((await chain.call({ to: counter }, { block: 0n })).result).toMatchObject({ kind: "success", output: new Uint8Array(0) });
  });

  it("refuses a nonce that no transaction can have", async () => {
    for (const nonce of [-1n, 2n ** 64n - 1n, 2n ** 64n]) {
      await expect(chain.call({ to: counter, nonce })).rejects.toMatchObject({ details: { code: "nonceMax" } });
    }
  });

  it("gives the data of a revert", async () => {
    const data = Uint8Array.of(8, 9);
    expect((await chain.call({ to: counter, data })).result).toMatchObject({ kind: "revert", output: data });
  });

  it("costs nobody anything unless it names a price", async () => {
    expect(await evaluate("0x3a")).toBe(0n);
    expect(await evaluate("0x48")).toBe(0n);
    expect(await evaluate("0x3a", {}, { from: alice.address, gasPrice: 5n * gwei })).toBe(5n * gwei);
    expect(await evaluate("0x48", {}, { from: alice.address, gasPrice: 5n * gwei })).toBe(chain.head.header.baseFeePerGas);
    await expect(chain.call({ from: nobody, to: counter, gasPrice: 5n * gwei })).rejects.toMatchObject({
      code: "INVALID_TRANSACTION",
      details: { code: "insufficientFunds" },
    });
    await expect(chain.call({ from: nobody, to: counter, value: 1n })).rejects.toMatchObject({ details: { code: "insufficientFunds" } });
    await expect(chain.call({ to: counter, gas: 20_000n })).rejects.toMatchObject({ details: { code: "intrinsicGasTooLow" } });
  });

  it("has the gas cap for its gas, whatever is asked", async () => {
    expect(await evaluate("0x5a")).toBe(50_000_000n - 21_000n - 2n);
    expect(await evaluate("0x5a", {}, { gas: 1n << 60n })).toBe(50_000_000n - 21_000n - 2n);
    expect(await evaluate("0x5a", {}, { gas: 100_000n })).toBe(79_000n - 2n);
  });

  it("may be anyone's, contracts included", async () => {
    expect(await evaluate("0x33", {}, { from: counter })).toBe(bytesToBigint(counter));
    expect(await evaluate("0x33")).toBe(0n);
  });

  it("takes overrides of the state", async () => {
    const overridden = async (override: AccountOverride): Promise<bigint> =>
      bytesToBigint(outputOf((await chain.call({ to: counter }, { stateOverrides: [[counter, override]] })).result));
    const slots = new Map([[bytesToHex(word(0n)), word(41n)]]);
    expect(await overridden({ stateDiff: slots })).toBe(42n);
    expect(await overridden({ state: slots })).toBe(42n);
    expect(await overridden({ state: new Map() })).toBe(1n);
    expect(await overridden({ stateDiff: new Map() })).toBe(3n);
    expect(await evaluate("0x31", { stateOverrides: [[nobody, { balance: 5n }]] }).catch(() => 0n)).toBe(0n);
    expect(await evaluate("0x47", { stateOverrides: [[nobody, { balance: 5n }]] })).toBe(5n);
    const both = { state: slots, stateDiff: slots };
    await expect(overridden(both)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(overridden({ stateDiff: new Map([["0x0", word(1n)]]) })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    await expect(overridden({ movePrecompileTo: bob.address })).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    const identity = addressFromHex(`0x${"4".padStart(40, "0")}`);
    const moving = chain.call({ to: counter }, { stateOverrides: [[identity, { movePrecompileTo: bob.address }]] });
    await expect(moving).rejects.toMatchObject({ code: "NOT_SUPPORTED" });
  });

  it("takes overrides of the block", async () => {
    expect(await evaluate("0x43")).toBe(3n);
    expect(await evaluate("0x43", { block: "pending" })).toBe(4n);
    expect(await evaluate("0x43", { blockOverrides: { number: 77n } })).toBe(77n);
    expect(await evaluate("0x42", { blockOverrides: { timestamp: 99n } })).toBe(99n);
    expect(await evaluate("0x41", { blockOverrides: { coinbase: bob.address } })).toBe(bytesToBigint(bob.address));
  });

  it("reads block hashes from the chain, and from the contract of EIP-2935", async () => {
    const hash = bytesToBigint((await chain.getBlock(1n))?.hash ?? new Uint8Array());
    expect(await evaluate("0x600140")).toBe(hash);
    const history = addressFromHex("0x0000f90827f1c53a10cb7a02335b175320002935");
    expect(bytesToBigint(outputOf((await chain.call({ to: history, data: word(1n) })).result))).toBe(hash);
  });

  it("wants a block that exists", async () => {
    await expect(chain.call({}, { block: 99n })).rejects.toMatchObject({ code: "STATE_UNAVAILABLE" });
  });
});

describe("a call with a time limit", () => {
  it("is given up at the first frame after it, whatever it is for", async () => {
    const late = { milliseconds: 0 };
    const tracer = { wantsSteps: true, wantsMemory: false, enter() {}, exit() {}, log() {}, step() {}, selfDestruct() {} };
    const runs = [
      chain.call({ to: counter }, late),
      chain.call({ to: counter }, { ...late, tracer }),
      chain.estimateGas({ to: counter }, late),
      chain.createAccessList({ to: counter }, late),
    ];
    for (const run of await Promise.allSettled(runs)) expect(run).toMatchObject({ status: "rejected", reason: { code: "LIMIT_EXCEEDED" } });
    expect((await chain.call({ to: counter }, { milliseconds: 60_000 })).result.kind).toBe("success");
  });

  it("is given up in the middle of a long run", async () => {
    // Calls the identity precompile for as long as there is gas: frame after frame, 50,000,000 gas of it.
    const loop = { stateOverrides: [[nobody, { code: hexToBytes("0x5b600060006000600060045afa50600056") }]] as const };
    await expect(chain.call({ to: nobody }, { ...loop, milliseconds: 5 })).rejects.toMatchObject({ code: "LIMIT_EXCEEDED" });
  });
});

describe("estimateGas", () => {
  it("is 21,000 for a transfer", async () => {
    expect(await chain.estimateGas({ from: alice.address, to: bob.address, value: 1n })).toEqual({ kind: "estimated", gas: 21_000n });
  });

  it("is exactly enough, refunds and 63/64 included", async () => {
    // Clears slot 0, which refunds, after a call to the counter that needs its share of the gas.
    const clearing = hexToBytes(`0x600060006000600060006000 73${hex(counter)?.slice(2)} 5af1 6000600055`.replaceAll(" ", ""));
    for (const code of [clearing, counterCode]) {
      const options = { stateOverrides: [[nobody, { code, stateDiff: new Map([[bytesToHex(word(0n)), word(7n)]]) }]] as const };
      const estimate = await chain.estimateGas({ to: nobody }, options);
      if (estimate.kind !== "estimated") throw new Error(estimate.kind);
      const run = async (gas: bigint) => (await chain.call({ to: nobody, gas }, options)).result.kind;
      expect(await run(estimate.gas)).toBe("success");
      expect(await run(estimate.gas - 1n)).toBe("halt");
    }
  });

  it("gives a deployment that works", async () => {
    const data = initCodeFor(counterCode);
    const estimate = await chain.estimateGas({ from: carol.address, data });
    if (estimate.kind !== "estimated") throw new Error(estimate.kind);
    expect((await chain.call({ from: carol.address, data, gas: estimate.gas })).result).toMatchObject({
      kind: "success",
      created: createAddress(carol.address, 0n),
    });
  });

  it("says how it fails", async () => {
    expect(await chain.estimateGas({ to: counter, data: Uint8Array.of(1) })).toMatchObject({
      kind: "failed",
      result: { kind: "revert", output: Uint8Array.of(1) },
    });
    expect(await chain.estimateGas({ from: nobody, to: counter, value: 1n })).toMatchObject({
      kind: "invalid",
      error: { code: "insufficientFunds" },
    });
    expect(await chain.estimateGas({ from: nobody, to: counter, maxFeePerGas: gwei * 10n })).toMatchObject({ kind: "invalid" });
    const loop = { stateOverrides: [[nobody, { code: hexToBytes("0x5b600056") }]] as const };
    expect(await chain.estimateGas({ to: nobody, gas: 100_000n }, loop)).toMatchObject({
      kind: "failed",
      result: { kind: "halt", reason: "outOfGas" },
    });
  });
});

describe("createAccessList", () => {
  it("names the slots and accounts that are cold, and leaves out who is warm anyway", async () => {
    // SLOAD(5) here, BALANCE of carol, CALL to the counter, which reads and writes its slot 0.
    const code = hexToBytes(
      `0x600554 73${hex(carol.address)?.slice(2)}31 600060006000600060006000 73${hex(counter)?.slice(2)} 5af1 00`.replaceAll(" ", ""),
    );
    const { accessList, gasUsed, result } = await chain.createAccessList(
      { from: alice.address, to: nobody },
      { stateOverrides: [[nobody, { code }]] },
    );
    expect(result.kind).toBe("success");
    const listed = new Map(accessList.map(({ address, storageKeys }) => [hex(address), storageKeys.map(hex)]));
    expect(listed).toEqual(
      new Map([
        [hex(nobody), [hex(word(5n))]],
        [hex(carol.address), []],
        [hex(counter), [hex(word(0n))]],
      ]),
    );
    const again = await chain.call({ from: alice.address, to: nobody, accessList }, { stateOverrides: [[nobody, { code }]] });
    expect(again.gasUsed).toBe(gasUsed);
  });
});

describe("states", () => {
  it("are there for every block, by number, hash and name", async () => {
    const balanceAt = async (tag: Parameters<Chain["getAccount"]>[1]) => (await chain.getAccount(alice.address, tag))?.nonce;
    expect(
      await Promise.all([0n, 1n, 2n, 3n, "earliest", "latest", "safe", "finalized", "pending"].map((tag) => balanceAt(tag as bigint))),
    ).toEqual([0n, 1n, 2n, 3n, 0n, 3n, 3n, 3n, 3n]);
    const hash = (await chain.getBlock(1n))?.hash;
    expect(hash && (await balanceAt({ hash }))).toBe(1n);
    expect(await chain.stateAt(4n)).toBeUndefined();
    expect(await chain.stateAt({ hash: word(1n) as never })).toBeUndefined();
    expect((await chain.getAccount(bob.address, 0n))?.balance).toBe(1000n * ether);
  });

  it("go back as far as the chain's history", async () => {
    const short = await createTestChain({ history: 2 });
    await short.dev?.mine(5);
    expect((await short.stateAt(3n))?.blockNumber).toBe(3n);
    await expect(short.stateAt(2n)).rejects.toMatchObject({ code: "STATE_UNAVAILABLE" });
    await expect(short.call({ to: bob.address }, { block: 1n })).rejects.toMatchObject({ code: "STATE_UNAVAILABLE" });
    expect((await short.getBlock(1n))?.header.number).toBe(1n);
    await short.close();
  });
});
