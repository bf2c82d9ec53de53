// Which compiled programs stay.
import { addressFromHex } from "@trireme/core";
import { createModelHost, stylusCode, stylusWat } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { defaultStylusParameters } from "../pricing/stylus-parameters.ts";
import { bytesFromWat } from "../test/wat.ts";
import { createProgramCache, type ProgramCacheLimits } from "./program-cache.ts";

/** A cache, and a function that gets the program with a number in it. */
function createCache(limits: ProgramCacheLimits) {
  const cache = createProgramCache(defaultStylusParameters, false, limits);
  const host = createModelHost({ environments: [] });
  const address = addressFromHex("0x00000000000000000000000000000000c0de0001");
  return (number: number) => {
    const code = stylusCode(bytesFromWat(stylusWat(`(i32.const ${number})`)));
    host.setCode(address, code);
    return cache.get(host, code, host.getCodeHash(address));
  };
}

describe("the programs that were called last stay compiled", () => {
  it("as many as may be", () => {
    const get = createCache({ programs: 2, bytes: 2 ** 20 });
    const [first, second] = [get(1), get(2)];
    expect(get(1)).toBe(first);
    // The second was called longest ago.
    get(3);
    expect(get(1)).toBe(first);
    expect(get(2)).not.toBe(second);
  });

  it("as large as may be, but the newest always", () => {
    const get = createCache({ programs: 100, bytes: 1 });
    const first = get(1);
    expect(get(1)).toBe(first);
    get(2);
    expect(get(1)).not.toBe(first);
  });
});
