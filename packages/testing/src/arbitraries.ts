/** fast-check arbitraries of what flows through a host. */
import { addressFromBytes, pubkeyFromBytes, toPubkey, type Address, type CallMessage, type CallScheme, type Pubkey } from "@trireme/core";
import * as fc from "fast-check";

/** `length` bytes. */
export function bytesArbitrary(length: number): fc.Arbitrary<Uint8Array> {
  return fc.uint8Array({ minLength: length, maxLength: length });
}

/** Any address. */
export const addressArbitrary: fc.Arbitrary<Address> = bytesArbitrary(20).map(addressFromBytes);

/** One of `count` addresses, none of them a precompile: what makes writes meet. */
export function nearAddressArbitrary(count: number): fc.Arbitrary<Address> {
  return fc.nat(count - 1).map((index) => addressFromBytes(new Uint8Array(20).fill(0x40 + index)));
}

/** Any pubkey; every other one is the tagged name of an address. */
export const pubkeyArbitrary: fc.Arbitrary<Pubkey> = fc.oneof(bytesArbitrary(32).map(pubkeyFromBytes), addressArbitrary.map(toPubkey));

/** A 32-byte word: small, large or random. */
export const wordArbitrary: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.nat(3).map((value) => Uint8Array.from({ length: 32 }, (_, index) => (index === 31 ? value : 0))),
  fc.constant(new Uint8Array(32).fill(0xff)),
  bytesArbitrary(32),
);

/** Wei of any size that an account can hold. */
export const weiArbitrary: fc.Arbitrary<bigint> = fc.oneof(
  fc.bigInt({ min: 0n, max: 1_000n }),
  fc.bigInt({ min: 0n, max: (1n << 128n) - 1n }),
);

const schemeArbitrary = fc.constantFrom<CallScheme>("call", "callcode", "delegatecall", "staticcall");

/** A call from outside between `count` near addresses with at most `maxGas`; value only where the scheme has one. */
export function callMessageArbitrary(count: number, maxGas: bigint): fc.Arbitrary<CallMessage> {
  return fc
    .record({
      scheme: schemeArbitrary,
      sender: nearAddressArbitrary(count),
      target: nearAddressArbitrary(count),
      value: fc.bigInt({ min: 0n, max: 100n }),
      input: fc.uint8Array({ maxLength: 64 }),
      gas: fc.bigInt({ min: 0n, max: maxGas }),
      isStatic: fc.boolean(),
    })
    .map(({ scheme, sender, target, value, input, gas, isStatic }) => ({
      kind: "call",
      scheme,
      sender,
      recipient: scheme === "callcode" || scheme === "delegatecall" ? sender : target,
      codeAddress: target,
      value: scheme === "staticcall" ? 0n : value,
      input,
      gas,
      depth: 0,
      isStatic,
    }));
}

/** A write or read of storage, as a step of a state test. */
export type StorageOperation =
  | { readonly kind: "write" | "writeTransient"; readonly address: Address; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly kind: "clear"; readonly address: Address }
  | { readonly kind: "checkpoint" | "commit" | "revert" };

/** Steps on the storage of few accounts, checkpoints among them; commit and revert may come when none is open. */
export const storageOperationsArbitrary: fc.Arbitrary<readonly StorageOperation[]> = fc.array(
  fc.oneof(
    { weight: 6, arbitrary: writeArbitrary() },
    { weight: 1, arbitrary: nearAddressArbitrary(3).map((address): StorageOperation => ({ kind: "clear", address })) },
    {
      weight: 4,
      arbitrary: fc.constantFrom("checkpoint", "commit", "revert").map((kind): StorageOperation => ({ kind })),
    },
  ),
  { maxLength: 40 },
);

function writeArbitrary(): fc.Arbitrary<StorageOperation> {
  return fc.record({
    kind: fc.constantFrom("write" as const, "writeTransient" as const),
    address: nearAddressArbitrary(3),
    key: wordArbitrary,
    value: wordArbitrary,
  });
}
