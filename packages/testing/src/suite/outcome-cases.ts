/** How frames end: success, revert, halt, and what of their gas comes back. */
import { gasLeftOf, outputOf } from "@trireme/core";
import { suiteAddresses, word, type SuiteCase } from "./suite-world.ts";

const { first } = suiteAddresses;
const sizes = [0, 1, 31, 32, 33, 200, 1000];
const bytesOf = (size: number): Uint8Array => Uint8Array.from({ length: size }, (_, index) => (index * 7 + 1) & 0xff);

export const outcomeCases: readonly SuiteCase[] = [
  {
    title: "returns bytes of any length",
    needs: ["returnBytes"],
    play({ install, run, expect }, programs) {
      for (const size of sizes.slice(0, 6)) {
        const result = run(install(first, programs.returnBytes(bytesOf(size))));
        expect({ kind: result.kind, output: outputOf(result) }).toEqual({ kind: "success", output: bytesOf(size) });
      }
    },
  },
  {
    title: "sees its whole input",
    needs: ["echo"],
    play({ install, run, expect }, programs) {
      install(first, programs.echo());
      for (const size of sizes) {
        const result = run(first, { input: bytesOf(size) });
        expect({ kind: result.kind, output: outputOf(result) }).toEqual({ kind: "success", output: bytesOf(size) });
      }
    },
  },
  {
    title: "reverts with data and gives gas back",
    needs: ["revertWith"],
    play({ install, run, expect, gas }, programs) {
      for (const size of [0, 4, 32, 100]) {
        const result = run(install(first, programs.revertWith(bytesOf(size))));
        expect({ kind: result.kind, output: outputOf(result) }).toEqual({ kind: "revert", output: bytesOf(size) });
        expect(gasLeftOf(result) > 0n && gasLeftOf(result) < gas).toBe(true);
      }
    },
  },
  {
    title: "halts with a reason, without output or gas",
    needs: ["halt"],
    play({ install, run, expect }, programs) {
      const result = run(install(first, programs.halt()));
      expect(result.kind).toBe("halt");
      expect(result.kind === "halt" && result.reason.length > 0).toBe(true);
    },
  },
  {
    title: "halts with outOfGas when it never ends",
    needs: ["loop"],
    play({ install, run, expect }, programs) {
      install(first, programs.loop());
      for (const gas of [0n, 1n, 1_000n, 20_000n]) {
        const result = run(first, { gas });
        expect(result.kind === "halt" ? result.reason : result).toBe("outOfGas");
      }
    },
  },
  {
    title: "gives a value at once, never a promise",
    needs: ["returnBytes"],
    play({ install, run, expect }, programs) {
      const result = run(install(first, programs.returnBytes(bytesOf(3))));
      expect(typeof (result as { readonly then?: unknown }).then).toBe("undefined");
    },
  },
  {
    title: "ends the same way every time",
    needs: ["echo", "revertWith"],
    play({ install, run, expect }, programs) {
      install(first, programs.echo());
      install(suiteAddresses.second, programs.revertWith(bytesOf(8)));
      const once = run(first, { input: bytesOf(40) });
      const reverted = run(suiteAddresses.second);
      expect(run(first, { input: bytesOf(40) })).toEqual(once);
      expect(run(suiteAddresses.second)).toEqual(reverted);
    },
  },
  {
    title: "keeps its output when its memory is used again",
    needs: ["echo"],
    play({ install, run, expect }, programs) {
      install(first, programs.echo());
      const before = run(first, { input: bytesOf(64) });
      run(first, { input: new Uint8Array(64).fill(0xff) });
      expect(outputOf(before)).toEqual(bytesOf(64));
    },
  },
  {
    title: "knows its address, sender and value",
    needs: ["context"],
    play({ install, run, expect, host }, programs) {
      install(first, programs.context());
      const result = run(first, { value: 12_345n });
      const expected = [word(first), word(suiteAddresses.wallet), word(12_345n)].flatMap((part) => Array.from(part));
      expect(Array.from(outputOf(result))).toEqual(expected);
      expect(host.getBalance(first)).toBe(12_345n);
    },
  },
  {
    title: "runs behind an EIP-7702 delegation on the delegating account",
    needs: ["context"],
    play({ install, run, expect, host }, programs) {
      install(suiteAddresses.second, programs.context());
      host.setCode(first, Uint8Array.of(0xef, 0x01, 0x00, ...suiteAddresses.second));
      const output = outputOf(run(first));
      expect(output.slice(0, 32)).toEqual(word(first));
    },
  },
];
