import { addressFromHex, hexToBytes, type Log } from "@trireme/core";
import fc from "fast-check";
import { encodeAbiParameters, toHex } from "viem";
import { expect, it } from "vitest";
import { withEventLines } from "./event-lines.ts";

const program = addressFromHex(`0x${"70".repeat(20)}`);
const topic = hexToBytes("0xcf18d9d3c0e4dcabe60058e25eb105ef0fb91396eb720a17107e2c100ea58e3d");
const programData = (data: Uint8Array): Log => ({ address: program, topics: [topic], data });
const fields = fc.array(fc.uint8Array({ maxLength: 70 }), { maxLength: 5 });
const encode = (values: readonly Uint8Array[]): Uint8Array =>
  hexToBytes(encodeAbiParameters([{ type: "bytes[]" }], [values.map((value) => toHex(value))]));
const lineOf = (values: readonly Uint8Array[]): string =>
  `Program data: ${values.map((value) => Buffer.from(value).toString("base64")).join(" ")}`;

it("a log of sol_log_data is shown by its own line, once for each, and by a line of its own where it has none", () => {
  fc.assert(
    fc.property(fc.array(fields, { maxLength: 4 }), fc.array(fields, { maxLength: 2 }), (printed, foreign) => {
      const lines = ["Program log: one", ...printed.map(lineOf)];
      const logs = [...printed, ...foreign].map((values) => programData(encode(values)));
      const shown = withEventLines(lines, logs);
      expect(shown.slice(0, lines.length)).toEqual(lines);
      expect(shown.slice(lines.length).every((line) => line.startsWith("EVM log: "))).toBe(true);
      expect(shown).toHaveLength(lines.length + foreign.length);
    }),
  );
});

it("any other log is a line that says all of it, whatever its data", () => {
  const truncated = fc.tuple(fields, fc.nat(200)).map(([values, length]) => encode(values).subarray(0, length));
  // Lengths and offsets that lead anywhere: a contract may have made them.
  const damaged = fc.tuple(fields, fc.nat(), fc.nat(255)).map(([values, at, value]) => {
    const bytes = encode(values);
    return bytes.with(at % bytes.length, value);
  });
  const data = fc.oneof(fc.uint8Array({ maxLength: 200 }), truncated, damaged);
  fc.assert(
    fc.property(data, fc.integer({ min: 0, max: 4 }), (bytes, count) => {
      const log = { address: program, topics: Array.from({ length: count }, () => topic), data: bytes };
      const [line, ...more] = withEventLines([], [log]);
      expect(more).toEqual([]);
      const expected = { address: `0x${"70".repeat(20)}`, topics: log.topics.map((each) => toHex(each)), data: toHex(bytes) };
      expect(JSON.parse((line as string).slice("EVM log: ".length))).toEqual(expected);
    }),
  );
});
