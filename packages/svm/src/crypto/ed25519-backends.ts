/** Libraries that verify ed25519 without a cofactor, comparing the bytes of R: what dalek's `verify_strict` does after its own checks. */
import { rethrowStackOverflow } from "@trireme/core";
import { createPublicKey, verify, type KeyObject } from "node:crypto";
import { createRequire } from "node:module";

/** Verifies one signature (64 bytes) by a key (32 bytes). Whether it refuses points of small order is its own affair. Total. */
export type Ed25519Backend = (message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array) => boolean;

/** What is used of sodium-native. */
interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** DER before the 32 bytes of a public key (RFC 8410). */
const spkiPrefix = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
/** Importing a key costs as much as half a verification, and payers come again. */
const cachedKeys = 4096;
const keys = new Map<string, KeyObject>();

/**
 * A signature whose R has a part of order 8 (a multiple of the base point plus a point of order 8): it holds with the
 * cofactor only, so Solana refuses it. Of one zero byte.
 */
const cofactorProbe = {
  publicKey: fromHex("7db0dc9222f3c183457ddde4c708de8e5ea6bf3d5c4404cca14b32729a05c32a"),
  signature: fromHex(
    "1dd960b291c53514fece1341fc0dcd8a648b3934c2c533666f737a654ff1e1bf55c066a8ceb3293816bdfddcb9ed2cf3faf1ab7461dc0a9796c0ec276931a907",
  ),
} as const;

/** node's own library: OpenSSL. */
export const nodeBackend: Ed25519Backend = (message, signature, publicKey) => {
  const key = keyOf(publicKey);
  return key !== undefined && verify(null, message, key, signature);
};

/** The optional sodium-native, nearly twice as fast; undefined where it is not installed, or where it verifies with the cofactor. */
export const sodiumBackend: Ed25519Backend | undefined = loadSodium();

function loadSodium(): Ed25519Backend | undefined {
  let sodium: Sodium;
  try {
    sodium = createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch {
    return undefined;
  }
  // Small arrays live in V8's heap, and native code moves each that it is given out of it: these have moved once and for all.
  const given = { signature: Buffer.alloc(64), publicKey: Buffer.alloc(32) };
  const backend: Ed25519Backend = (message, signature, publicKey) => {
    given.signature.set(signature);
    given.publicKey.set(publicKey);
    return sodium.crypto_sign_verify_detached(given.signature, message, given.publicKey);
  };
  const { signature, publicKey } = cofactorProbe;
  return backend(Uint8Array.of(0), signature, publicKey) ? undefined : backend;
}

function keyOf(publicKey: Uint8Array): KeyObject | undefined {
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, 32).toString("latin1");
  let key = keys.get(name);
  if (key !== undefined) return key;
  try {
    key = createPublicKey({ key: Buffer.concat([spkiPrefix, publicKey]), format: "der", type: "spki" });
  } catch (error) {
    rethrowStackOverflow(error);
    return undefined;
  }
  if (keys.size >= cachedKeys) keys.clear();
  keys.set(name, key);
  return key;
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}
