/** Ed25519 signatures by Solana's strict rules (dalek's `verify_strict`), with the machine's own library. */
import { createPublicKey, verify, type KeyObject } from "node:crypto";

/** DER before the 32 bytes of a public key (RFC 8410). */
const SPKI_PREFIX = Uint8Array.from([0x30, 0x2a, 0x30, 0x05, 0x06, 0x03, 0x2b, 0x65, 0x70, 0x03, 0x21, 0x00]);
/** Order of the base point, little endian. */
const ORDER = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
/** y of every point of small order, canonical or not, without the sign bit. */
const SMALL_ORDER: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(fromHex);
/** Importing a key costs as much as half a verification, and payers come again. */
const CACHED_KEYS = 4096;

const keys = new Map<string, KeyObject>();

/**
 * Whether `signature` (64 bytes) over `message` is `publicKey`'s (32 bytes). Strict: s below the order, neither R nor the
 * key of small order. Total.
 */
export function verifyEd25519(message: Uint8Array, signature: Uint8Array, publicKey: Uint8Array): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  if (!isBelowOrder(signature) || isSmallOrder(signature) || isSmallOrder(publicKey)) return false;
  const key = keyOf(publicKey);
  return key !== undefined && verify(null, message, key, signature);
}

function keyOf(publicKey: Uint8Array): KeyObject | undefined {
  const name = Buffer.from(publicKey.buffer, publicKey.byteOffset, 32).toString("latin1");
  let key = keys.get(name);
  if (key !== undefined) return key;
  try {
    key = createPublicKey({ key: Buffer.concat([SPKI_PREFIX, publicKey]), format: "der", type: "spki" });
  } catch {
    return undefined;
  }
  if (keys.size >= CACHED_KEYS) keys.clear();
  keys.set(name, key);
  return key;
}

/** s, the second half of a signature. */
function isBelowOrder(signature: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) {
    const byte = signature[32 + index] as number;
    const limit = ORDER[index] as number;
    if (byte !== limit) return byte < limit;
  }
  return false;
}

/** The first 32 bytes: R of a signature, or a key. */
function isSmallOrder(bytes: Uint8Array): boolean {
  return SMALL_ORDER.some((point) => {
    for (let index = 0; index < 31; index++) if (bytes[index] !== point[index]) return false;
    return ((bytes[31] as number) & 0x7f) === point[31];
  });
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}
