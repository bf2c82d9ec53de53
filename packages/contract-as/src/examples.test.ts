import { readFileSync } from "node:fs";
import { bytesToHex, type Hex } from "@trireme/core";
import fc from "fast-check";
import { encodeAbiParameters, getAddress, keccak256, pad, toHex, zeroAddress } from "viem";
import { beforeAll, describe, expect, it } from "vitest";
import { built } from "./built-example.mts";
import { contractClient, openContract, type ContractClient } from "./contract-client.mts";
import { alice, createTestHost } from "./test-host.mts";

const bob: Hex = "0xb0b0000000000000000000000000000000000000";
const carol: Hex = "0xca20100000000000000000000000000000000000";
const [owner, friend, third] = [getAddress(alice), getAddress(bob), getAddress(carol)] as const;

describe("counter", () => {
  it("counts, tells who came last, and logs", async () => {
    const counter = await openContract("examples/counter");
    expect(counter.read("get")).toBe(0n);
    expect(counter.write("increment", [])).toEqual([{ eventName: "Incremented", args: { by: owner, count: 1n } }]);
    counter.write("increment", [], { from: bob });
    expect(counter.read("get")).toBe(2n);
    expect(counter.read("lastCaller")).toBe(friend);
    expect(counter.host.storageOf(counter.address)).toEqual({
      [toHex(0, { size: 32 })]: toHex(2, { size: 32 }),
      [toHex(1, { size: 32 })]: pad(bob),
    });
    // Not payable; and no function of that selector.
    expect(counter.raw("increment", [], { value: 1n })).toEqual({ kind: "revert", output: "0x", logs: [] });
    expect(counter.host.call({ to: counter.address, data: "0x12345678" }).kind).toBe("revert");
    expect(counter.host.call({ to: counter.address }).kind).toBe("revert");
    // A write in a static call is a failure of the whole program.
    expect(counter.raw("increment", [], { isStatic: true }).kind).toBe("failure");
    expect(counter.raw("get", [], { isStatic: true }).kind).toBe("success");
    expect(counter.read("get")).toBe(2n);
  });
});

describe("ERC-20", () => {
  let token: ContractClient;
  beforeAll(async () => {
    token = await openContract("examples/erc20");
  });
  const supply = 1_000n * 10n ** 18n;

  it("is set up once", () => {
    expect(token.write("initialize", ["Ünïcode Coin with a name of more than 31 bytes 🚣", "ROW", supply])).toEqual([
      { eventName: "Transfer", args: { from: zeroAddress, to: owner, value: supply } },
    ]);
    expect(token.read("name")).toBe("Ünïcode Coin with a name of more than 31 bytes 🚣");
    expect([token.read("symbol"), token.read("decimals"), token.read("totalSupply")]).toEqual(["ROW", 18, supply]);
    expect(token.refusal("initialize", ["", "", 1n])).toEqual({ errorName: "Error", args: ["already initialized"] });
  });

  it("moves balances with events and errors of OpenZeppelin's", () => {
    expect(token.write("transfer", [bob, 30n])).toEqual([{ eventName: "Transfer", args: { from: owner, to: friend, value: 30n } }]);
    expect(token.write("approve", [carol, 20n], { from: bob })).toEqual([
      { eventName: "Approval", args: { owner: friend, spender: third, value: 20n } },
    ]);
    expect(token.write("transferFrom", [bob, carol, 15n], { from: carol })).toHaveLength(1);
    expect([bob, carol].map((who) => token.read("balanceOf", who))).toEqual([15n, 15n]);
    expect(token.read("allowance", bob, carol)).toBe(5n);
    // Moving to oneself changes nothing.
    token.write("transfer", [bob, 15n], { from: bob });
    expect(token.read("balanceOf", bob)).toBe(15n);

    expect(token.refusal("transfer", [carol, 16n], { from: bob })).toEqual({
      errorName: "ERC20InsufficientBalance",
      args: [friend, 15n, 16n],
    });
    expect(token.refusal("transferFrom", [bob, carol, 6n], { from: carol })).toEqual({
      errorName: "ERC20InsufficientAllowance",
      args: [third, 5n, 6n],
    });
    expect(token.refusal("transfer", [zeroAddress, 1n])).toEqual({ errorName: "ERC20InvalidReceiver", args: [zeroAddress] });
    // An allowance of 2^256 - 1 is not used up.
    token.write("approve", [carol, 2n ** 256n - 1n]);
    token.write("transferFrom", [alice, carol, 1n], { from: carol });
    expect(token.read("allowance", alice, carol)).toBe(2n ** 256n - 1n);
  });

  it("stores as Solidity does", () => {
    const slot = (key: Hex, at: bigint | Hex): Hex =>
      keccak256(encodeAbiParameters([{ type: "address" }, { type: "uint256" }], [key, BigInt(at)]));
    const stored = token.host.storageOf(token.address);
    expect(stored[slot(bob, 0n)]).toBe(toHex(15, { size: 32 }));
    expect(stored[slot(carol, slot(bob, 1n))]).toBe(toHex(5, { size: 32 }));
    expect(stored[toHex(2, { size: 32 })]).toBe(toHex(supply, { size: 32 }));
    expect(stored[toHex(4, { size: 32 })]).toBe(`0x524f57${"00".repeat(28)}06`);
    expect(token.build.storageLayout.map(({ label, slot, offset }) => [label, slot, offset])).toEqual([
      ["balances", 0, 0],
      ["allowances", 1, 0],
      ["supply", 2, 0],
      ["title", 3, 0],
      ["ticker", 4, 0],
    ]);
  });

  it("refuses calldata that does not decode", () => {
    const data = token.encode("transfer", [bob, 1n]);
    for (const broken of [data.slice(0, -2), `${data.slice(0, 10)}01${data.slice(12)}`, data.slice(0, 10)])
      expect(token.host.call({ to: token.address, data: broken as Hex })).toEqual({ kind: "revert", output: "0x", logs: [] });
  });
});

describe("StableSwap", () => {
  it("quotes as the same algorithm in JavaScript", async () => {
    const pool = await openContract("examples/stable-swap");
    // Balances up to a thousandfold apart: further out the intermediate products pass 2^256, and the contract reverts.
    const unit = fc.bigInt({ min: 10n ** 18n, max: 10n ** 24n });
    const balance = fc.bigInt({ min: 1000n, max: 1_000_000n });
    fc.assert(
      fc.property(fc.array(balance, { minLength: 2, maxLength: 4 }), unit, fc.bigInt({ min: 1n, max: 5000n }), (parts, each, a) => {
        const balances = parts.map((part) => (part * each) / 1000n);
        const expected = invariant(balances, a);
        if (expected === undefined) {
          // Far out of balance the whole-number iteration may go round in a circle.
          expect(pool.refusal("invariant", [balances, a])).toEqual({ errorName: "NotConverging", args: [255] });
          return;
        }
        expect(pool.read("invariant", balances, a)).toBe(expected);
        const amount = each % (balances[0] as bigint);
        expect(pool.read("quote", balances, a, 4_000_000n, 0, 1, amount)).toBe(quote(balances, a, 4_000_000n, amount));
      }),
      { numRuns: 60 },
    );
    // Equal balances: the invariant is their sum, and a millionth of them costs 10^-6 / (A + 1) of itself, to first order.
    expect(pool.read("invariant", [10n ** 24n, 10n ** 24n], 100n)).toBe(2n * 10n ** 24n);
    expect(pool.read("quote", [10n ** 24n, 10n ** 24n], 100n, 0n, 0, 1, 10n ** 18n)).toBe(999_999_990_099_009_999n);
    expect(pool.refusal("quote", [[1n, 1n], 100n, 0n, 0, 0, 1n])).toEqual({ errorName: "Error", args: ["no such pair"] });
    expect(pool.refusal("invariant", [[1n, 0n], 100n])).toEqual({ errorName: "Panic", args: [0x12n] });
    const circling = [284_991_388_713_821_374_901_385_376n, 10n ** 18n];
    expect([invariant(circling, 11n), pool.refusal("invariant", [circling, 11n])]).toEqual([
      undefined,
      { errorName: "NotConverging", args: [255] },
    ]);
  });
});

describe("int8 layer", () => {
  it("infers as the same layer in JavaScript, from weights in storage", async () => {
    const layer = await openContract("examples/neural-layer");
    const [inputs, outputs, shift] = [37, 11, 6];
    const weights = Int8Array.from({ length: inputs * outputs }, (_, index) => ((index * 73 + 41) % 255) - 127);
    const biases = Array.from({ length: outputs }, (_, index) => (index - 4) * 1000);
    layer.write("initialize", [inputs, bytesToHex(new Uint8Array(weights.buffer)), biases, shift]);
    expect(layer.read("shape")).toEqual([inputs, outputs]);
    fc.assert(
      fc.property(fc.int8Array({ minLength: inputs, maxLength: inputs }), (input) => {
        const expected = biases.map((bias, row) => {
          const sum = input.reduce((total, value, at) => total + value * (weights[row * inputs + at] as number), bias);
          return Math.min(Math.max(sum >> shift, 0), 127);
        });
        expect(layer.read("infer", bytesToHex(new Uint8Array(input.buffer.slice(0))))).toBe(bytesToHex(Uint8Array.from(expected)));
      }),
      { numRuns: 40 },
    );
    expect(layer.refusal("infer", ["0x00"])).toEqual({ errorName: "Error", args: ["shapes differ"] });
  });
});

it("the README's contract is what it says", async () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const source = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] as string;
  const bank = contractClient(await built({ source }), createTestHost());
  const owner = getAddress(alice);
  expect(bank.write("deposit", [], { value: 5n })).toEqual([{ eventName: "Deposited", args: { by: owner, amount: 5n } }]);
  expect(bank.read("balanceOf", alice)).toBe(5n);
  expect(bank.refusal("withdraw", [6n])).toEqual({ errorName: "TooMuch", args: [5n] });
  bank.write("withdraw", [2n]);
  expect([bank.read("balanceOf", alice), bank.host.balanceOf(bank.address)]).toEqual([3n, 3n]);
});

function invariant(balances: readonly bigint[], amplification: bigint): bigint | undefined {
  const count = BigInt(balances.length);
  const sum = balances.reduce((total, value) => total + value, 0n);
  const weight = amplification * count;
  for (let round = 0, d = sum; round < 255; round++) {
    const product = balances.reduce((total, value) => (total * d) / (value * count), d);
    const next = ((weight * sum + product * count) * d) / ((weight - 1n) * d + (count + 1n) * product);
    if (next - d <= 1n && d - next <= 1n) return next;
    d = next;
  }
  return undefined;
}

function quote(balances: readonly bigint[], amplification: bigint, fee: bigint, amount: bigint): bigint {
  const count = BigInt(balances.length);
  const d = invariant(balances, amplification) as bigint;
  const weight = amplification * count;
  const others = balances.flatMap((value, index) => (index === 1 ? [] : [index === 0 ? value + amount : value]));
  const sum = others.reduce((total, value) => total + value, 0n);
  const c = (others.reduce((total, value) => (total * d) / (value * count), d) * d) / (weight * count);
  for (let round = 0, y = d; round < 255; round++) {
    const next = (y * y + c) / (2n * y + sum + d / weight - d);
    if (next - y <= 1n && y - next <= 1n) {
      if (next >= (balances[1] as bigint)) return 0n;
      const output = (balances[1] as bigint) - next - 1n;
      return output - (output * fee) / 10n ** 10n;
    }
    y = next;
  }
  throw new Error("not settled");
}
