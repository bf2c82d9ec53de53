/** Calls out of a frame: outputs, failures, schemes, value; into the same environment and into a neighbour. */
import { emptyBytes, outputOf, type Address, type CallScheme } from "@trireme/core";
import { toyOps } from "../toy-program.ts";
import type { KitPrograms, ProgramCall } from "./program-kit.ts";
import { suiteAddresses, word, type SuiteCase, type SuiteWorld } from "./suite-world.ts";

const { first, second, third, nobody, wallet } = suiteAddresses;
const key = word(7n);
const value = word(77n);
const data = Uint8Array.of(9, 8, 7, 6, 5);

const to = (target: Address, part: Partial<ProgramCall> = {}): ProgramCall => ({
  target,
  scheme: "call",
  value: 0n,
  gas: undefined,
  ...part,
});

/** Installs a caller and runs it; gives the callee's status and output, undefined for a scheme that the kit lacks. */
function callThrough(world: SuiteWorld, programs: Required<KitPrograms>, call: ProgramCall, input: Uint8Array = emptyBytes) {
  const program = programs.call(call);
  if (program === undefined) return undefined;
  const output = outputOf(world.run(world.install(first, program), { input }));
  return { status: output[31], output: output.slice(32) };
}

const schemes: readonly CallScheme[] = ["call", "callcode", "delegatecall", "staticcall"];

export const callCases: readonly SuiteCase[] = [
  {
    title: "gets the output of a callee that it gave its input, by every scheme",
    needs: ["call", "echo"],
    play(world, programs) {
      world.install(second, programs.echo());
      for (const scheme of schemes) {
        const seen = callThrough(world, programs, to(second, { scheme }), data);
        if (seen !== undefined) world.expect(seen, scheme).toEqual({ status: 1, output: data });
      }
    },
  },
  {
    title: "sees that a callee reverted, and its data",
    needs: ["call", "revertWith"],
    play(world, programs) {
      world.install(second, programs.revertWith(data));
      world.expect(callThrough(world, programs, to(second))).toEqual({ status: 0, output: data });
    },
  },
  {
    title: "survives a callee that halts, and gets nothing from it",
    needs: ["call", "halt"],
    play(world, programs) {
      world.install(second, programs.halt());
      world.expect(callThrough(world, programs, to(second))).toEqual({ status: 0, output: emptyBytes });
    },
  },
  {
    title: "halts when it reads more than its callee returned",
    needs: ["overread", "returnBytes"],
    play(world, programs) {
      for (const bytes of [emptyBytes, data]) {
        world.install(second, programs.returnBytes(bytes));
        const result = world.run(world.install(first, programs.overread(to(second))));
        world.expect(result.kind === "halt" ? result.reason : result).toBe("returnDataOutOfBounds");
      }
    },
  },
  {
    title: "calls an account without code: success and no output",
    needs: ["call"],
    play(world, programs) {
      world.expect(callThrough(world, programs, to(nobody), data)).toEqual({ status: 1, output: emptyBytes });
    },
  },
  {
    title: "calls into a VM that it has never heard of",
    needs: ["call"],
    play(world, programs) {
      world.installToy(second, [toyOps.input(), toyOps.store(key), toyOps.stop()]);
      world.expect(callThrough(world, programs, to(second), value)).toEqual({ status: 1, output: value });
      world.expect(world.host.getStorage(second, key)).toEqual(value);
      world.installToy(third, [toyOps.push(data), toyOps.revert()]);
      world.expect(callThrough(world, programs, to(third))).toEqual({ status: 0, output: data });
    },
  },
  {
    title: "is the sender that a callee sees",
    needs: ["call", "context"],
    play(world, programs) {
      world.install(second, programs.context());
      const seen = callThrough(world, programs, to(second));
      world.expect(seen?.output.slice(0, 64)).toEqual(Uint8Array.of(...word(second), ...word(first)));
    },
  },
  {
    title: "lends address, sender and value to what it calls by delegatecall",
    needs: ["call", "context", "store"],
    play(world, programs) {
      world.install(second, programs.context());
      const program = programs.call(to(second, { scheme: "delegatecall" }));
      if (program === undefined) return;
      const output = outputOf(world.run(world.install(first, program), { value: 3n }));
      world.expect(output.slice(32)).toEqual(Uint8Array.of(...word(first), ...word(wallet), ...word(3n)));
      world.install(second, programs.store(key, value));
      world.run(first);
      world.expect([world.host.getStorage(first, key), world.host.getStorage(second, key)]).toEqual([value, word(0n)]);
    },
  },
  {
    title: "cannot write through a static call, nor through a call inside one",
    needs: ["call", "store"],
    play(world, programs) {
      world.install(second, programs.store(key, value));
      const program = programs.call(to(second));
      const seen = callThrough(world, programs, to(second, { scheme: "staticcall" }));
      if (seen === undefined || program === undefined) return;
      world.expect(seen.status).toBe(0);
      world.install(third, program);
      world.expect(callThrough(world, programs, to(third, { scheme: "staticcall" }))).toEqual({ status: 1, output: word(0n) });
      world.installToy(third, [toyOps.push(value), toyOps.store(key), toyOps.stop()]);
      world.expect(callThrough(world, programs, to(third, { scheme: "staticcall" }))?.status).toBe(0);
      world.expect([world.host.getStorage(second, key), world.host.getStorage(third, key)]).toEqual([word(0n), word(0n)]);
    },
  },
  {
    title: "cannot send value inside a static frame",
    needs: ["call"],
    play(world, programs) {
      const program = programs.call(to(nobody, { value: 1n }));
      if (program === undefined) return;
      world.host.setBalance(first, 10n);
      world.expect(world.run(world.install(first, program), { isStatic: true }).kind).toBe(world.staticEnds.value);
      world.expect([world.host.getBalance(first), world.host.getBalance(nobody)]).toEqual([10n, 0n]);
    },
  },
  {
    title: "sends value with a call",
    needs: ["call", "context"],
    play(world, programs) {
      world.host.setBalance(first, 100n);
      world.install(second, programs.context());
      const seen = callThrough(world, programs, to(second, { value: 40n }));
      world.expect(seen?.output.slice(64)).toEqual(word(40n));
      world.expect(callThrough(world, programs, to(nobody, { value: 60n }))?.status).toBe(1);
      world.expect([first, second, nobody].map((address) => world.host.getBalance(address))).toEqual([0n, 40n, 60n]);
    },
  },
  {
    title: "cannot send value that it does not have, and goes on",
    needs: ["call", "store"],
    play(world, programs) {
      world.host.setBalance(first, 9n);
      world.install(second, programs.store(key, value));
      world.expect(callThrough(world, programs, to(second, { value: 10n }))).toEqual({ status: 0, output: emptyBytes });
      world.expect([world.host.getBalance(first), world.host.getBalance(second)]).toEqual([9n, 0n]);
      world.expect(world.host.getStorage(second, key)).toEqual(word(0n));
    },
  },
  {
    title: "gets its value back from a callee that reverts",
    needs: ["call", "revertWith"],
    play(world, programs) {
      world.host.setBalance(first, 9n);
      world.install(second, programs.revertWith(data));
      world.expect(callThrough(world, programs, to(second, { value: 9n }))).toEqual({ status: 0, output: data });
      world.expect([world.host.getBalance(first), world.host.getBalance(second)]).toEqual([9n, 0n]);
    },
  },
  {
    title: "keeps its own writes when a callee fails",
    needs: ["storeAndCall", "storeAndRevert"],
    play(world, programs) {
      world.install(second, programs.storeAndRevert(key, value));
      const output = outputOf(world.run(world.install(first, programs.storeAndCall(key, value, to(second)))));
      world.expect(output[31]).toBe(0);
      world.expect([world.host.getStorage(first, key), world.host.getStorage(second, key)]).toEqual([value, word(0n)]);
    },
  },
  {
    title: "undoes what its callees did, in any VM, when it reverts",
    needs: ["callAndRevert", "store", "log"],
    play(world, programs) {
      world.host.setBalance(first, 50n);
      world.install(second, programs.store(key, value));
      world.installToy(third, [toyOps.push(value), toyOps.store(key), toyOps.log(key), toyOps.storeTransient(key), toyOps.stop()]);
      for (const target of [second, third]) {
        world.expect(world.run(world.install(first, programs.callAndRevert(to(target, { value: 5n })))).kind).toBe("revert");
        world.expect(world.host.getStorage(target, key)).toEqual(word(0n));
        world.expect(world.host.getBalance(target)).toBe(0n);
      }
      world.install(second, programs.log(key, data));
      world.run(world.install(first, programs.callAndRevert(to(second))));
      world.expect([world.logs(), world.host.getTransientStorage(third, key)]).toEqual([[], word(0n)]);
    },
  },
];
