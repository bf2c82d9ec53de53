import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import { addressFromBytes, type Address } from "./address.ts";
import { equalBytes } from "./bytes.ts";
import { canonicalPubkey, isTaggedPubkey, pubkeyOf, pubkeyTag, toAddress, toPubkey } from "./identity.ts";
import { keccak256 } from "./keccak/keccak.ts";
import { pubkeyFromBytes, systemProgram, type Pubkey } from "./pubkey.ts";

const address = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(addressFromBytes);
const anyPubkey = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(pubkeyFromBytes);
/** Random, tagged, and tagged but for one byte of the tag. */
const pubkey: fc.Arbitrary<Pubkey> = fc.oneof(
  anyPubkey,
  address.map(toPubkey),
  fc.tuple(address, fc.nat(11), fc.integer({ min: 1, max: 255 })).map(([named, at, flip]) => {
    const nearly = toPubkey(named).slice();
    nearly[at] = (nearly[at] as number) ^ flip;
    return pubkeyFromBytes(nearly);
  }),
);

describe("identity", () => {
  test("the way from an address to its tagged pubkey leads back", () => {
    fc.assert(fc.property(address, (named) => void expect(toAddress(toPubkey(named))).toEqual(named)));
  });

  test("toPubkey is injective", () => {
    fc.assert(
      fc.property(address, fc.nat(19), fc.integer({ min: 1, max: 255 }), (named, at, flip) => {
        const other = named.slice();
        other[at] = (other[at] as number) ^ flip;
        expect(toPubkey(named)).not.toEqual(toPubkey(other as Address));
      }),
    );
  });

  test("a pubkey is tagged exactly when it is the tagged name of its own address", () => {
    fc.assert(
      fc.property(pubkey, (name) => {
        expect(isTaggedPubkey(name)).toBe(equalBytes(toPubkey(toAddress(name)), name));
        expect(isTaggedPubkey(name)).toBe(equalBytes(name.subarray(0, 12), pubkeyTag));
      }),
    );
  });

  test("an untagged pubkey lives at the end of its keccak256", () => {
    fc.assert(fc.property(anyPubkey, (name) => void expect(toAddress(name)).toEqual(keccak256(name).slice(12))));
    expect(pubkeyTag).toHaveLength(12);
    expect(isTaggedPubkey(systemProgram)).toBe(false);
  });

  test("neither way changes or shares what it is given", () => {
    fc.assert(
      fc.property(pubkey, (name) => {
        const before = name.slice();
        toPubkey(toAddress(name)).fill(0);
        toAddress(name).fill(0);
        expect(name).toEqual(before);
      }),
    );
  });

  test("the way back is the bound pubkey where there is one, and names the same address either way", () => {
    fc.assert(
      fc.property(pubkey, (name) => {
        const named = toAddress(name);
        expect(pubkeyOf(named, name)).toBe(name);
        expect(toAddress(pubkeyOf(named, name))).toEqual(named);
        expect(pubkeyOf(named, undefined)).toEqual(toPubkey(named));
      }),
    );
  });

  test("the canonical name names the address, is bound, else untagged and of the message, else tagged", () => {
    fc.assert(
      fc.property(pubkey, fc.array(pubkey, { maxLength: 4 }), fc.boolean(), fc.nat(4), (name, others, isBound, position) => {
        const named = toAddress(name);
        const message = [...others.slice(0, position), name, ...others.slice(position)];
        const canonical = canonicalPubkey(named, isBound ? name : undefined, message);
        expect(toAddress(canonical)).toEqual(named);
        expect(canonical).toEqual(isBound || !isTaggedPubkey(name) ? name : toPubkey(named));
        expect(canonicalPubkey(named, undefined, [toPubkey(named), ...others])).toEqual(toPubkey(named));
      }),
    );
  });
});
