import { expect, test } from "vitest";
import { maxProgramLength } from "./memory-layout.ts";
import { entrypointKey, functionKey, functionPc, murmur3 } from "./murmur3.ts";

test("names of syscalls hash as in Agave", () => {
  const hashes = { abort: 0xb6fc1a11, sol_panic_: 0x686093bb, sol_log_: 0x207559bd, sol_sha256: 0x11f49d86, sol_get_sysvar: 0x13c1b505 };
  for (const [name, hash] of Object.entries(hashes)) expect([name, murmur3(name)]).toEqual([name, hash]);
  expect(entrypointKey).toBe(0x71e3cf81);
});

test("a function's key is the hash of its slot as a u64", () => {
  for (const pc of [0, 1, 5, 0xffff, 0x14_0000]) {
    const bytes = new Uint8Array(8);
    new DataView(bytes.buffer).setUint32(0, pc, true);
    expect(functionKey(pc)).toBe(murmur3(bytes));
    expect(functionPc(functionKey(pc))).toBe(pc);
  }
});

test("no slot of the longest text has the key of the entrypoint", () => {
  expect(functionPc(entrypointKey)).toBeGreaterThan(maxProgramLength / 8);
  expect(functionKey(functionPc(entrypointKey))).toBe(entrypointKey);
});
