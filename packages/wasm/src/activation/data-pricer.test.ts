/** The fee for a program's data, worked out by hand. */
import { expect, test } from "vitest";
import { initialDataPricer, priceData } from "./data-pricer.ts";

const later = initialDataPricer.lastUpdateTime + 1000;

test("a chain's first pricer", () => {
  // 2^40 / 8760 hours = 125,515,483 bytes an hour; / 3600 = 34,865 a second
  expect(initialDataPricer).toEqual({
    demand: 0,
    bytesPerSecond: 34_865,
    lastUpdateTime: 1_421_388_000,
    minPrice: 82_928_201,
    inertia: 21_360_419,
  });
});

test("a program of 600,000 bytes without demand before", () => {
  // exponent: 10000 x 600000 / 21360419 = 280 (of 280.89)
  // series, innermost first: 10000 + 280/12 = 10023; each step 10000 + (r x 280) / (i x 10000):
  // i = 11: 10000 + 2806440/110000 = 10025; 10: 10000 + 2807000/100000 = 10028; 9: 10000 + 2807840/90000 = 10031;
  // 8: 10000 + 2808680/80000 = 10035; 7: 10000 + 2809800/70000 = 10040; 6: 10000 + 2811200/60000 = 10046;
  // 5: 10000 + 2812880/50000 = 10056; 4: 10000 + 2815680/40000 = 10070; 3: 10000 + 2819600/30000 = 10093;
  // 2: 10000 + 2826040/20000 = 10141; 1: 10000 + 2839480/10000 = 10283
  // per byte: 82928201 x 10283 / 10000 = 85275069 (of 85275069.0883); times 600,000
  const { fee, pricer } = priceData(initialDataPricer, 600_000, later);
  expect(fee).toBe(51_165_041_400_000n);
  expect(pricer).toEqual({ ...initialDataPricer, demand: 600_000, lastUpdateTime: later });
});

test("time takes demand off, at 34,865 bytes a second", () => {
  const busy = { ...initialDataPricer, demand: 10_000_000, lastUpdateTime: later };
  expect(priceData(busy, 100, later + 10).pricer.demand).toBe(10_000_000 - 348_650 + 100);
  expect(priceData(busy, 100, later + 1000).pricer.demand).toBe(100);
  // A clock that goes back counts as a very long time, as an unsigned difference does.
  expect(priceData(busy, 100, later - 1).pricer.demand).toBe(100);
});

test("nothing overflows", () => {
  const full = { ...initialDataPricer, demand: 0xffff_fff0, lastUpdateTime: later };
  const { fee, pricer } = priceData(full, 0xffff, later);
  expect(pricer.demand).toBe(0xffff_ffff);
  expect(fee).toBe(2n ** 64n - 1n);
});

test("a demand of the inertia raises the price by e", () => {
  const { fee } = priceData({ ...initialDataPricer, demand: 21_360_418, lastUpdateTime: later }, 1, later);
  // 10000 + 833; then 10000 + the one before / i: 984, 1098, 1233, 1404, 1629, 1938, 2387, 3096, 4365, 7182, 17182
  // 82,928,201 x 27182 / 10000 = 225,415,435 (of .9)
  expect(fee).toBe(225_415_435n);
});
