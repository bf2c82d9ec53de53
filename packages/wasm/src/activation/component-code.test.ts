/** The forms of a component's code, each accepted and refused. */
import { brotliCompressSync, constants } from "node:zlib";
import { addressFromHex, concatBytes, isTriremeError } from "@trireme/core";
import { describe, expect, test } from "vitest";
import { defaultStylusParameters as parameters } from "../pricing/stylus-parameters.ts";
import { componentKind, fragmentReadGas, parseRoot, programBytes, rootBytes } from "./component-code.ts";

const arbos51 = { ...parameters, arbosVersion: 51 } as const;
const wasm = Uint8Array.from({ length: 5000 }, (_, i) => (i * i) % 251);
const stream = Uint8Array.from(
  brotliCompressSync(wasm, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_LGWIN]: 22 } }),
);
const program = (...parts: readonly Uint8Array[]): Uint8Array => concatBytes(Uint8Array.of(0xef, 0xf0, 0x00, 0x00), ...parts);
const fault = (code: string): object => ({ kind: "invalid", fault: { code } });

test("what code is, by its prefix and the ArbOS version", () => {
  const kinds = (...bytes: number[]): unknown[] => [
    componentKind(Uint8Array.from(bytes), parameters),
    componentKind(Uint8Array.from(bytes), arbos51),
  ];
  expect(kinds(0xef, 0xf0, 0, 0)).toEqual(["program", "program"]);
  expect(kinds(0xef, 0xf0, 1, 0)).toEqual(["fragment", undefined]);
  expect(kinds(0xef, 0xf0, 2, 0)).toEqual(["root", undefined]);
  expect(kinds(0xef, 0xf0, 3, 0)).toEqual([undefined, undefined]);
  expect(kinds(0xef, 0xf0, 0)).toEqual([undefined, undefined]);
  expect(kinds(0xef, 0x01, 0, 0)).toEqual([undefined, undefined]);
  expect(kinds(0x60, 0xf0, 0, 0)).toEqual([undefined, undefined]);
  expect(kinds()).toEqual([undefined, undefined]);
});

/** What comes of `run` where less and less stack is left, to the very end: a call's arguments take 8 bytes each. */
function whereTheStackEnds(run: () => unknown): unknown[] {
  const attempt = (words: number): unknown => {
    try {
      return Reflect.apply(run, undefined, Array.from({ length: words }));
    } catch (error) {
      return error;
    }
  };
  let enough = 0;
  let tooMany = 2 ** 20;
  while (tooMany - enough > 1) {
    const words = (enough + tooMany) >> 1;
    if (attempt(words) instanceof RangeError) tooMany = words;
    else enough = words;
  }
  return Array.from({ length: 120 }, (_, index) => attempt(enough - 200 * (index - 10)));
}

test("where the machine's stack ends: a fault of the host, neither a refusal nor the end of the process", () => {
  const code = program(stream);
  const results = whereTheStackEnds(() => programBytes(code, parameters).kind);
  expect(new Set(results.filter((result) => !(result instanceof Error)))).toEqual(new Set(["bytes"]));
  expect(results.some((result) => isTriremeError(result) && result.code === "STACK_OVERFLOW")).toBe(true);
});

describe("a program", () => {
  test("decompressed", () => {
    expect(programBytes(program(stream), parameters)).toEqual({ kind: "bytes", bytes: wasm });
    // Bytes behind the stream do no harm.
    expect(programBytes(program(stream, Uint8Array.of(1, 2, 3)), parameters)).toEqual({ kind: "bytes", bytes: wasm });
  });

  test("of at most the chain's size", () => {
    expect(programBytes(program(stream), { ...parameters, maxWasmSize: 5000 })).toMatchObject({ kind: "bytes" });
    expect(programBytes(program(stream), { ...parameters, maxWasmSize: 4999 })).toMatchObject(fault("limitExceeded"));
    const bomb = Uint8Array.from(brotliCompressSync(new Uint8Array(10_000_000), { params: { [constants.BROTLI_PARAM_QUALITY]: 1 } }));
    expect(programBytes(program(bomb), parameters)).toMatchObject(fault("limitExceeded"));
  });

  test("whole, and of a known dictionary", () => {
    expect(programBytes(program(stream.subarray(0, -1)), parameters)).toMatchObject(fault("badForm"));
    expect(programBytes(program(), parameters)).toMatchObject(fault("badForm"));
    expect(programBytes(program(Uint8Array.of(0xff, 0xff, 0xff)), parameters)).toMatchObject(fault("badForm"));
    expect(programBytes(Uint8Array.of(0xef, 0xf0, 0, 1, ...stream), parameters)).toMatchObject(fault("notSupported"));
    expect(programBytes(Uint8Array.of(0xef, 0xf0, 0, 2, ...stream), parameters)).toMatchObject(fault("badForm"));
    expect(programBytes(Uint8Array.of(0xef, 0xf0, 1, 0, ...stream), parameters)).toMatchObject(fault("badForm"));
    expect(programBytes(Uint8Array.of(0x60, 0), parameters)).toMatchObject(fault("badForm"));
  });
});

describe("a root and its fragments", () => {
  const first = addressFromHex("0x00000000000000000000000000000000000000aa");
  const second = addressFromHex("0x00000000000000000000000000000000000000bb");
  const root = (length: number, ...addresses: readonly Uint8Array[]): Uint8Array =>
    concatBytes(
      Uint8Array.of(0xef, 0xf0, 0x02, 0x00, length >>> 24, (length >> 16) & 0xff, (length >> 8) & 0xff, length & 0xff),
      ...addresses,
    );
  const fragment = (part: Uint8Array): Uint8Array => concatBytes(Uint8Array.of(0xef, 0xf0, 0x01), part);
  const codes = [fragment(stream.subarray(0, 100)), fragment(stream.subarray(100))];

  test("parsed", () => {
    expect(parseRoot(root(5000, first, second), parameters)).toEqual({
      kind: "root",
      root: { dictionary: 0, length: 5000, fragments: [first, second] },
    });
    expect(parseRoot(root(131_072, first), parameters)).toMatchObject({ kind: "root" });
    expect(parseRoot(root(131_073, first), parameters)).toMatchObject(fault("limitExceeded"));
    expect(parseRoot(root(2 ** 31, first), parameters)).toMatchObject(fault("limitExceeded"));
    expect(parseRoot(root(5000, first, second, first), parameters)).toMatchObject(fault("limitExceeded"));
    expect(parseRoot(root(5000), parameters)).toMatchObject(fault("badForm"));
    expect(parseRoot(root(5000, first.subarray(1)), parameters)).toMatchObject(fault("badForm"));
    expect(parseRoot(root(5000, first, Uint8Array.of(1)), parameters)).toMatchObject(fault("badForm"));
    expect(parseRoot(root(5000, first), arbos51)).toMatchObject(fault("badForm"));
    // A view into a larger buffer is read where it is.
    expect(parseRoot(concatBytes(Uint8Array.of(9, 9), root(5000, first)).subarray(2), parameters)).toMatchObject({
      root: { length: 5000 },
    });
  });

  test("put together", () => {
    const whole = { dictionary: 0, length: 5000, fragments: [first, second] };
    expect(rootBytes(whole, codes, parameters)).toEqual({ kind: "bytes", bytes: wasm });
    expect(rootBytes({ ...whole, length: 5001 }, codes, parameters)).toMatchObject(fault("badForm"));
    expect(rootBytes({ ...whole, length: 4999 }, codes, parameters)).toMatchObject(fault("limitExceeded"));
    expect(rootBytes({ ...whole, length: 0 }, codes, parameters)).toMatchObject(fault("limitExceeded"));
    expect(rootBytes({ ...whole, dictionary: 1 }, codes, parameters)).toMatchObject(fault("notSupported"));
    expect(rootBytes(whole, codes.toReversed(), parameters)).toMatchObject(fault("badForm"));
    expect(rootBytes(whole, [program(stream)], parameters)).toMatchObject(fault("badForm"));
    expect(rootBytes(whole, [new Uint8Array(0)], parameters)).toMatchObject(fault("badForm"));
  });

  test("gas for reading a fragment", () => {
    // 3 a word: 24,576 bytes are 768 words
    expect([fragmentReadGas(24_576, false), fragmentReadGas(24_576, true), fragmentReadGas(33, true)]).toEqual([4904, 2404, 106]);
  });
});
