/**
 * secp256k1 signatures over 32-byte hashes. The native library is used where it is installed (x22 faster), the
 * JavaScript one elsewhere; both are as strict: r and s in range, s in the lower half (EIP-2), yParity 0 or 1.
 */
import { createRequire } from "node:module";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type * as NativeSecp256k1 from "secp256k1";
import { addressFromBytes, bigintToBytes, bytesToBigint, keccak256, type Address } from "@trireme/core";
import type { Signature } from "./ethereum-transaction.ts";

const ORDER = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const HALF_ORDER = ORDER >> 1n;

/**
 * Gives the uncompressed public key, 65 bytes, of a signature (r ‖ s) in range; undefined where there is none. The key
 * is to be read before the next recovery, which may write over it.
 */
export type PublicKeyRecovery = (signature: Uint8Array, recovery: number, hash: Uint8Array) => Uint8Array | undefined;

/** Recovery in JavaScript. */
export const portableRecovery: PublicKeyRecovery = (signature, recovery, hash) => {
  try {
    return secp256k1.Signature.fromBytes(signature).addRecoveryBit(recovery).recoverPublicKey(hash).toBytes(false);
  } catch {
    return undefined;
  }
};

/** Recovery by the optional native library; undefined where it is not installed. */
export const nativeRecovery: PublicKeyRecovery | undefined = loadNativeRecovery();

/** Address that made `signature` over `hash`; undefined for a signature that is not valid under EIP-2. */
export function recoverSigner(
  hash: Uint8Array,
  signature: Signature,
  recover: PublicKeyRecovery = nativeRecovery ?? portableRecovery,
): Address | undefined {
  const { yParity, r, s } = signature;
  if ((yParity !== 0 && yParity !== 1) || r <= 0n || r >= ORDER || s <= 0n || s > HALF_ORDER) return undefined;
  const bytes = new Uint8Array(64);
  bytes.set(bigintToBytes(r, 32), 0);
  bytes.set(bigintToBytes(s, 32), 32);
  const publicKey = recover(bytes, yParity, hash);
  return publicKey === undefined ? undefined : addressFromBytes(keccak256(publicKey.subarray(1)).slice(12));
}

/** Signs a 32-byte hash deterministically (RFC 6979). For tools and tests. @throws when `privateKey` is none */
export function signHash(hash: Uint8Array, privateKey: Uint8Array): Signature {
  const bytes = secp256k1.sign(hash, privateKey, { prehash: false, format: "recovered" });
  return { yParity: bytes[0] as number, r: bytesToBigint(bytes.subarray(1, 33)), s: bytesToBigint(bytes.subarray(33)) };
}

/** Address of a 32-byte private key. @throws when `privateKey` is none */
export function addressOfPrivateKey(privateKey: Uint8Array): Address {
  return addressFromBytes(keccak256(secp256k1.getPublicKey(privateKey, false).subarray(1)).slice(12));
}

function loadNativeRecovery(): PublicKeyRecovery | undefined {
  let native: Pick<typeof NativeSecp256k1, "ecdsaRecover">;
  try {
    // The package's own entry falls back to a JavaScript library that is slower than ours.
    native = createRequire(import.meta.url)("secp256k1/bindings.js") as typeof NativeSecp256k1;
  } catch {
    return undefined;
  }
  // Small arrays live in V8's heap, and native code moves each that it is given out of it: these have moved once and for all.
  const given = { signature: new Uint8Array(64), hash: new Uint8Array(32), publicKey: new Uint8Array(65) };
  return (signature, recovery, hash) => {
    try {
      given.signature.set(signature);
      given.hash.set(hash);
      return native.ecdsaRecover(given.signature, recovery, given.hash, false, given.publicKey);
    } catch {
      return undefined;
    }
  };
}
