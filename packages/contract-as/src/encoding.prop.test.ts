// Whatever the values: calldata, results, events and stored strings are what viem and Solidity's documentation say.
import { bytesToHex, type Hex } from "@trireme/core";
import fc from "fast-check";
import {
  encodeEventTopics,
  encodeFunctionResult,
  getAddress,
  hexToString,
  keccak256,
  pad,
  size,
  slice,
  stringToHex,
  toHex,
  type Abi,
} from "viem";
import { beforeEach, expect, it } from "vitest";
import { openContract, type ContractClient } from "./contract-client.mts";

let contract: ContractClient;
beforeEach(async () => {
  contract = await openContract("test/everything");
});

const bytes = (minLength: number, maxLength: number) => fc.uint8Array({ minLength, maxLength }).map((value): Hex => bytesToHex(value));
const signed = (bits: number) => fc.bigInt({ min: -(2n ** BigInt(bits - 1)), max: 2n ** BigInt(bits - 1) - 1n });
const unsigned = (bits: number) => fc.bigInt({ min: 0n, max: 2n ** BigInt(bits) - 1n });
const small = (arbitrary: fc.Arbitrary<bigint>) => arbitrary.map(Number);
const list = <T>(item: fc.Arbitrary<T>) => fc.array(item, { maxLength: 4 });
// Well-formed text of any script, with lengths around a word.
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.integer({ min: 30, max: 66 }).map((length) => "x".repeat(length)),
);
const point = fc.record({ x: small(signed(32)), y: small(unsigned(16)) });
const named = fc.record({ id: unsigned(256), name: text, path: list(point) });
const all = fc.record({
  a: fc.boolean(),
  b: small(unsigned(8)),
  c: small(signed(8)),
  d: small(unsigned(32)),
  e: signed(64),
  f: unsigned(256),
  g: bytes(20, 20).map((address) => getAddress(address)),
  h: bytes(32, 32),
  i: text,
  j: bytes(0, 70),
  k: list(small(signed(16))),
  l: list(text),
  m: point,
  n: named,
  o: list(list(unsigned(64))),
});

it("encodes every type, nested too, to the bytes that viem gives", () => {
  const abi = contract.build.abi as unknown as Abi;
  fc.assert(
    fc.property(all, (values) => {
      const result = contract.raw("echo", Object.values(values));
      expect(result).toMatchObject({ kind: "success", output: encodeFunctionResult({ abi, functionName: "echo", result: values }) });
    }),
    { numRuns: 60, seed: 1 },
  );
});

it("emits what viem decodes, an indexed string as its hash", () => {
  const abi = contract.build.abi as unknown as Abi;
  fc.assert(
    fc.property(text, bytes(32, 32), signed(64), text, list(unsigned(256)), (name, hash, delta, note, numbers) => {
      const { logs } = contract.raw("emitAll", [name, hash, delta, note, numbers]);
      expect(logs[0]?.topics).toEqual(encodeEventTopics({ abi, eventName: "Everything", args: { name, hash, delta } }));
      expect(contract.write("emitAll", [name, hash, delta, note, numbers])[0]).toMatchObject({
        args: { name: keccak256(stringToHex(name)), hash, delta, text: note, numbers },
      });
    }),
    { numRuns: 30, seed: 2 },
  );
});

it("keeps strings where Solidity does, whatever stood there before", () => {
  const { host, address } = contract;
  const word = (value: bigint): Hex => toHex(value, { size: 32 });
  /** Solidity's documentation, "Layout in Storage": short with twice the length behind, or twice the length plus 1 and words at keccak256(slot). */
  const layout = (slot: bigint, value: Hex): Record<Hex, Hex> => {
    const length = size(value);
    if (length === 0) return {};
    if (length < 32)
      return { [word(slot)]: `0x${pad(value, { dir: "right", size: 31 }).slice(2)}${toHex(2 * length, { size: 1 }).slice(2)}` };
    const start = BigInt(keccak256(word(slot)));
    const words = Array.from({ length: Math.ceil(length / 32) }, (_, index) => {
      const part = slice(value, 32 * index, Math.min(length, 32 * index + 32));
      return [word(start + BigInt(index)), pad(part, { dir: "right", size: 32 })] as const;
    });
    return { [word(slot)]: word(BigInt(2 * length + 1)), ...Object.fromEntries(words.filter(([, part]) => BigInt(part) !== 0n)) };
  };
  fc.assert(
    fc.property(list(fc.tuple(text, bytes(0, 100))), (writes) => {
      for (const [string, blob] of writes) {
        contract.write("setText", [string, blob]);
        expect(host.storageOf(address)).toEqual({ ...layout(4n, stringToHex(string)), ...layout(6n, blob) });
        expect([contract.read("getText"), contract.read("getBlob")]).toEqual([hexToString(stringToHex(string)), blob]);
      }
    }),
    { numRuns: 25, seed: 3 },
  );
});
