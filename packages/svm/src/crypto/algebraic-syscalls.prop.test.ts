// Poseidon and the recovery of secp256k1 keys, here and on litesvm.
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak256 } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { uint64 } from "../test/token-instructions.mts";
import { bytes32 } from "./crafted-signatures.mts";
import { poseidonOrder } from "./poseidon.ts";
import { nativeRecovery, portableRecovery } from "./recover-public-key.ts";
import { createProbe, payloadAt, resultAt } from "./syscall-probe.mts";

const join = (parts: readonly Uint8Array[]): Uint8Array => Uint8Array.from(parts.flatMap((part) => [...part]));

describe("sol_poseidon", () => {
  const probe = createProbe("sol_poseidon");
  const hash = (parts: readonly Uint8Array[], order: bigint, units?: number) => {
    let at = payloadAt + BigInt(16 * parts.length);
    const slices = parts.map((part) => {
      const slice = join([uint64(at), uint64(BigInt(part.length))]);
      at += BigInt(part.length);
      return slice;
    });
    return probe.call([0n, order, payloadAt, BigInt(parts.length), resultAt], join([...slices, ...parts]), units);
  };
  const element = fc.bigInt({ min: 0n, max: poseidonOrder - 1n });

  it.each([1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12])("%i inputs", (count) => {
    fc.assert(
      fc.property(fc.array(element, { minLength: count, maxLength: count }), fc.constantFrom(0n, 1n), (values, order) => {
        const parts = values.map((value) => (order === 1n ? bytes32(value) : bytes32(value).reverse()));
        expect(hash(parts, order).code).toBe(0n);
      }),
      { numRuns: count < 4 ? 4 : 2, seed: count },
    );
  });

  it("lengths, values at the order, wrong parameters, too many inputs, pointers, units", () => {
    const codes: (bigint | undefined)[] = [];
    for (const order of [0n, 1n]) {
      for (const length of [0, 1, 31, 32, 33, 64]) codes.push(hash([new Uint8Array(length).fill(1)], order).code);
      for (const value of [0n, 1n, poseidonOrder - 1n, poseidonOrder, poseidonOrder + 1n, 2n ** 256n - 1n]) {
        for (const bytes of [bytes32(value), bytes32(value).reverse()]) codes.push(hash([new Uint8Array(32), bytes], order).code);
      }
      codes.push(hash([], order).code);
      codes.push(
        hash(
          Array.from({ length: 13 }, () => new Uint8Array(32)),
          order,
        ).code,
      );
    }
    expect(new Set(codes)).toEqual(new Set([0n, 1n, undefined]));
    const slice = join([uint64(payloadAt), uint64(32n), new Uint8Array(64)]);
    for (const args of [
      [1n, 0n, payloadAt, 1n, resultAt],
      [0n, 2n, payloadAt, 1n, resultAt],
      [0n, 2n ** 40n, payloadAt, 99n, resultAt],
      [0n, 0n, payloadAt, 2n ** 63n, resultAt],
      [0n, 0n, payloadAt, 1n, 8n],
      [0n, 0n, 8n, 1n, resultAt],
      [0n, 0n, payloadAt + 1n, 1n, resultAt],
      [0n, 0n, payloadAt + 16n, 1n, resultAt],
      [0n, 0n, payloadAt, 1n, payloadAt + 16n],
    ]) {
      for (const units of [500, 603, 621, 622, 700, 1000]) probe.call(args, slice, units);
    }
  });
});

describe("sol_secp256k1_recover", () => {
  const probe = createProbe("sol_secp256k1_recover");
  const order = secp256k1.Point.Fn.ORDER;
  const p = secp256k1.Point.Fp.ORDER;
  const big = (value: bigint): Uint8Array => bytes32(value).reverse();
  const recover = (hash: Uint8Array, recovery: bigint, signature: Uint8Array) => {
    const result = probe.call([payloadAt, recovery, payloadAt + 32n, resultAt], join([hash, signature]));
    if (recovery < 4n && result.code !== 2n) {
      // Signatures out of range are refused before a library sees them.
      const inRange = [signature.subarray(0, 32), signature.subarray(32)].every((part) => Buffer.compare(part, big(order)) < 0);
      const keys = [nativeRecovery, portableRecovery].map((library) =>
        inRange ? library?.(hash, Number(recovery), signature) : undefined,
      );
      const expected = result.code === 0n ? result.result.slice(0, 64) : undefined;
      for (const key of nativeRecovery === undefined ? keys.slice(1) : keys) expect(key && Uint8Array.from(key)).toEqual(expected);
    }
    return result.code;
  };
  const secret = fc.bigInt({ min: 1n, max: order - 1n }).map(big);

  it("signatures and their mutants", () => {
    const codes = new Map<bigint | undefined, number>();
    fc.assert(
      fc.property(
        secret,
        fc.uint8Array({ maxLength: 20 }),
        fc.option(fc.tuple(fc.nat(95), fc.nat(255))),
        fc.nat(5),
        (key, message, change, shift) => {
          const hash = keccak256(message);
          const signed = secp256k1.sign(hash, key, { prehash: false, format: "recovered" });
          const both = join([hash, signed.subarray(1)]);
          if (change !== null) both[change[0]] = change[1];
          const code = recover(both.subarray(0, 32), BigInt(((signed[0] as number) + (shift > 3 ? 0 : shift)) % 5), both.subarray(32));
          codes.set(code, (codes.get(code) ?? 0) + 1);
        },
      ),
      { numRuns: 40, seed: 4 },
    );
    expect([codes.get(0n), codes.get(2n), codes.get(3n)]).not.toContain(undefined);
  });

  it("numbers at their limits, pointers, units", () => {
    const hash = new Uint8Array(32).fill(3);
    const numbers = [0n, 1n, 2n, 5n, p - order - 1n, p - order, order - 1n, order, order + 1n, p, 2n ** 256n - 1n].map(big);
    for (const r of numbers) for (const s of [1n, order - 1n].map(big)) for (const id of [0n, 1n, 2n, 3n]) recover(hash, id, join([r, s]));
    for (const id of [4n, 27n, 255n, 256n, 2n ** 32n, 2n ** 63n]) expect(recover(hash, id, join([big(1n), big(1n)]))).toBe(2n);
    for (const s of [0n, order]) expect(recover(hash, 0n, join([big(5n), big(s)]))).toBe(3n);
    for (const digest of [new Uint8Array(32), new Uint8Array(32).fill(0xff), big(order)]) recover(digest, 0n, join([big(1n), big(1n)]));
    for (const at of [0n, 0x1_0000_0000n, 2n ** 64n - 1n]) {
      for (const place of [0, 2, 3]) {
        const args = [payloadAt, 0n, payloadAt + 32n, resultAt];
        args[place] = at;
        for (const units of [25_100, 1_400_000]) probe.call(args, new Uint8Array(96).fill(1), units);
      }
    }
    for (const units of [10, 25_000, 25_010, 25_157, 25_160, 25_171, 25_200])
      probe.call([payloadAt, 0n, payloadAt + 32n, resultAt], new Uint8Array(96).fill(1), units);
  });
});
