/** Prices outside the instructions; expected figures are worked out by hand or stated by nitro's own tests. */
import { describe, expect, test } from "vitest";
import {
  addmodInk,
  divInk,
  evmApiInk,
  hostioInk,
  keccakPrice,
  mulmodInk,
  pointerInk,
  powPrice,
  readPrice,
  writePrice,
} from "./hostio-prices.ts";
import { frameGas, gasFromInk, inkFromGas } from "./ink.ts";
import { pageGasCost, pagesAdded } from "./memory-pages.ts";
import { cachedInitGas, initGas, returnDataGas, startGas } from "./program-gas.ts";
import { createStylusParameters, defaultStylusParameters as parameters } from "./stylus-parameters.ts";

test("prices of the host's functions", () => {
  expect([hostioInk, pointerInk, evmApiInk, divInk, mulmodInk, addmodInk]).toEqual([8400, 5040, 59_673, 20_000, 24_100, 21_000]);
  expect([0, 32, 33, 100].map(writePrice)).toEqual([5040, 5040, 5070, 7080]); // 5040 + 68 x 30
  expect([0, 32, 33, 100].map(readPrice)).toEqual([16_381, 16_381, 16_436, 20_121]); // 16381 + 68 x 55
  expect([0, 10, 64, 65, 100].map(keccakPrice)).toEqual([121_800, 121_800, 121_800, 142_800, 163_800]); // 4 words: 2 x 21000
});

test("math_pow by the exponent's bytes: nitro states 61,520 and 79,020 ink for one and two", () => {
  const exponent = (...last: number[]): Uint8Array => Uint8Array.from([...Array.from({ length: 32 - last.length }, () => 0), ...last]);
  const call = hostioInk + 3 * pointerInk; // 23,520
  expect(call + powPrice(exponent(7))).toBe(61_520);
  expect(call + powPrice(exponent(1, 0))).toBe(79_020);
  expect(powPrice(exponent())).toBe(3000 + 17_500);
  expect(powPrice(exponent(...Array.from({ length: 32 }, () => 1)))).toBe(3000 + 17_500 * 33);
});

test("ink and gas", () => {
  expect([inkFromGas(5, 10_000), gasFromInk(59_673, 10_000), gasFromInk(9999, 10_000)]).toEqual([50_000, 5, 0]);
  expect([inkFromGas(900_719_925_474, 10_000), inkFromGas(900_719_925_475, 10_000)]).toEqual([9_007_199_254_740_000, Infinity]);
  expect([frameGas(21_000n, 10_000), frameGas(2n ** 63n, 10_000), frameGas(2n ** 63n, 1)]).toEqual([21_000, 900_719_925_474, 2 ** 53 - 1]);
});

describe("pages of memory", () => {
  test("growing to 128 pages in steps of any size costs 31,999,998 gas", () => {
    for (let jump = 1; jump <= 128; jump++) {
      let gas = 0;
      let pages = { open: 0, ever: 0 };
      while (pages.open < 128) {
        const added = Math.min(jump, 128 - pages.open);
        gas += pageGasCost(added, pages, parameters);
        pages = pagesAdded(added, pages);
      }
      // 126 pages x 1000, and 31,873,999 - 1 for the growth
      expect([jump, gas]).toEqual([jump, 31_999_998]);
    }
  });

  test("nitro states 9,320,660,000 ink for 100 pages with one open", () => {
    // 99 pages x 1000 + (833,067 - 1) for 101 pages, at 10,000 ink a gas
    expect(inkFromGas(pageGasCost(100, { open: 1, ever: 1 }, parameters), 10_000)).toBe(9_320_660_000);
  });

  test("two pages are free, what was ever open is not paid for again, each open page is", () => {
    expect(pageGasCost(2, { open: 0, ever: 0 }, parameters)).toBe(0);
    expect(pageGasCost(1, { open: 2, ever: 2 }, parameters)).toBe(1000 + 0); // exponents 1 and 1
    expect(pageGasCost(1, { open: 5, ever: 5 }, parameters)).toBe(1000 + 1); // exponents 1 and 2
    expect(pageGasCost(10, { open: 0, ever: 20 }, parameters)).toBe(8000);
    expect(pageGasCost(0, { open: 7, ever: 20 }, parameters)).toBe(0);
    expect(pageGasCost(20, { open: 10, ever: 20 }, parameters)).toBe(20_000 + 57 - 14); // pages 30 and 20: 57 and 14
  });

  test("more than 128 pages cannot be paid", () => {
    expect(pageGasCost(129, { open: 0, ever: 0 }, parameters)).toBe(Infinity);
    expect(pageGasCost(1, { open: 128, ever: 128 }, parameters)).toBe(Infinity);
    expect(pageGasCost(0xffff, { open: 0, ever: 0 }, parameters)).toBe(Infinity);
    expect(pageGasCost(128, { open: 0, ever: 0 }, { freePages: 128, pageGas: 1000 })).toBe(0);
    expect(pagesAdded(0xffff, { open: 3, ever: 3 })).toEqual({ open: 0xffff, ever: 0xffff });
  });
});

test("starting a program", () => {
  expect([initGas(0, parameters), cachedInitGas(0, parameters)]).toEqual([8832, 352]); // 69 x 128, 11 x 32
  expect([initGas(77, parameters), cachedInitGas(13, parameters)]).toEqual([8909, 365]);
  const program = { initCost: 77, cachedCost: 13 };
  expect([startGas(program, false, parameters), startGas(program, true, parameters)]).toEqual([9274, 365]);
  // In version 1 the start's prediction has the cached one in it.
  expect(startGas(program, false, { ...parameters, stylusVersion: 1 })).toBe(8909);
  // 13 x 33 x 2 per cent = 8.58, rounded up
  expect(cachedInitGas(13, { ...parameters, cachedCostScalar: 33 })).toBe(352 + 9);
  expect(initGas(13, { ...parameters, initCostScalar: 33 })).toBe(8832 + 9);
});

test("returned bytes cost as in the EVM's memory", () => {
  expect([0, 1, 32, 33, 1024, 10_000].map(returnDataGas)).toEqual([0, 3, 3, 6, 98, 939 + 191]); // 32 words: 96 + 2; 313: 939 + 191
});

describe("a chain's parameters", () => {
  test("the defaults", () => {
    expect(createStylusParameters()).toEqual({
      arbosVersion: 60,
      stylusVersion: 2,
      inkPrice: 10_000,
      maxStackDepth: 22_000,
      freePages: 2,
      pageGas: 1000,
      pageRamp: 620_674_314,
      pageLimit: 128,
      minInitGas: 69,
      minCachedInitGas: 11,
      initCostScalar: 50,
      cachedCostScalar: 50,
      expiryDays: 365,
      keepaliveDays: 31,
      blockCacheSize: 32,
      maxWasmSize: 131_072,
      maxFragmentCount: 2,
      activationGas: 0,
    });
  });

  test("a value that does not fit is refused", () => {
    expect(createStylusParameters({ inkPrice: 1, arbosVersion: 51 })).toMatchObject({ inkPrice: 1, arbosVersion: 51 });
    for (const wrong of [
      { inkPrice: 0 },
      { inkPrice: 2 ** 24 },
      { pageGas: -1 },
      { expiryDays: 1.5 },
      { arbosVersion: 40 as 51 },
      { minInitGas: 256 },
    ]) {
      expect(() => createStylusParameters(wrong)).toThrow(expect.objectContaining({ code: "INVALID_CONFIGURATION" }));
    }
  });
});
