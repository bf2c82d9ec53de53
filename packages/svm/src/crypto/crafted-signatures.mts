/** Ed25519 signatures that a careless verifier judges wrongly: mixed and small order, encodings that are not reduced. */
import { ed25519 } from "@noble/curves/ed25519.js";
import { sha512 } from "@noble/hashes/sha2.js";
import { bytesToBigint } from "@trireme/core";

/** Makes a key and a signature over any message of it. The key does not depend on the message. */
export interface CraftedSigner {
  readonly kind: string;
  readonly publicKey: Uint8Array;
  sign(message: Uint8Array): Uint8Array;
}

const { Point } = ed25519;
const order = Point.Fn.ORDER;
const p = Point.Fp.ORDER;
/** A point of order 8. */
const eighth = Point.fromHex("26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05");

/** 32 bytes, little endian. */
export const bytes32 = (value: bigint): Uint8Array => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex").reverse());
const number = (bytes: Uint8Array): bigint => bytesToBigint(Uint8Array.from(bytes).reverse());

function multiple(scalar: bigint, torsion: number) {
  return Point.BASE.multiply(scalar % order).add(torsion === 0 ? Point.ZERO : eighth.multiplyUnsafe(BigInt(torsion)));
}

function craft(
  kind: string,
  secret: bigint,
  keyTorsion: number,
  nonce: bigint,
  nonceTorsion: number,
  alter = (bytes: Uint8Array) => bytes,
): CraftedSigner {
  const publicKey = multiple(secret, keyTorsion).toBytes();
  return {
    kind,
    publicKey,
    sign(message) {
      const r = multiple(nonce, nonceTorsion).toBytes();
      const h = number(sha512(Uint8Array.from([...r, ...publicKey, ...message]))) % order;
      return alter(Uint8Array.from([...r, ...bytes32((nonce + h * secret) % order)]));
    },
  };
}

/** A key of small order, under which `R = sB` is a signature of some messages. */
function smallKey(publicKey: Uint8Array, s: bigint): CraftedSigner {
  const signature = Uint8Array.from([...Point.BASE.multiply(s).toBytes(), ...bytes32(s)]);
  return { kind: "small key", publicKey, sign: () => signature };
}

/** Signers of every kind, several of each; `seed` varies their numbers. */
export function craftedSigners(seed: bigint): readonly CraftedSigner[] {
  const a = 0x1234567n + seed * 0x9e3779b97f4a7c15n;
  const r = 0x7654321n + seed * 0xc2b2ae3d27d4eb4fn;
  const addOrder = (bytes: Uint8Array) => Uint8Array.from([...bytes.subarray(0, 32), ...bytes32(number(bytes.subarray(32)) + order)]);
  const flip = (index: number) => (bytes: Uint8Array) => bytes.map((byte, at) => (at === index ? byte ^ 1 : byte));
  const small = Array.from({ length: 8 }, (_, times) => (times === 0 ? Point.ZERO : eighth.multiplyUnsafe(BigInt(times))).toBytes());
  const unreduced = [p, p + 1n].flatMap((y) => [bytes32(y), bytes32(y + 2n ** 255n)]);
  const negativeZero = [bytes32(1n + 2n ** 255n), bytes32(p - 1n + 2n ** 255n)];
  const smallR = (bytes: Uint8Array, secret: bigint): CraftedSigner => ({
    kind: "small R",
    publicKey: multiple(secret, 0).toBytes(),
    sign(message) {
      const h = number(sha512(Uint8Array.from([...bytes, ...multiple(secret, 0).toBytes(), ...message]))) % order;
      return Uint8Array.from([...bytes, ...bytes32((h * secret) % order)]);
    },
  });
  return [
    craft("plain", a, 0, r, 0),
    craft("plain", a + 1n, 0, r + 1n, 0),
    ...[1, 2, 4, 7].map((torsion) => craft("mixed key", a + BigInt(torsion), torsion, r, 0)),
    ...[1, 2, 4].map((torsion) => craft("mixed R", a, 0, r + BigInt(torsion), torsion)),
    ...[1, 3, 5].map((torsion) => craft("mixed both", a + BigInt(torsion), torsion, r, 8 - torsion)),
    craft("s not reduced", a, 0, r, 0, addOrder),
    craft("s changed", a, 0, r, 0, flip(40)),
    craft("s with high bits", a, 0, r, 0, (bytes) => bytes.map((byte, at) => (at === 63 ? byte | 0xe0 : byte))),
    craft("R changed", a, 0, r, 0, flip(3)),
    craft("R negated", a, 0, r, 0, (bytes) => bytes.map((byte, at) => (at === 31 ? byte ^ 0x80 : byte))),
    ...[...small, ...unreduced, ...negativeZero].flatMap((key) => [smallKey(key, r % order), smallKey(key, (r + 5n) % order)]),
    ...[...small, ...unreduced, ...negativeZero].map((point) => smallR(point, a)),
    ...[2n, 3n, 4n, 7n, 18n].map((y) => ({ ...craft("key not reduced", a, 0, r, 0), publicKey: bytes32(p + y) })),
    ...[2n, 5n, 7n, 8n].map((y) => ({ ...craft("key off the curve", a, 0, r, 0), publicKey: bytes32(y) })),
    ...[2n, 3n].map((y) => craft("R not reduced", a, 0, r, 0, (bytes) => Uint8Array.from([...bytes32(p + y), ...bytes.subarray(32)]))),
    { ...craft("zeros", a, 0, r, 0), sign: () => new Uint8Array(64) },
  ];
}
