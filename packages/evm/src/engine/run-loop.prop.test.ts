import { concatBytes, hardforks, type Address } from "@trireme/core";
import { testBlock } from "@trireme/testing";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { onBoth } from "../test/engine-pair.ts";
import { alice, callOf, createOf, other, target, word } from "../test/machine.ts";

const bytes = (...values: readonly number[]): Uint8Array => Uint8Array.from(values);
const push = (value: Uint8Array): Uint8Array => concatBytes(bytes(0x5f + value.length), value);
const small = fc.oneof(fc.nat(3), fc.nat(255)).map((value) => push(bytes(value)));
const large = fc.oneof(
  fc.uint8Array({ minLength: 1, maxLength: 32 }).map(push),
  fc.constantFrom(2n ** 256n - 1n, 2n ** 255n, 2n ** 64n, 2n ** 53n, 2n ** 32n, 24_577n, 65_536n).map((value) => push(word(value))),
);
const [identity, wallet, nobody] = [4, 0x77, 0x78].map((value) => word(value).slice(12) as Address) as [Address, Address, Address];
const account = fc.constantFrom(...[alice, target, other, identity, wallet, nobody].map((address) => push(address)));
/** Most programs run out of stack soon if their instructions are given nothing to work on. */
const operation = (...opcodes: readonly number[]) => fc.constantFrom(...opcodes).map((opcode) => bytes(opcode));
const chain = (...parts: readonly fc.Arbitrary<Uint8Array>[]) => fc.tuple(...parts).map((pieces) => concatBytes(...pieces));
const gas = fc.oneof(fc.constant(bytes(0x5a)), large);
const memory = chain(small, fc.oneof({ weight: 9, arbitrary: small }, { weight: 1, arbitrary: large }));
const piece = fc.oneof(
  { weight: 4, arbitrary: small },
  { weight: 1, arbitrary: large },
  { weight: 3, arbitrary: fc.integer({ min: 0, max: 255 }).map((opcode) => bytes(opcode)) },
  { weight: 3, arbitrary: chain(small, large, operation(0x01, 0x02, 0x03, 0x04, 0x06, 0x0a, 0x0b, 0x10, 0x14, 0x16, 0x1b, 0x1d)) },
  { weight: 3, arbitrary: chain(memory, operation(0x51, 0x52, 0x53, 0x20, 0xa0, 0x54)) },
  { weight: 2, arbitrary: chain(small, memory, operation(0x37, 0x39, 0x3e, 0x5e, 0xa1)) },
  { weight: 3, arbitrary: chain(small, small, operation(0x54, 0x55, 0x5d)) },
  { weight: 1, arbitrary: chain(account, operation(0x31, 0x3b, 0x3f)) },
  { weight: 1, arbitrary: chain(memory, small, account, operation(0x3c)) },
  { weight: 2, arbitrary: chain(memory, memory, small, account, gas, operation(0xf1, 0xf2)) },
  { weight: 2, arbitrary: chain(memory, memory, account, gas, operation(0xf4, 0xfa)) },
  { weight: 1, arbitrary: chain(small, memory, small, operation(0xf0, 0xf5)) },
  { weight: 1, arbitrary: chain(memory, operation(0xf3, 0xfd)) },
  { weight: 3, arbitrary: fc.constant(bytes(0x5b)) },
  { weight: 1, arbitrary: chain(small, small, operation(0x57)) },
  { weight: 1, arbitrary: chain(small, operation(0x56)) },
);
/** Cut anywhere, in the data of a push for instance. */
const program = fc.tuple(fc.array(piece, { maxLength: 30 }), fc.nat(3)).map(([pieces, cut]) => {
  const code = concatBytes(...pieces);
  return code.slice(0, Math.max(0, code.length - cut));
});
const gasLimit = fc.oneof(fc.bigInt(0n, 3_000n), fc.bigInt(0n, 60_000n), fc.constant(300_000n));
const sent = fc
  .record({ gas: gasLimit, depth: fc.constantFrom(0, 1_022), isStatic: fc.boolean() })
  .map(({ gas, depth, isStatic }) => callOf({ gas, depth, isStatic, value: isStatic ? 0n : 3n, input: word(gas) }));
const machine = fc.record({
  code: program,
  callee: program,
  hardfork: fc.constantFrom(...hardforks),
  isTraced: fc.boolean(),
  isCreate: fc.boolean(),
  sent,
});

test("programs do the same on our loop as on the engine's, step by step", () => {
  fc.assert(
    fc.property(machine, ({ code, callee, hardfork, isTraced, isCreate, sent: call }) => {
      const [ours, theirs] = onBoth(
        isCreate ? createOf(code, { recipient: word(0x99).slice(12) as Address, gas: call.gas, depth: call.depth }) : call,
        (host) => {
          host.setCode(target, code);
          host.setCode(other, callee);
          host.setCode(wallet, concatBytes(bytes(0xef, 0x01, 0x00), other));
          host.setBalance(target, 9n);
          for (let key = 0; key < 4; key++) host.setStorage(target, word(key), word(key % 3));
        },
        { block: { ...testBlock, hardfork }, isTraced },
      );
      expect(ours.result).toEqual(theirs.result);
      expect(ours.steps).toEqual(theirs.steps);
      expect(ours.host.logs).toEqual(theirs.host.logs);
      expect(ours.host.snapshot()).toEqual(theirs.host.snapshot());
    }),
    { numRuns: 250 },
  );
});
