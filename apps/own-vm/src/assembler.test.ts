import { bytesToHex } from "@trireme/core";
import { expect, it } from "vitest";
import { assemble } from "./assembler.ts";

it("assembles instructions, numbers, places and comments", () => {
  const code = assemble(`
    ; adds forever
  again:
    push 0x0102   ; a number
    jump again
    dup 3
  `);
  expect(bytesToHex(code)).toBe(`0xef4f5601${"0102".padStart(64, "0")}2000030303`);
});

it("says which line it cannot read, and what it expected", () => {
  for (const [line, expected] of [
    ["fly", 'expected an instruction, got "fly"'],
    ["push", 'expected one operand, got "push"'],
    ["add 3", 'expected no operand, got "add 3"'],
    ["jump nowhere", 'expected a number or the name of a place, got "jump nowhere"'],
  ] as const) {
    expect(() => assemble(line)).toThrow(expect.objectContaining({ code: "INVALID_ENCODING", message: expected }));
  }
});
