/** The pricing engine, as a contract on a chain, against another way of reckoning. */
import { createChain } from "@trireme/chain";
import { defineDevChain, deriveDevAccounts, devAccountSecret } from "@trireme/node";
import { createEthereumDispatcher, createViemTransport } from "@trireme/rpc";
import fc from "fast-check";
import { BaseError, ContractFunctionRevertedError, createPublicClient, createWalletClient, parseEther, type Address, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { arbWasmAbi, arbWasmAddress, engineAbi } from "./abi.ts";
import { compileContracts } from "./contracts.ts";
import { afterSale, modelInvariant, modelQuote, reachesInvariant, reversed, scaled, type MarketNumbers } from "./stable-swap-model.ts";

const accounts = deriveDevAccounts(undefined, 1);
const chain = await createChain(defineDevChain({ accounts }));
const dispatcher = createEthereumDispatcher({ chain });
const transport = createViemTransport(dispatcher);
const reader = createPublicClient({ chain: foundry, transport });
let engine: Address;

beforeAll(async () => {
  const account = privateKeyToAccount(devAccountSecret(accounts[0]!) as Hex);
  const wallet = createWalletClient({ chain: foundry, transport, account });
  const hash = await wallet.sendTransaction({ data: (await compileContracts()).engine });
  engine = (await reader.getTransactionReceipt({ hash })).contractAddress!;
  const activation = { address: arbWasmAddress, abi: arbWasmAbi, functionName: "activateProgram", args: [engine] } as const;
  await wallet.writeContract({ ...activation, value: parseEther("0.01") });
});
afterAll(async () => {
  dispatcher.close();
  await chain.close();
});

/** The engine's answer, or the name of its error. */
async function ask(request: Promise<bigint>): Promise<bigint | string | undefined> {
  try {
    return await request;
  } catch (error) {
    const reverted = error instanceof BaseError ? error.walk((cause) => cause instanceof ContractFunctionRevertedError) : undefined;
    if (!(reverted instanceof ContractFunctionRevertedError)) throw error;
    return reverted.data?.errorName;
  }
}
const quote = (market: MarketNumbers, amount: bigint) =>
  ask(reader.readContract({ address: engine, abi: engineAbi, functionName: "quote", args: [market, amount] }));
const invariant = (market: MarketNumbers) =>
  ask(reader.readContract({ address: engine, abi: engineAbi, functionName: "invariant", args: [market] }));

const most = 2n ** 64n - 1n;
/** Of every order of magnitude. */
const amountOf = (bits: number) => fc.nat(bits - 1).chain((size) => fc.bigInt({ min: 1n << BigInt(size), max: (2n << BigInt(size)) - 1n }));
const scale = fc.constantFrom(1n, 1n, 10n, 1_000n);
const settings = { scaleIn: scale, scaleOut: scale, amplification: amountOf(20), fee: fc.bigInt({ min: 0n, max: 10n ** 9n }) };
/** Whatever fits the types: mostly out of balance, now and then out of bounds. */
const anyMarket: fc.Arbitrary<MarketNumbers> = fc.record({
  ...settings,
  reserveIn: amountOf(64),
  reserveOut: amountOf(64),
  scaleIn: fc.oneof(scale, fc.constantFrom(0n, 1_001n, most)),
  amplification: fc.oneof({ weight: 9, arbitrary: amountOf(21) }, { weight: 1, arbitrary: fc.constantFrom(0n, most) }),
});
/** Worth about the same on both sides. */
const fairMarket: fc.Arbitrary<MarketNumbers> = fc
  .record({ ...settings, value: amountOf(60), tilt: fc.integer({ min: -6, max: 6 }) })
  .map(({ value, tilt, ...rest }) => {
    const [more, less] = [value << BigInt(Math.max(tilt, 0)), value << BigInt(Math.max(-tilt, 0))];
    const fit = (total: bigint, by: bigint) => [total / by || 1n, most].reduce((a, b) => (a < b ? a : b));
    return { ...rest, reserveIn: fit(more, rest.scaleIn), reserveOut: fit(less, rest.scaleOut) };
  });

describe("the StableSwap engine", () => {
  it("gives the exact price, rounded for the pool, or the error, of any market", async () => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(anyMarket, fairMarket, fairMarket), amountOf(64), async (market, amount) => {
        expect(await quote(market, amount)).toBe(modelQuote(market, amount));
        expect(await invariant(market)).toBe(modelInvariant(market));
      }),
      { numRuns: 100 },
    );
  });

  it("never lets D fall, and gives nothing for a way there and back", async () => {
    await fc.assert(
      fc.asyncProperty(fairMarket, fc.integer({ min: 1, max: 1_000_000 }), async (market, parts) => {
        const amount = (market.reserveIn * BigInt(parts)) / 1_000_000n;
        const bought = await quote(market, amount);
        const d = await invariant(market);
        // No token has more than that: its supply is a u64.
        if (typeof bought !== "bigint" || typeof d !== "bigint" || market.reserveIn + amount > most) return;
        const after = afterSale(market, amount, bought);
        // Where something was bought, D has even reached what it was when rounded up.
        expect(bought === 0n || reachesInvariant(...scaled(after), d)).toBe(true);
        const back = await quote(reversed(after), bought);
        expect(back === "OutOfBalance" || (back as bigint) <= amount).toBe(true);
      }),
      { numRuns: 100 },
    );
  });

  it("holds at its bounds, and prices as Curve's contracts do", async () => {
    const widest = { reserveIn: most, reserveOut: most, scaleIn: 1_000n, scaleOut: 1_000n, amplification: 1_000_000n, fee: 0n };
    expect(await quote(widest, most)).toBe(modelQuote(widest, most));
    expect(await invariant(widest)).toBe(2_000n * most);
    expect(await invariant({ ...widest, reserveIn: most / 100n + 1n })).toBe(modelInvariant({ ...widest, reserveIn: most / 100n + 1n }));
    // So small that Newton's method, rounded up, ends one above.
    for (const [reserveIn, reserveOut, amplification] of [
      [1n, 24n, 1n],
      [1n, 25n, 5n],
      [2n, 13n, 2n],
    ] as const) {
      const market = { reserveIn, reserveOut, scaleIn: 1n, scaleOut: 1n, amplification, fee: 0n };
      expect(await invariant(market)).toBe(modelInvariant(market));
    }
    for (const [reserveIn, reserveOut, amplification, amount] of [
      [10n ** 15n, 10n ** 15n, 200n, 10n ** 14n],
      [10n ** 15n, 3n * 10n ** 14n, 85n, 7n * 10n ** 13n],
      [4n * 10n ** 12n, 10n ** 14n, 1_000n, 123_456_789n],
    ] as const) {
      const market = { reserveIn, reserveOut, scaleIn: 1n, scaleOut: 1n, amplification, fee: 0n };
      const difference = curveQuote(reserveIn, reserveOut, amplification, amount) - ((await quote(market, amount)) as bigint);
      expect(difference >= -2n && difference <= 2n).toBe(true);
    }
  });
});

/** Curve's own way: both unknowns by Newton's method with every division rounded down, and one unit kept in the end. */
function curveQuote(x: bigint, y: bigint, amplification: bigint, amount: bigint): bigint {
  const ann = amplification * 2n;
  let d = x + y;
  for (let before = 0n; d - before > 1n || before - d > 1n;) {
    const product = (((d * d) / (x * 2n)) * d) / (y * 2n);
    before = d;
    d = ((ann * (x + y) + product * 2n) * d) / ((ann - 1n) * d + 3n * product);
  }
  const c = (((d * d) / ((x + amount) * 2n)) * d) / (ann * 2n);
  const b = x + amount + d / ann;
  let rest = d;
  for (let before = 0n; rest - before > 1n || before - rest > 1n;) {
    before = rest;
    rest = (rest * rest + c) / (2n * rest + b - d);
  }
  return y - rest - 1n;
}
