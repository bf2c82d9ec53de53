/** The record's word, and what a program's age allows. */
import { hexToBytes } from "@trireme/core";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { defaultStylusParameters as parameters } from "../pricing/stylus-parameters.ts";
import { arbitrumStart, canKeepAlive, hoursSinceArbitrum, isUpToDate, programAge, programStatus, programTimeLeft } from "./program-age.ts";
import { decodeProgramRecord, encodeProgramRecord, type ProgramRecord } from "./program-record.ts";

const record: ProgramRecord = {
  version: 2,
  initCost: 0x0102,
  cachedCost: 0x0304,
  footprint: 0x0506,
  activatedAt: 0x07_0809,
  asmEstimateKb: 0x0a_0b0c,
  cached: true,
};

describe("codec", () => {
  test("fields from the left, zeros behind them", () => {
    const word = hexToBytes(`0x00020102030405060708090a0b0c01${"00".repeat(17)}`);
    expect(encodeProgramRecord(record)).toEqual(word);
    expect(decodeProgramRecord(word)).toEqual(record);
    expect(decodeProgramRecord(new Uint8Array(32))).toEqual({
      version: 0,
      initCost: 0,
      cachedCost: 0,
      footprint: 0,
      activatedAt: 0,
      asmEstimateKb: 0,
      cached: false,
    });
  });

  test("there and back", () => {
    const u16 = fc.integer({ min: 0, max: 0xffff });
    const u24 = fc.integer({ min: 0, max: 0xff_ffff });
    const records = fc.record({
      version: u16,
      initCost: u16,
      cachedCost: u16,
      footprint: u16,
      activatedAt: u24,
      asmEstimateKb: u24,
      cached: fc.boolean(),
    });
    fc.assert(
      fc.property(records, (given) => {
        expect(decodeProgramRecord(encodeProgramRecord(given))).toEqual(given);
      }),
    );
  });

  test("what does not fit is refused", () => {
    for (const wrong of [{ version: 0x1_0000 }, { asmEstimateKb: 0x100_0000 }, { initCost: -1 }, { footprint: 0.5 }]) {
      expect(() => encodeProgramRecord({ ...record, ...wrong })).toThrow(expect.objectContaining({ code: "INVALID_ARGUMENT" }));
    }
    expect(() => decodeProgramRecord(new Uint8Array(31))).toThrow(expect.objectContaining({ code: "INVALID_LENGTH" }));
  });
});

describe("age", () => {
  const day = 86_400;
  const activatedAt = 1000;
  const then = arbitrumStart + activatedAt * 3600;
  const active = { ...record, activatedAt };

  test("hours since 1421388000, rounded down, in 24 bits", () => {
    expect([0, arbitrumStart, arbitrumStart + 3599, arbitrumStart + 3600, then].map(hoursSinceArbitrum)).toEqual([0, 0, 0, 1, 1000]);
    expect(hoursSinceArbitrum(arbitrumStart + 3600 * 0x100_0000)).toBe(0xff_ffff);
    expect([programAge(activatedAt, then + 77), programAge(activatedAt, then - 5)]).toEqual([77, 0]);
  });

  test("a program runs for 365 days", () => {
    expect(programStatus(active, then + 365 * day, parameters)).toEqual({ kind: "active", ageSeconds: 31_536_000 });
    expect(programStatus(active, then + 365 * day + 1, parameters)).toEqual({ kind: "expired", ageSeconds: 31_536_001 });
    expect([programTimeLeft(0, parameters), programTimeLeft(31_536_000, parameters)]).toEqual([31_536_000, 0]);
  });

  test("a record of no version, and of another one", () => {
    expect(programStatus({ ...active, version: 0 }, then, parameters)).toEqual({ kind: "notActivated" });
    expect(programStatus({ ...active, version: 1 }, then, parameters)).toEqual({ kind: "needsUpgrade", version: 1, stylusVersion: 2 });
  });

  test("its life can be extended after 31 days", () => {
    expect([31 * day - 1, 31 * day].map((age) => canKeepAlive(age, parameters))).toEqual([false, true]);
  });

  test("it can be activated again once it is of another version or expired", () => {
    expect(isUpToDate(active, then + 365 * day, parameters)).toBe(true);
    expect(isUpToDate(active, then + 365 * day + 1, parameters)).toBe(false);
    expect(isUpToDate({ ...active, version: 1 }, then, parameters)).toBe(false);
    expect(isUpToDate(decodeProgramRecord(new Uint8Array(32)), then, parameters)).toBe(false);
  });
});
