/** Ed25519 signatures by Solana's strict rules (dalek's `verify_strict`), with the fastest library of the machine. */
import { nodeBackend, sodiumBackend, type Ed25519Backend } from "./ed25519-backends.ts";

/** A signature to be verified. The bytes are only read. */
export interface Ed25519Claim {
  readonly message: Uint8Array;
  /** 64 bytes. */
  readonly signature: Uint8Array;
  /** 32 bytes. */
  readonly publicKey: Uint8Array;
}

/** Order of the base point, little endian. */
const order = fromHex("edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010");
/** y of every point of small order, canonical or not, without the sign bit. */
const smallOrder: readonly Uint8Array[] = [
  "0000000000000000000000000000000000000000000000000000000000000000",
  "0100000000000000000000000000000000000000000000000000000000000000",
  "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
  "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
  "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
  "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
].map(fromHex);
/** The last bytes of those, sign bit aside: few other points end so. */
const smallOrderEnds: ReadonlySet<number> = new Set(smallOrder.map((point) => point[31] as number));

/**
 * Whether `signature` (64 bytes) over `message` is `publicKey`'s (32 bytes). Strict: s below the order, neither R nor the
 * key of small order. Total.
 */
export function verifyEd25519(
  message: Uint8Array,
  signature: Uint8Array,
  publicKey: Uint8Array,
  backend: Ed25519Backend = sodiumBackend ?? nodeBackend,
): boolean {
  if (signature.length !== 64 || publicKey.length !== 32) return false;
  if (!isBelowOrder(signature) || isSmallOrder(signature) || isSmallOrder(publicKey)) return false;
  return backend(message, signature, publicKey);
}

/**
 * Verifies many: whole blocks, or a share of one that a worker was given. Returns the place of the first claim that does
 * not hold, or -1; what is behind it was not looked at.
 */
export function findFalseClaim(claims: readonly Ed25519Claim[], backend: Ed25519Backend = sodiumBackend ?? nodeBackend): number {
  for (let index = 0; index < claims.length; index++) {
    const { message, signature, publicKey } = claims[index] as Ed25519Claim;
    if (!verifyEd25519(message, signature, publicKey, backend)) return index;
  }
  return -1;
}

/** s, the second half of a signature. */
function isBelowOrder(signature: Uint8Array): boolean {
  for (let index = 31; index >= 0; index--) {
    const byte = signature[32 + index] as number;
    const limit = order[index] as number;
    if (byte !== limit) return byte < limit;
  }
  return false;
}

/** The first 32 bytes: R of a signature, or a key. */
function isSmallOrder(bytes: Uint8Array): boolean {
  const end = (bytes[31] as number) & 0x7f;
  if (!smallOrderEnds.has(end)) return false;
  return smallOrder.some((point) => {
    for (let index = 0; index < 31; index++) if (bytes[index] !== point[index]) return false;
    return end === point[31];
  });
}

function fromHex(text: string): Uint8Array {
  return Uint8Array.from(Buffer.from(text, "hex"));
}
