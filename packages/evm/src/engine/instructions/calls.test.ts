import { concatBytes, type Address } from "@trireme/core";
import { assembleEvm, returnReturnData, testBlock, type EvmPart } from "@trireme/testing";
import { describe, expect, test } from "vitest";
import { onBoth } from "../../test/engine-pair.ts";
import { callOf, other, target, word } from "../../test/machine.ts";

const wallet = word(0x77).slice(12) as Address;
const nobody = word(0x78).slice(12) as Address;
const identity = word(4).slice(12) as Address;
/** Gives its value and the gas that it was given. */
const report = assembleEvm("CALLVALUE", 0, "MSTORE", "GAS", 32, "MSTORE", 64, 0, "RETURN");

/** A call of `to` with 40 bytes of input, whose output goes to the first 48 bytes. */
function calling(
  opcode: "CALL" | "CALLCODE" | "DELEGATECALL" | "STATICCALL",
  to: Address,
  gas: EvmPart,
  value: number,
): readonly EvmPart[] {
  const ranges = [48, 0, 40, 8] as const;
  return opcode === "CALL" || opcode === "CALLCODE" ? [...ranges, value, to, gas, opcode] : [...ranges, to, gas, opcode];
}

describe.each(["CALL", "CALLCODE", "DELEGATECALL", "STATICCALL"] as const)("%s", (opcode) => {
  test.each<[string, Address]>([
    ["a contract", other],
    ["a wallet that delegates to it", wallet],
    ["an account that does not exist", nobody],
    ["a precompile", identity],
  ])("of %s: price, gas given and output are the engine's", (_name, to) => {
    for (const hardfork of ["london", "prague"] as const) {
      for (const requested of ["GAS", 0, 5_000] as const) {
        for (const [value, isStatic] of [
          [0, false],
          [3, false],
          [50, false],
          [3, true],
        ] as const) {
          // Twice: the account is cold, then it is warm.
          const code = assembleEvm(
            ...calling(opcode, to, requested, value),
            ...calling(opcode, to, requested, value),
            "ADD",
            ...returnReturnData,
          );
          for (const gas of [2_600n, 20_000n, 37_000n, 100_000n]) {
            const [ours, theirs] = onBoth(
              callOf({ gas, isStatic }),
              (host) => {
                host.setBalance(target, 40n);
                host.setCode(target, code);
                host.setCode(other, report);
                host.setCode(wallet, concatBytes(Uint8Array.of(0xef, 0x01, 0x00), other));
              },
              { block: { ...testBlock, hardfork } },
            );
            expect(ours).toMatchObject({ result: theirs.result, steps: theirs.steps });
            expect(ours.host.snapshot()).toEqual(theirs.host.snapshot());
          }
        }
      }
    }
  });
});
