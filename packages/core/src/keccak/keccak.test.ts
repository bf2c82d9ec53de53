import { keccak_256 } from "@noble/hashes/sha3.js";
import { describe, expect, it } from "vitest";
import { bytesToHex } from "../bytes.ts";
import { createKeccakBatch } from "./keccak-batch.ts";
import { keccak256 } from "./keccak.ts";

const message = (length: number, seed: number) => {
  const bytes = new Uint8Array(length);
  let state = seed + 1;
  for (let index = 0; index < length; index++) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
    bytes[index] = state >>> 24;
  }
  return bytes;
};

describe("keccak256", () => {
  it("gives Ethereum's known digests", () => {
    const text = (value: string) => bytesToHex(keccak256(new TextEncoder().encode(value)));
    expect(text("")).toBe("0xc5d2460186f7233c927e7db2dcc703c0e500b653ca82273b7bfad8045d85a470");
    expect(text("abc")).toBe("0x4e03657aea45a94fc7d47ba826c8d667c0d1e6e33a64a036ec44f58fa12d6c45");
    expect(text("Transfer(address,address,uint256)")).toBe("0xddf252ad1be2c89b69c2b068fc378daa952ba7f163c4a11628f55a4df523b3ef");
    expect(bytesToHex(keccak256(Uint8Array.of(0x80)))).toBe("0x56e81f171bcc55a6ff8345e692c0f86e5b48e01b996cadc001622fb5e363b421");
  });

  it("equals another implementation at every length from 0 to 600", () => {
    for (let length = 0; length <= 600; length++) {
      const data = message(length, length);
      expect(bytesToHex(keccak256(data)), `length ${length}`).toBe(bytesToHex(keccak_256(data)));
    }
  });

  it.each([24_576, 54_399, 54_400, 54_401, 54_536, 108_800, 108_801, 131_072, 300_007])("streams %i bytes", (length) => {
    const data = message(length, length);
    expect(bytesToHex(keccak256(data))).toBe(bytesToHex(keccak_256(data)));
  });

  it("gives an array of its own, leaves its input alone and forgets the message before", () => {
    const data = message(200, 1);
    const copy = data.slice();
    const first = keccak256(data);
    const firstCopy = first.slice();
    keccak256(message(60_000, 2));
    expect(first).toEqual(firstCopy);
    expect(data).toEqual(copy);
    expect(keccak256(data.subarray(0, 100))).toEqual(keccak_256(data.slice(0, 100)));
  });

  it("reads shared memory", () => {
    const shared = new Uint8Array(new SharedArrayBuffer(300)).fill(7);
    expect(keccak256(shared)).toEqual(keccak_256(new Uint8Array(300).fill(7)));
  });
});

describe("createKeccakBatch", () => {
  it("hashes messages of every length from 0 to 600 like keccak256, whatever lay there before", () => {
    const batch = createKeccakBatch({ bytes: 30_000, messages: 64 });
    let pending: Uint8Array[] = [];
    const drain = () => {
      const hashed = batch.hash();
      expect(hashed).toBe(pending.length);
      pending.forEach((data, index) => {
        expect(batch.digests.slice(index * 32, index * 32 + 32)).toEqual(keccak_256(data));
        expect(batch.digestView.getUint8(index * 32 + 31)).toBe(keccak_256(data)[31]);
      });
      pending = [];
    };
    for (let length = 0; length <= 600; length++) {
      const data = message(length, length + 5);
      let offset = batch.reserve(length);
      if (offset === -1) {
        drain();
        offset = batch.reserve(length);
      }
      batch.bytes.set(data, offset);
      pending.push(data);
    }
    drain();
    expect(batch.hash()).toBe(0);
  });

  it("answers -1 when the messages or the bytes are used up", () => {
    const batch = createKeccakBatch({ bytes: 100, messages: 3 });
    expect(batch.reserve(101)).toBe(-1);
    expect([batch.reserve(60), batch.reserve(41), batch.reserve(40), batch.reserve(0), batch.reserve(0)]).toEqual([0, -1, 60, 100, -1]);
    expect(batch.hash()).toBe(3);
    expect(batch.reserve(100)).toBe(0);
  });

  it("keeps batches apart", () => {
    const [left, right] = [createKeccakBatch({ bytes: 8, messages: 1 }), createKeccakBatch({ bytes: 8, messages: 1 })];
    left.bytes[left.reserve(1)] = 1;
    right.bytes[right.reserve(1)] = 2;
    right.hash();
    left.hash();
    expect(left.digests).toEqual(keccak_256(Uint8Array.of(1)));
    expect(right.digests).toEqual(keccak_256(Uint8Array.of(2)));
  });

  it.each([
    { bytes: 0, messages: 1 },
    { bytes: 1, messages: 0 },
    { bytes: Number.NaN, messages: 1 },
  ])("refuses room for nothing: %o", (options) => {
    expect(() => createKeccakBatch(options)).toThrow(/expected room/);
  });
});
