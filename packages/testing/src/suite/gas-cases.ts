/** Gas: what a frame may spend, what comes back, and that running short at any step is a halt and nothing else. */
import { bytesToBigint, gasLeftOf, outputOf, type Address } from "@trireme/core";
import { suiteAddresses, word, type SuiteCase, type SuiteWorld } from "./suite-world.ts";

const { first, second } = suiteAddresses;
const key = word(3n);
const value = word(33n);

/** Cost of a run from outside; every amount of gas below it halts, every one from it on succeeds. */
function sweep(world: SuiteWorld, target: Address): void {
  const { host, expect, gas, run } = world;
  const attempt = (given: bigint) => {
    const checkpoint = host.checkpoint();
    const result = run(target, { gas: given });
    host.revert(checkpoint);
    return result;
  };
  expect(attempt(gas).kind).toBe("success");
  // Not gas - gasLeft: a program may need more at hand than it spends (EIP-2200's stipend rule, a 64th kept back).
  let tooLittle = -1n;
  let enough = gas;
  while (enough - tooLittle > 1n) {
    const middle = (enough + tooLittle) / 2n;
    if (attempt(middle).kind === "success") enough = middle;
    else tooLittle = middle;
  }
  const stride = enough / BigInt(world.sweepRuns) + 1n;
  for (let given = 0n; given < enough; given += stride) {
    const result = attempt(given);
    expect(result.kind === "halt" ? result.reason : result, `with ${given} of ${enough} gas`).toBe("outOfGas");
  }
  for (const given of [enough, enough + 1n, enough * 2n]) {
    const result = attempt(given);
    expect(result.kind, `with ${given} of ${enough} gas`).toBe("success");
    expect(gasLeftOf(result) <= given).toBe(true);
  }
}

export const gasCases: readonly SuiteCase[] = [
  {
    title: "never gives back more gas than it got, and spends the same each time",
    needs: ["echo"],
    play({ install, run, expect }, programs) {
      install(first, programs.echo());
      const input = new Uint8Array(96).fill(1);
      const spent = [100_000n, 500_000n].map((gas) => gas - gasLeftOf(run(first, { gas, input })));
      expect(spent[0]).toBe(spent[1]);
      expect((spent[0] as bigint) >= 0n).toBe(true);
    },
  },
  {
    title: "halts with outOfGas at every step of a small program",
    needs: ["returnBytes"],
    play(world, programs) {
      sweep(world, world.install(first, programs.returnBytes(Uint8Array.of(1, 2, 3))));
    },
  },
  {
    title: "halts with outOfGas at every step of a write",
    needs: ["store"],
    play(world, programs) {
      sweep(world, world.install(first, programs.store(key, value)));
      world.expect(world.host.getStorage(first, key)).toEqual(word(0n));
    },
  },
  {
    title: "knows how much gas it has",
    needs: ["gasLeft"],
    play({ install, run, expect, gas }, programs) {
      const result = run(install(first, programs.gasLeft()));
      const seen = bytesToBigint(outputOf(result));
      expect(seen < gas && seen >= gasLeftOf(result)).toBe(true);
    },
  },
  {
    title: "loses no more to a callee than it gave",
    needs: ["call", "loop"],
    play(world, programs) {
      world.install(second, programs.loop());
      const program = programs.call({ target: second, scheme: "call", value: 0n, gas: 20_000n });
      if (program === undefined) return;
      const result = world.run(world.install(first, program));
      world.expect([result.kind, outputOf(result)[31]]).toEqual(["success", 0]);
      const spent = world.gas - gasLeftOf(result);
      world.expect(spent >= 20_000n && spent < 100_000n).toBe(true);
    },
  },
];
