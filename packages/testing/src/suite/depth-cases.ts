/** Depth and re-entry: a stack of frames over one VM and over two. */
import { bytesToBigint, concatBytes, emptyBytes, maxCallDepth, outputOf, type Address } from "@trireme/core";
import { toyOps } from "../toy-program.ts";
import { suiteAddresses, word, type SuiteCase, type SuiteWorld } from "./suite-world.ts";

const { first, second, third } = suiteAddresses;

/** Input of a relay that goes to and fro between the two addresses, `hops` times, and ends at the last one of them. */
function toAndFro(hops: number, away: Address, home: Address): Uint8Array {
  return concatBytes(...Array.from({ length: hops }, (_, index) => word(index % 2 === 0 ? away : home)));
}

/** Runs a relay in the environment under test that alternates with one in the neighbour. */
function relay(world: SuiteWorld, program: Uint8Array, hops: number) {
  world.install(first, program);
  world.installToy(second, [toyOps.input(), toyOps.relay(), toyOps.bubble(), toyOps.stop()]);
  return world.run(first, { input: toAndFro(hops, second, first), gas: 10n ** 12n });
}

export const depthCases: readonly SuiteCase[] = [
  {
    title: "calls itself 20 deep",
    needs: ["recurse"],
    play({ install, run, expect }, programs) {
      install(first, programs.recurse());
      for (const depth of [0n, 1n, 20n]) {
        expect(bytesToBigint(outputOf(run(first, { input: word(depth), gas: 10n ** 9n })))).toBe(depth);
      }
    },
  },
  {
    title: "is refused the frame at depth 1,025 and goes on",
    needs: ["recurse"],
    play({ install, run, expect }, programs) {
      install(first, programs.recurse());
      const reached = (depth: number, calls: bigint) => bytesToBigint(outputOf(run(first, { input: word(calls), gas: 10n ** 9n, depth })));
      expect(reached(maxCallDepth - 24, 24n)).toBe(24n);
      // The innermost frame gets no callee and returns 0; the 24 above it add 1 each.
      expect(reached(maxCallDepth - 24, 30n)).toBe(24n);
      expect(reached(maxCallDepth, 1n)).toBe(0n);
    },
  },
  {
    title: "is entered again through another VM, 20 frames deep",
    needs: ["relay"],
    play(world, programs) {
      world.expect(relay(world, programs.relay(), 20).kind).toBe("success");
      world.installToy(third, [toyOps.push(Uint8Array.of(4, 2)), toyOps.stop()]);
      const input = concatBytes(toAndFro(20, second, first), word(third));
      world.expect(outputOf(world.run(first, { input, gas: 10n ** 12n }))).toEqual(Uint8Array.of(4, 2));
    },
  },
  {
    title: "is entered again 64 times, and not once more",
    needs: ["relay"],
    play(world, programs) {
      // 128 hops enter the environment again 64 times; 130 hops would do it once more and end in a halt.
      world.expect(relay(world, programs.relay(), 128).kind).toBe("success");
      const refused = relay(world, programs.relay(), 130);
      world.expect([refused.kind, outputOf(refused)]).toEqual(["revert", emptyBytes]);
    },
  },
];
