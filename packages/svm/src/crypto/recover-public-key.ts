/** secp256k1 public key recovery: the optional native library, or JavaScript; both take a high s. */
import { rethrowStackOverflow } from "@trireme/core";
import { createRequire } from "node:module";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import type * as NativeSecp256k1 from "secp256k1";

/**
 * The public key (64 bytes, x and y) that made a signature (r and s, 64 bytes) over a 32-byte hash; `recovery` is 0 to 3.
 * Undefined where there is none. Total.
 */
export type PublicKeyRecovery = (hash: Uint8Array, recovery: number, signature: Uint8Array) => Uint8Array | undefined;

/** Recovery in JavaScript. */
export const portableRecovery: PublicKeyRecovery = (hash, recovery, signature) => {
  try {
    return secp256k1.Signature.fromBytes(signature).addRecoveryBit(recovery).recoverPublicKey(hash).toBytes(false).slice(1);
  } catch (error) {
    rethrowStackOverflow(error);
    return undefined;
  }
};

/** Recovery by the native library; undefined where it is not installed. */
export const nativeRecovery: PublicKeyRecovery | undefined = loadNativeRecovery();

/** The faster of the two. */
export const recoverPublicKey: PublicKeyRecovery = nativeRecovery ?? portableRecovery;

const order = Uint8Array.from(Buffer.from("fffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141", "hex"));

/** Whether r and s (64 bytes) are below the order, as libsecp256k1's `parse_standard` asks; 0 is. */
export function isStandardSignature(signature: Uint8Array): boolean {
  return Buffer.compare(signature.subarray(0, 32), order) < 0 && Buffer.compare(signature.subarray(32, 64), order) < 0;
}

function loadNativeRecovery(): PublicKeyRecovery | undefined {
  let native: Pick<typeof NativeSecp256k1, "ecdsaRecover">;
  try {
    // The package's own entry falls back to a JavaScript library that is slower than ours.
    native = createRequire(import.meta.url)("secp256k1/bindings.js") as typeof NativeSecp256k1;
  } catch {
    return undefined;
  }
  // Copies, because the arguments may be views into the memory of a guest.
  return (hash, recovery, signature) => {
    try {
      return native.ecdsaRecover(signature.slice(), recovery, hash.slice(), false).slice(1);
    } catch (error) {
      rethrowStackOverflow(error);
      return undefined;
    }
  };
}
