import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  budgetFromGas,
  createMeterRate,
  gasBudgetFromUnits,
  gasFromUsed,
  gasReturned,
  inkPerGas,
  inkRate,
  lamportsFromWei,
  unitsReturned,
  weiFromLamports,
  weiPerLamport,
} from "./meter.ts";

const amount = fc.oneof(fc.bigInt(0n, 40n), fc.bigInt(0n, 2n ** 64n));
const factor = fc.oneof(fc.bigInt(1n, 12n), fc.bigInt(1n, 10n ** 6n));
const rate = fc.tuple(factor, factor).map(([units, gas]) => createMeterRate(units, gas));
const used = fc.tuple(amount, fc.bigInt(0n, 100n));

describe("meters", () => {
  test("a budget that comes back unspent is no more than what was given, and no unit is lost to the callee alone", () => {
    fc.assert(
      fc.property(amount, rate, (given, at) => {
        expect(gasFromUsed(budgetFromGas(given, at), at)).toBeLessThanOrEqual(given);
        expect(budgetFromGas(gasFromUsed(given, at), at)).toBeGreaterThanOrEqual(given);
        expect(budgetFromGas(gasBudgetFromUnits(given, at), at)).toBeLessThanOrEqual(given);
        expect(gasBudgetFromUnits(budgetFromGas(given, at), at)).toBeLessThanOrEqual(given);
      }),
    );
  });

  test("what comes back and what was used never exceed what was given, in either direction", () => {
    fc.assert(
      fc.property(amount, rate, used, (given, at, [most, share]) => {
        const spent = (budgetFromGas(given, at) * share) / 100n;
        const back = gasReturned(given, spent, at);
        expect(back >= 0n && back <= given).toBe(true);
        expect(budgetFromGas(back, at) + spent).toBeLessThanOrEqual(budgetFromGas(given, at));
        expect(back).toBe(given - gasFromUsed(spent, at));
        expect(gasReturned(given, most + budgetFromGas(given, at) + 1n, at)).toBe(0n);

        const spentGas = (gasBudgetFromUnits(given, at) * share) / 100n;
        const units = unitsReturned(given, spentGas, at);
        expect(units >= 0n && units <= given).toBe(true);
        expect(gasBudgetFromUnits(units, at) + spentGas).toBeLessThanOrEqual(gasBudgetFromUnits(given, at));
      }),
    );
  });

  test("spending more never brings more back", () => {
    fc.assert(
      fc.property(amount, amount, amount, rate, (given, spent, more, at) => {
        expect(gasReturned(given, spent + more, at)).toBeLessThanOrEqual(gasReturned(given, spent, at));
        expect(unitsReturned(given, spent + more, at)).toBeLessThanOrEqual(unitsReturned(given, spent, at));
      }),
    );
  });

  test("a chain of calls through two meters and back gains nothing", () => {
    fc.assert(
      fc.property(amount, rate, rate, (given, first, second) => {
        const units = budgetFromGas(given, first);
        const inner = gasBudgetFromUnits(units, first);
        const innermost = budgetFromGas(inner, second);
        const innerBack = gasReturned(inner, 0n, second);
        expect(innermost <= (given * second.units) / second.gas).toBe(true);
        const unitsBack = unitsReturned(units, inner - innerBack, first);
        expect(gasReturned(given, units - unitsBack, first)).toBeLessThanOrEqual(given);
      }),
    );
  });

  test("ink is gas times ten thousand", () => {
    expect(budgetFromGas(3n, inkRate)).toBe(3n * inkPerGas);
    expect([gasFromUsed(1n, inkRate), gasFromUsed(10_000n, inkRate), gasFromUsed(10_001n, inkRate)]).toEqual([1n, 1n, 2n]);
  });

  test.each([
    [0n, 1n],
    [1n, 0n],
    [-1n, 1n],
  ])("a rate of %s units per %s gas is refused", (units, gas) => {
    expect(() => createMeterRate(units, gas)).toThrow(/positive integers/);
  });
});

describe("lamports", () => {
  test("written back unchanged they leave the balance as it was; the remainder is kept whatever they become", () => {
    const wei = fc.bigInt(0n, (2n ** 64n - 1n) * weiPerLamport);
    fc.assert(
      fc.property(wei, fc.bigInt(0n, 2n ** 64n - 1n), (balance, lamports) => {
        expect(weiFromLamports(lamportsFromWei(balance), balance)).toBe(balance);
        const written = weiFromLamports(lamports, balance);
        expect(lamportsFromWei(written)).toBe(lamports);
        expect(written % weiPerLamport).toBe(balance % weiPerLamport);
        // What one account loses the other gains: no wei made or burnt.
        expect(written - balance).toBe((lamports - lamportsFromWei(balance)) * weiPerLamport);
      }),
    );
  });

  test("that do not fit u64 are an error, never wrapped", () => {
    const most = (2n ** 64n - 1n) * weiPerLamport + weiPerLamport - 1n;
    expect(lamportsFromWei(most)).toBe(2n ** 64n - 1n);
    expect(() => lamportsFromWei(most + 1n)).toThrow(/at most 2\^64 - 1 lamports, got 18446744073709551616/);
  });
});
