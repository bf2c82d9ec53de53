import * as fc from "fast-check";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { bigintToBytes } from "@trireme/core";
import { expect, test } from "vitest";
import { nativeRecovery, portableRecovery, type RecoverPublicKey } from "./recover-public-key.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const edge = fc
  .constantFrom(0n, 1n, ORDER - 1n, ORDER, ORDER + 1n, 2n ** 256n - 1n, ORDER >> 1n, (ORDER >> 1n) + 1n)
  .map((value) => bigintToBytes(value, 32));
const scalar = fc.oneof(bytes32, edge);

const attempt = (recover: RecoverPublicKey, ...args: Parameters<RecoverPublicKey>): Uint8Array | undefined => {
  try {
    return recover(...args);
  } catch {
    return undefined;
  }
};

test.skipIf(nativeRecovery === undefined)("native and portable recovery agree on every signature", () => {
  const native = nativeRecovery as RecoverPublicKey;
  fc.assert(
    fc.property(bytes32, fc.constantFrom(27n, 28n), scalar, scalar, (hash, v, r, s) => {
      expect(attempt(native, hash, v, r, s)).toEqual(attempt(portableRecovery, hash, v, r, s));
    }),
    { numRuns: 150 },
  );
});

test("a signature gives its key back, with a low s and with a high one", () => {
  const secret = bigintToBytes(77n, 32);
  const hash = bigintToBytes(5n, 32);
  const signature = secp256k1.sign(hash, secret, { prehash: false, format: "recovered" });
  const key = secp256k1.getPublicKey(secret, false).slice(1);
  const r = signature.slice(1, 33);
  const s = signature.slice(33);
  const high = bigintToBytes(ORDER - BigInt(`0x${Buffer.from(s).toString("hex")}`), 32);
  const v = 27n + BigInt(signature[0] as number);
  for (const recover of [portableRecovery, nativeRecovery ?? portableRecovery]) {
    expect(recover(hash, v, r, s)).toEqual(key);
    expect(recover(hash, 55n - v, r, high)).toEqual(key);
  }
});
