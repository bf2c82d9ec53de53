import { addressFromBytes, hexToBytes, keccak256, type Log } from "@trireme/core";
import * as fc from "fast-check";
import { toRlp } from "viem";
import { expect, test } from "vitest";
import { bloomMayHold, encodeLogs, encodeReceipt, logsBloom, mergeBlooms } from "./receipt.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const log: fc.Arbitrary<Log> = fc.record({
  address: bytes(20).map(addressFromBytes),
  topics: fc.array(bytes(32), { maxLength: 4 }),
  data: fc.uint8Array({ maxLength: 100 }),
});

test("a bloom holds every address and topic, three bits each at most, and blooms add up", () => {
  fc.assert(
    fc.property(fc.array(log, { maxLength: 6 }), fc.array(log, { maxLength: 6 }), (first, second) => {
      const bloom = logsBloom([...first, ...second]);
      expect(mergeBlooms([logsBloom(first), logsBloom(second)])).toEqual(bloom);
      const values = [...first, ...second].flatMap(({ address, topics }) => [address, ...topics]);
      expect(values.every((value) => bloomMayHold(bloom, value))).toBe(true);
      const bits = bloom.reduce((sum, byte) => sum + byte.toString(2).replaceAll("0", "").length, 0);
      expect(bits).toBeLessThanOrEqual(3 * values.length);
    }),
  );
});

test("the bits of one value are where the Yellow Paper puts them", () => {
  const address = addressFromBytes(hexToBytes("0x095e7baea6a6c7c4c2dfeb977efac326af552d87"));
  const hash = keccak256(address);
  let expected = 0n;
  for (const at of [0, 2, 4]) expected |= 1n << BigInt((((hash[at] as number) << 8) + (hash[at + 1] as number)) % 2048);
  expect(logsBloom([{ address, topics: [], data: new Uint8Array(0) }])).toEqual(
    hexToBytes(`0x${expected.toString(16).padStart(512, "0")}`),
  );
  expect(bloomMayHold(new Uint8Array(256), address)).toBe(false);
});

test("the hash of no logs is what state tests have for it", () => {
  expect(keccak256(encodeLogs([]))).toEqual(hexToBytes("0x1dcc4de8dec75d7aab85b567b6ccd41ad312451b948a7413f0a142fd40d49347"));
});

test("receipts are viem's RLP behind the type byte; type 0 has none", () => {
  fc.assert(
    fc.property(fc.array(log, { maxLength: 3 }), fc.constantFrom(0, 1, 2, 3, 4, 0x74), fc.boolean(), (logs, type, succeeded) => {
      const bloom = logsBloom(logs);
      const body = toRlp(
        [
          Uint8Array.from(succeeded ? [1] : []),
          Uint8Array.of(0x52, 0x08),
          bloom,
          logs.map(({ address, topics, data }) => [address, [...topics], data]),
        ],
        "bytes",
      );
      const encoded = encodeReceipt({ type, succeeded, cumulativeGasUsed: 21_000n, logsBloom: bloom, logs });
      expect(encoded).toEqual(type === 0 ? body : Uint8Array.of(type, ...body));
    }),
  );
});
