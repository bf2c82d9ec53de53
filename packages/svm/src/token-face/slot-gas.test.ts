// Slots cost what SSTORE and SLOAD do: the table of EIP-3529, less the 12 gas of its four pushes.
import { bigintToBytes, type Address } from "@trireme/core";
import { createModelHost } from "@trireme/testing";
import { describe, expect, it } from "vitest";
import { AbiReader } from "../gateway/abi-reader.ts";
import { OutOfGas, type GasFrame } from "../gateway/gas-frame.ts";
import { createSvm } from "../environment.ts";
import { faceAddress } from "../test/face-world.mts";
import { loadSlot, storeSlot } from "./slot-gas.ts";

const address: Address = faceAddress(0x5a);
const key = bigintToBytes(7n, 32);
const environment = createSvm();

function frameOn(original: bigint, gas = 100_000n): GasFrame {
  const host = createModelHost({ environments: [environment] });
  host.setNonce(address, 1n);
  host.setStorage(address, key, bigintToBytes(original, 32));
  host.endTransaction();
  host.beginTransaction();
  const message = {
    kind: "call",
    scheme: "call",
    sender: address,
    recipient: address,
    codeAddress: address,
    value: 0n,
    input: new Uint8Array(0),
    gas,
    depth: 0,
    isStatic: false,
  } as const;
  return { host, message, input: new AbiReader(message.input), gas, gasRefund: 0n };
}

describe("two writes to a slot", () => {
  const rows = [
    [0n, 0n, 0n, 2_312n, 0n],
    [0n, 0n, 1n, 22_212n, 0n],
    [0n, 1n, 0n, 22_212n, 19_900n],
    [0n, 1n, 2n, 22_212n, 0n],
    [0n, 1n, 1n, 22_212n, 0n],
    [1n, 0n, 0n, 5_112n, 4_800n],
    [1n, 0n, 1n, 5_112n, 2_800n],
    [1n, 0n, 2n, 5_112n, 0n],
    [1n, 2n, 0n, 5_112n, 4_800n],
    [1n, 2n, 3n, 5_112n, 0n],
    [1n, 2n, 1n, 5_112n, 2_800n],
    [1n, 2n, 2n, 5_112n, 0n],
    [1n, 1n, 0n, 5_112n, 4_800n],
    [1n, 1n, 2n, 5_112n, 0n],
    [1n, 1n, 1n, 2_312n, 0n],
  ] as const;
  it.each(rows)("%i -> %i -> %i: %i gas, refund %i", (original, first, second, used, refund) => {
    const frame = frameOn(original);
    storeSlot(frame, address, key, first);
    storeSlot(frame, address, key, second);
    expect([100_000n - frame.gas + 12n, frame.gasRefund]).toEqual([used, refund]);
    expect(loadSlot(frame, address, key)).toBe(second);
    expect(100_000n - frame.gas + 12n).toBe(used + 100n);
  });
});

it("a cold slot costs 2,100, and no write is made on a stipend (EIP-2200)", () => {
  const frame = frameOn(5n);
  expect([loadSlot(frame, address, key), 100_000n - frame.gas]).toEqual([5n, 2_100n]);
  const poor = frameOn(5n, 2_300n);
  expect(() => storeSlot(poor, address, key, 5n)).toThrow(OutOfGas);
  const enough = frameOn(5n, 2_301n);
  storeSlot(enough, address, key, 5n);
  expect(enough.gas).toBe(101n);
});
