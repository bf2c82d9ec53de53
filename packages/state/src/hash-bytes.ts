/**
 * Multilinear hashing over 16-bit pieces with secret random factors: whoever chooses the keys cannot make them collide
 * more often than chance does. The high bits are the good ones.
 */

/** Factors that a hash of up to 64 bytes takes. */
export const hashFactorCount = 34;

/** Fresh secret factors. */
export function randomHashFactors(): Int32Array {
  return globalThis.crypto.getRandomValues(new Int32Array(hashFactorCount));
}

/** 32-bit hash of at most 64 bytes. */
export function hashWithFactors(factors: Int32Array, key: Uint8Array, salt: number): number {
  let hash = Math.imul(salt, (factors[0] as number) | 1);
  const even = key.length & ~1;
  let factor = 1;
  for (let index = 0; index < even; index += 2, factor++) {
    hash = (hash + Math.imul((key[index] as number) | ((key[index + 1] as number) << 8), factors[factor] as number)) | 0;
  }
  if (even < key.length) hash = (hash + Math.imul(key[even] as number, factors[factor] as number)) | 0;
  return hash >>> 0;
}
