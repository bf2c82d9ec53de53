/** ELFs with a few bytes changed, mostly in their headers. */
import type { Random } from "./random-program.ts";

const telling = [0, 1, 2, 3, 4, 7, 8, 16, 64, 127, 128, 255];

/** A changed copy, sometimes cut short. */
export function mutateElf(elf: Uint8Array, random: Random): Uint8Array {
  const mutant = elf.slice();
  const view = new DataView(mutant.buffer);
  for (let change = 1 + random.below(3); change > 0; change--) {
    const headers = Math.min(Number(view.getBigUint64(40, true)), mutant.length - 1);
    const at = random.pick([
      random.below(64),
      64 + random.below(112),
      headers + random.below(mutant.length - headers),
      random.below(mutant.length),
    ]);
    if (random.below(3) === 0) view.setUint8(at, view.getUint8(at) ^ (1 << random.below(8)));
    else view.setUint8(at, random.pick(telling));
  }
  return random.below(20) === 0 ? mutant.slice(0, random.below(mutant.length)) : mutant;
}
