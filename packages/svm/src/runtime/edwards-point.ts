/** Whether 32 bytes are a point of ed25519's curve, as curve25519-dalek's `CompressedEdwardsY::decompress` decides it. */
import { bytesToBigint } from "@trireme/core";
import { samePubkey } from "./pubkey-names.ts";

const p = 2n ** 255n - 19n;
const d = 37095705934669439343138083508754565189542113879843219016388785533085940283555n;
const mask = 2n ** 255n - 1n;

// The same seeds come again and again; the last answer at each place is kept.
const places = 1024;
const known: ({ readonly bytes: Uint8Array; readonly isPoint: boolean } | undefined)[] = Array.from({ length: places }, () => undefined);

/** Whether the bytes are the y of a point, sign bit aside; y need not be reduced. */
export function isOnCurve(bytes: Uint8Array): boolean {
  const place = ((bytes[0] as number) | ((bytes[1] as number) << 8)) & (places - 1);
  const found = known[place];
  if (found !== undefined && samePubkey(found.bytes, bytes)) return found.isPoint;
  const isPoint = hasX(bytes);
  known[place] = { bytes: new Uint8Array(bytes), isPoint };
  return isPoint;
}

/** x² = (y² - 1) / (d y² + 1) has a solution iff numerator times denominator is a square. */
function hasX(bytes: Uint8Array): boolean {
  const y = bytesToBigint(new Uint8Array(bytes).reverse()) & mask;
  const y2 = (y * y) % p;
  return !isNonResidue((((y2 + p - 1n) % p) * ((d * y2 + 1n) % p)) % p, p);
}

/** Whether the Jacobi symbol of a over n is -1; n is odd. */
function isNonResidue(a: bigint, n: bigint): boolean {
  let isNegative = false;
  while (a !== 0n) {
    let twos = 0;
    while ((a & 0xffff_ffffn) === 0n) {
      a >>= 32n;
      twos += 32;
    }
    const low = Number(a & 0xffff_ffffn);
    const shift = 31 - Math.clz32(low & -low);
    a >>= BigInt(shift);
    twos += shift;
    const nLow = Number(n & 7n);
    if ((twos & 1) === 1 && (nLow === 3 || nLow === 5)) isNegative = !isNegative;
    if ((nLow & 3) === 3 && (a & 3n) === 3n) isNegative = !isNegative;
    [a, n] = [n % a, a];
  }
  return n === 1n && isNegative;
}
