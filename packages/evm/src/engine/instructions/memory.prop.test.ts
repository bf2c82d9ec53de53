import { assembleEvm } from "@trireme/testing";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { onBoth } from "../../test/engine-pair.ts";
import { callOf, target, word } from "../../test/machine.ts";

const edges = [0n, 1n, 31n, 32n, 33n, 255n, 256n, 257n, 2n ** 14n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n, 2n ** 64n, 2n ** 256n - 1n];
const operand = fc.oneof(fc.constantFrom(...edges), fc.bigInt(0n, 5_000n));
/** KECCAK256, CALLDATACOPY, CODECOPY, RETURNDATACOPY, MLOAD, MSTORE, MSTORE8, MCOPY, LOG0, LOG3, RETURN, REVERT. */
const opcode = fc.constantFrom(0x20, 0x37, 0x39, 0x3e, 0x51, 0x52, 0x53, 0x5e, 0xa0, 0xa3, 0xf3, 0xfd);
const instruction = fc.tuple(fc.array(operand, { minLength: 5, maxLength: 5 }), opcode);

test("any offset and length costs, and does, what it does in the engine", () => {
  fc.assert(
    fc.property(fc.array(instruction, { minLength: 1, maxLength: 4 }), fc.constantFrom(5_000n, 300_000n), (instructions, gas) => {
      const parts = instructions.flatMap(([operands, code]) => [...operands.map((value) => word(value)), { code: Uint8Array.of(code) }]);
      const code = assembleEvm(...parts, "MSIZE", "GAS");
      const [ours, theirs] = onBoth(callOf({ gas, input: word(7) }), (host) => host.setCode(target, code), { isTraced: false });
      expect(ours.result).toEqual(theirs.result);
      expect(ours.host.logs).toEqual(theirs.host.logs);
    }),
    { numRuns: 100 },
  );
});
