/** Gas: what a frame may spend, what comes back, and that running short at any step is a halt and nothing else. */
import { bytesToBigint, gasLeftOf, outputOf, type Address, type ExecutionResult } from "@trireme/core";
import { suiteAddresses, word, type SuiteCase, type SuiteWorld } from "./suite-world.ts";

const { first, second } = suiteAddresses;
const key = word(3n);
const value = word(33n);

/** EIP-2929: a write to a slot that was cold and zero; the amounts on its far side are those of the steps before it. */
const coldWriteGas = 22_100n;
/** Amounts right below a border that are all tried. */
const denseRuns = 300n;

/** What a run may leave at the two accounts. */
interface Trace {
  readonly accounts: readonly { readonly slot: Uint8Array; readonly transient: Uint8Array; readonly isWarm: boolean }[];
  readonly logs: number;
}

function traceOf({ host, logs }: SuiteWorld): Trace {
  const accounts = [first, second].map((address) => ({
    slot: host.getStorage(address, key),
    transient: host.getTransientStorage(address, key),
    isWarm: host.isWarmStorage(address, key),
  }));
  return { accounts, logs: logs().length };
}

/** A run with less gas, and what it left before it was undone. */
function attempt(world: SuiteWorld, target: Address, given: bigint) {
  const { host, run } = world;
  const checkpoint = host.checkpoint();
  const result = run(target, { gas: given });
  const trace = traceOf(world);
  host.revert(checkpoint);
  return { result, trace };
}

/**
 * Runs with every amount of gas near a border and many in between. `isWhole` tells a run that got enough; below the
 * least such amount `check` sees each, from it on all are whole. A halt is by outOfGas and leaves nothing.
 */
function sweep(world: SuiteWorld, target: Address, isWhole: (result: ExecutionResult) => boolean, check?: typeof attemptCheck): void {
  const { expect, gas, sweepRuns } = world;
  const before = traceOf(world);
  const { result: whole, trace } = attempt(world, target, gas);
  expect(isWhole(whole)).toBe(true);
  // Not gas - gasLeft: a program may need more at hand than it spends (EIP-2200's stipend rule, a 64th kept back).
  let tooLittle = -1n;
  let enough = gas;
  while (enough - tooLittle > 1n) {
    const middle = (enough + tooLittle) / 2n;
    if (isWhole(attempt(world, target, middle).result)) enough = middle;
    else tooLittle = middle;
  }
  const amounts = new Set<bigint>();
  const stride = enough / BigInt(sweepRuns) + 1n;
  for (let given = 0n; given < enough; given += stride) amounts.add(given);
  for (const border of [enough, enough - coldWriteGas]) {
    for (let given = border - denseRuns; given < border; given++) if (given >= 0n) amounts.add(given);
  }
  for (const given of amounts) {
    const { result, trace: left } = attempt(world, target, given);
    const message = `with ${given} of ${enough} gas`;
    if (check !== undefined && result.kind === "success") check(world, result, left, message);
    else expect(result.kind === "halt" ? [result.reason, left] : result, message).toEqual(["outOfGas", before]);
  }
  for (const given of [enough, enough + 1n, enough * 2n]) {
    const { result, trace: left } = attempt(world, target, given);
    expect([isWhole(result), left], `with ${given} of ${enough} gas`).toEqual([true, trace]);
    expect(gasLeftOf(result) <= given).toBe(true);
  }
}

/** A caller that went on where its callee ran short left its own write, and nothing of the callee's. */
function attemptCheck({ expect }: SuiteWorld, result: ExecutionResult, left: Trace, message: string): void {
  const [ours, theirs] = left.accounts;
  expect([outputOf(result), ours?.slot, theirs?.slot, theirs?.isWarm, left.logs], message).toEqual([word(0n), value, word(0n), false, 0]);
}

const isSuccess = ({ kind }: ExecutionResult): boolean => kind === "success";

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
      sweep(world, world.install(first, programs.returnBytes(Uint8Array.of(1, 2, 3))), isSuccess);
    },
  },
  {
    title: "halts with outOfGas at every step of a write",
    needs: ["store"],
    play(world, programs) {
      sweep(world, world.install(first, programs.store(key, value)), isSuccess);
    },
  },
  {
    title: "halts with outOfGas at every step of a log",
    needs: ["log"],
    play(world, programs) {
      sweep(world, world.install(first, programs.log(key, value)), isSuccess);
    },
  },
  {
    title: "runs short at every step of a call between two writes: each frame runs whole or leaves nothing",
    needs: ["store", "storeAndCall"],
    play(world, programs) {
      world.install(second, programs.store(key, value));
      const program = programs.storeAndCall(key, value, { target: second, scheme: "call", value: 0n, gas: undefined });
      const isWhole = (result: ExecutionResult): boolean => isSuccess(result) && outputOf(result)[31] === 1;
      sweep(world, world.install(first, program), isWhole, attemptCheck);
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
