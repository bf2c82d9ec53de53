/** secp256k1 public key recovery for ECRECOVER: the optional native library, or JavaScript; both accept a high s. */
import { createRequire } from "node:module";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type * as NativeSecp256k1 from "secp256k1";

/** Recovers the 64-byte public key; `v` is 27 or 28, r and s have 32 bytes. @throws when there is none */
export type RecoverPublicKey = (hash: Uint8Array, v: bigint, r: Uint8Array, s: Uint8Array) => Uint8Array;

/** Recovery in JavaScript. */
export const portableRecovery: RecoverPublicKey = (hash, v, r, s) =>
  secp256k1.Signature.fromBytes(compact(r, s)).addRecoveryBit(recoveryOf(v)).recoverPublicKey(hash).toBytes(false).slice(1);

/** Recovery by the native library; undefined where it is not installed. */
export const nativeRecovery: RecoverPublicKey | undefined = loadNativeRecovery();

/** The faster of the two. */
export const recoverPublicKey: RecoverPublicKey = nativeRecovery ?? portableRecovery;

function loadNativeRecovery(): RecoverPublicKey | undefined {
  let native: Pick<typeof NativeSecp256k1, "ecdsaRecover">;
  try {
    // The package's own entry falls back to a JavaScript library that is slower than ours.
    native = createRequire(import.meta.url)("secp256k1/bindings.js") as typeof NativeSecp256k1;
  } catch {
    return undefined;
  }
  return (hash, v, r, s) => native.ecdsaRecover(compact(r, s), recoveryOf(v), hash, false).slice(1);
}

function compact(r: Uint8Array, s: Uint8Array): Uint8Array {
  const signature = new Uint8Array(64);
  signature.set(r, 0);
  signature.set(s, 32);
  return signature;
}

function recoveryOf(v: bigint): number {
  return Number(v) - 27;
}
