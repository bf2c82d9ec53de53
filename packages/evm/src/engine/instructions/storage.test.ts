import { assembleEvm } from "@trireme/testing";
import { expect, test } from "vitest";
import { onBoth } from "../../test/engine-pair.ts";
import { callOf, target, word } from "../../test/machine.ts";

const values = [0, 1, 2] as const;
const cases = values.flatMap((original) => values.flatMap((first) => values.map((second) => [original, first, second] as const)));

test.each(cases)(
  "SSTORE of a slot with %i: %i, then %i costs and gives back what the engine says, at any gas",
  (original, first, second) => {
    for (const beforehand of [[], [5, "SLOAD"]] as const) {
      const code = assembleEvm(...beforehand, first, 5, "SSTORE", second, 5, "SSTORE", 5, "SLOAD");
      for (const gas of [2_000n, 2_306n, 2_307n, 5_000n, 22_106n, 22_500n, 25_000n, 100_000n]) {
        const [ours, theirs] = onBoth(callOf({ gas }), (host) => {
          host.setCode(target, code);
          host.setStorage(target, word(5), word(original));
        });
        expect(ours).toMatchObject({ result: theirs.result, steps: theirs.steps });
        expect(ours.host.snapshot()).toEqual(theirs.host.snapshot());
      }
    }
  },
);
