/** Damages bytes. */
import type { Random } from "./random.ts";

/** Bytes that mean something somewhere in a module. */
const telling = [0, 1, 2, 3, 0x0b, 0x10, 0x11, 0x20, 0x40, 0x41, 0x42, 0x43, 0x60, 0x6a, 0x70, 0x7c, 0x7e, 0x7f, 0x80, 0xfc, 0xff];

/** A copy with one to four bytes changed, put in, taken out or copied from elsewhere. */
export function mutateBytes(bytes: Uint8Array, random: Random): Uint8Array {
  let mutant = bytes;
  for (let left = 1 + random.below(4); left > 0; left--) {
    const at = random.below(mutant.length);
    switch (random.below(7)) {
      case 0:
        mutant = replace(mutant, at, 1, [random.below(256)]);
        break;
      case 1:
        mutant = replace(mutant, at, 1, [random.pick(telling)]);
        break;
      case 2:
        mutant = replace(mutant, at, 1, [(mutant[at] ?? 0) ^ (1 << random.below(8))]);
        break;
      case 3:
        mutant = replace(mutant, at, 0, [random.pick(telling)]);
        break;
      case 4:
        mutant = replace(mutant, at, 1 + random.below(3), []);
        break;
      case 5: {
        const from = random.below(mutant.length);
        const piece = mutant.slice(from, from + 1 + random.below(12));
        mutant = replace(mutant, at, piece.length, piece);
        break;
      }
      default:
        mutant = random.below(4) === 0 ? mutant.slice(0, at) : replace(mutant, at, 1, [((mutant[at] ?? 0) + 1) & 0xff]);
    }
    if (mutant.length < 9) return mutant;
  }
  return mutant;
}

function replace(bytes: Uint8Array, at: number, count: number, by: ArrayLike<number>): Uint8Array {
  const result = new Uint8Array(Math.max(0, bytes.length - Math.min(count, bytes.length - at)) + by.length);
  result.set(bytes.subarray(0, at));
  result.set(by, at);
  result.set(bytes.subarray(Math.min(bytes.length, at + count)), at + by.length);
  return result;
}
