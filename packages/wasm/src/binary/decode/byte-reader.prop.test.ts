import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { bytesOfSections } from "../../test/module-builder.ts";
import { createByteWriter, writeS32, writeS64, writeU32, type ByteWriter } from "../encode/byte-writer.ts";
import { highHalf, readS32, readS64, readU32, type ByteReader } from "./byte-reader.ts";

function readerOf(...bytes: number[]): ByteReader {
  return { bytes: Uint8Array.from(bytes), at: 0, end: bytes.length };
}

function bytesOf(write: (writer: ByteWriter) => void): number[] {
  const writer = createByteWriter(0);
  write(writer);
  return [...writer.bytes.subarray(0, writer.at)];
}

/** The specification's definition: seven bits a byte, the lowest first, the last with the sign in bit 6. */
function shortestSigned(value: bigint): number[] {
  const septet = Number(value & 0x7fn);
  const rest = value >> 7n;
  return (rest === 0n && septet < 64) || (rest === -1n && septet >= 64) ? [septet] : [septet | 0x80, ...shortestSigned(rest)];
}

function shortestUnsigned(value: number): number[] {
  return value < 128 ? [value] : [(value % 128) | 0x80, ...shortestUnsigned(Math.floor(value / 128))];
}

const near = fc.integer({ min: 0, max: 64 }).chain((bits) => fc.bigInt({ min: -2n, max: 2n }).map((delta) => (1n << BigInt(bits)) + delta));
const any64 = fc
  .oneof(
    fc.bigInt({ min: -(1n << 63n), max: (1n << 63n) - 1n }),
    near,
    near.map((value) => -value),
  )
  .map((value) => BigInt.asIntN(64, value));
const halves = (value: bigint): [number, number] => [Number(BigInt.asIntN(32, value)), Number(BigInt.asIntN(32, value >> 32n))];

describe("LEB128", () => {
  test("64 bits, signed: the shortest form is written and read", () => {
    fc.assert(
      fc.property(any64, (value) => {
        const [low, high] = halves(value);
        const bytes = bytesOf((writer) => writeS64(writer, low, high));
        expect(bytes).toEqual(shortestSigned(value));
        const reader = readerOf(...bytes);
        expect([readS64(reader, "a value"), highHalf, reader.at]).toEqual([low, high, bytes.length]);
      }),
      { numRuns: 1000 },
    );
  });

  test("32 bits: the shortest forms are written and read", () => {
    fc.assert(
      fc.property(any64, (value) => {
        const [signed] = halves(value);
        const unsigned = signed >>> 0;
        const [signedBytes, unsignedBytes] = [
          bytesOf((writer) => writeS32(writer, signed)),
          bytesOf((writer) => writeU32(writer, unsigned)),
        ];
        expect([signedBytes, unsignedBytes]).toEqual([shortestSigned(BigInt(signed)), shortestUnsigned(unsigned)]);
        expect([readS32(readerOf(...signedBytes), ""), readU32(readerOf(...unsignedBytes), "")]).toEqual([signed, unsigned]);
      }),
      { numRuns: 1000 },
    );
  });

  test("any bytes: V8 takes an i64 or i32 constant when we do, with the same value", () => {
    // Continued bytes and a last one: anything else is two constants, or none.
    const continued = fc.array(fc.oneof(fc.constantFrom(0x80, 0xff, 0xf8, 0xc0), fc.integer({ min: 0x80, max: 0xff })), { maxLength: 10 });
    const last = fc.oneof(fc.constantFrom(0x7f, 0, 0x40, 0x3f, 0x78, 0x07, 0x08, 0x01), fc.nat(0x7f));
    const constantBytes = fc.tuple(continued, last).map(([head, end]) => [...head, end]);
    fc.assert(
      fc.property(constantBytes, fc.boolean(), (constant, wide) => {
        const reader = readerOf(...constant);
        let ours: number | bigint | undefined;
        try {
          const low = wide ? readS64(reader, "") : readS32(reader, "");
          const value = wide ? (BigInt(highHalf) << 32n) | BigInt(low >>> 0) : low;
          ours = reader.at === constant.length ? value : undefined;
        } catch {
          ours = undefined;
        }
        expect(ours).toEqual(valueInV8(constant, wide));
      }),
      { numRuns: 1000 },
    );
  });
});

/** What V8 makes of these bytes as a constant; undefined when it refuses them. */
function valueInV8(constant: readonly number[], wide: boolean): number | bigint | undefined {
  const body = [0, wide ? 0x42 : 0x41, ...constant, 0x0b];
  const type = wide ? 0x7e : 0x7f;
  const exported = [0x61, 0, 0];
  const module = bytesOfSections([1, 1, 0x60, 0, 1, type], [3, 1, 0], [7, 1, 1, ...exported], [10, 1, body.length, ...body]);
  if (!WebAssembly.validate(module)) return undefined;
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(module));
  return (exports["a"] as () => number | bigint)();
}
