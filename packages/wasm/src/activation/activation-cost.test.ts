/** Each rate of the formulas alone, at counts where one more in its last digit, or one less, gives another figure. */
import { describe, expect, test } from "vitest";
import type { EncodedSizes } from "../binary/decode/decode-module.ts";
import { moduleOf } from "../test/module-builder.ts";
import { activationFixedGas, activationGas, programCosts } from "./activation-cost.ts";

const noSizes: EncodedSizes = { module: 0, dataSegments: 0, elementSegments: 0 };
const noParts = { kind: "instrumented", instructions: 0, globals: 0, frames: new Uint32Array(0) } as const;
const empty = { ...moduleOf({ memory: { min: 0, max: 0 } }), functions: new Uint32Array(0) };
const functions = (count: number, params = 0): typeof empty => ({
  ...empty,
  types: [{ params: new Uint8Array(params), results: new Uint8Array(0) }],
  functions: new Uint32Array(count),
});

describe("activation gas: 28 a microsecond", () => {
  const gas = (module: typeof empty, sizes: Partial<EncodedSizes> = {}, instructions = 0): number =>
    activationGas(module, { ...noSizes, ...sizes }, { ...noParts, module, instructions }) / 28;

  test("of each size", () => {
    expect(gas(empty)).toBe(0);
    expect(gas(empty, { module: 100_000 })).toBe(31_733);
    expect(gas(functions(100_000))).toBe(17_263);
    expect(gas({ ...empty, data: [{ mode: "passive", offset: 0, bytes: new Uint8Array(100_000) }] })).toBe(17_376);
    expect(gas(empty, { elementSegments: 100_000 })).toBe(17_376);
    expect(gas(empty, { dataSegments: 100_000 })).toBe(0);
    expect(gas({ ...empty, memory: { min: 1, max: 1 } })).toBe(2217);
    expect(gas(empty, {}, 1000)).toBe(535);
  });

  test("each part is rounded down before they are added", () => {
    // 0.96, 0.86, 0.87, 0.96 and 0.535 of a microsecond
    expect(
      gas({ ...functions(5), data: [{ mode: "passive", offset: 0, bytes: new Uint8Array(5) }] }, { module: 3, elementSegments: 5 }, 1),
    ).toBe(0);
  });

  test("and the fixed part", () => {
    expect(activationFixedGas).toBe(1_659_168);
  });
});

describe("predictions", () => {
  const costs = (module: typeof empty, sizes: Partial<EncodedSizes> = {}, globals = 0, version = 2): unknown =>
    programCosts(module, { ...noSizes, ...sizes }, { ...noParts, module, globals }, version);

  test("by functions: 8.252, 0.1342 and 996.829", () => {
    expect(costs(functions(5000))).toEqual({ initCost: 41_260, cachedCost: 671, asmEstimate: 512_000 + 4_984_145 });
    // 7891 x 0.1342 = 1058.97: with 0.13421 it would be 1059.05
    expect(costs(functions(7891))).toEqual({ initCost: 65_116, cachedCost: 1058, asmEstimate: 512_000 + 7_865_977 });
  });

  test("by types: 1.059, 0.00089 and 11.416", () => {
    // 100 functions of 500 parameters: 52,950 + 825; 44.5 + 13; 570,800 + 99,682
    expect(costs(functions(100, 500))).toEqual({ initCost: 53_775, cachedCost: 57, asmEstimate: 512_000 + 670_482 });
  });

  test("by bytes: 0.1286, 0.00122 and 6.2628", () => {
    expect(costs(empty, { module: 500_000 })).toEqual({ initCost: 64_300, cachedCost: 610, asmEstimate: 512_000 + 3_131_400 });
  });

  test("by globals 1.628, by segments 0.75244, by pages 5", () => {
    expect(costs(empty, {}, 40_000)).toEqual({ initCost: 0, cachedCost: 65_120, asmEstimate: 512_000 });
    expect(costs(empty, { dataSegments: 70_000, elementSegments: 17_000 })).toEqual({
      initCost: 0,
      cachedCost: 65_462,
      asmEstimate: 512_000,
    });
    expect(costs({ ...empty, memory: { min: 128, max: 128 } })).toEqual({ initCost: 0, cachedCost: 640, asmEstimate: 512_000 });
  });

  test("in version 1 a start pays for the cached start too", () => {
    expect(costs(empty, { module: 100_000 }, 0, 1)).toEqual({ initCost: 12_860 + 122, cachedCost: 122, asmEstimate: 512_000 + 626_280 });
  });

  test("what does not fit its field is refused", () => {
    // 7942 x 8.252 = 65,537; 87,100 x 0.75244 = 65,537
    for (const [module, sizes] of [
      [functions(7942), {}],
      [empty, { dataSegments: 87_100 }],
    ] as const) {
      expect(() => costs(module, sizes)).toThrow(expect.objectContaining({ fault: expect.objectContaining({ code: "limitExceeded" }) }));
    }
  });
});
