import { getCompiledTransactionMessageDecoder, getTransactionDecoder } from "@solana/kit";
import { VersionedTransaction } from "@solana/web3.js";
import { pubkeyToBase58, type Hash, type Pubkey } from "@trireme/core";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decodeWire, maxWireLengthV1 } from "./decode-wire.ts";
import { encodeMessage, encodeWire } from "./encode-wire.ts";
import type { MessageVersion, SolanaMessage } from "./solana-message.ts";

const bytes = (length: number): fc.Arbitrary<Uint8Array> => fc.uint8Array({ minLength: length, maxLength: length });
const key = bytes(32).map((value) => value as Pubkey);

function messageArbitrary(version: MessageVersion): fc.Arbitrary<SolanaMessage> {
  const index = fc.nat(5);
  const instruction = fc.record({
    programIndex: fc.integer({ min: 1, max: 5 }),
    accountIndices: fc.uint8Array({ maxLength: 8, max: 5 }),
    data: fc.uint8Array({ maxLength: 200 }),
  });
  const lookup = fc.record({
    table: key,
    writableIndices: fc.uint8Array({ maxLength: 4 }),
    readonlyIndices: fc.uint8Array({ minLength: 1, maxLength: 4 }),
  });
  const config = fc.record({
    priorityFee: fc.option(fc.bigInt({ min: 0n, max: (1n << 64n) - 1n }), { nil: undefined }),
    computeUnitLimit: fc.option(fc.nat(), { nil: undefined }),
    loadedAccountsDataSizeLimit: fc.option(fc.nat(), { nil: undefined }),
    heapLength: fc.option(fc.nat(), { nil: undefined }),
  });
  return fc.record({
    version: fc.constant(version),
    requiredSignatures: fc.integer({ min: 1, max: 3 }),
    readonlySigned: fc.constant(0),
    readonlyUnsigned: index.map((value) => Math.min(value, 2)),
    staticAccounts: fc.array(key, { minLength: 6, maxLength: 8 }),
    blockhash: bytes(32).map((value) => value as Hash),
    instructions: fc.array(instruction, { maxLength: 3 }),
    lookups: version === 0 ? fc.array(lookup, { maxLength: 2 }) : fc.constant([]),
    config: version === 1 ? config : fc.constant(undefined),
  });
}

function wireOf(message: SolanaMessage): Uint8Array {
  const signatures = Array.from({ length: message.requiredSignatures }, (_, index) => new Uint8Array(64).fill(index + 1));
  return encodeWire(signatures, encodeMessage(message));
}

describe("wire format", () => {
  it.each<MessageVersion>(["legacy", 0, 1])("reads back what was written: version %s", (version) => {
    fc.assert(
      fc.property(messageArbitrary(version), (message) => {
        const wire = wireOf(message);
        const decoded = decodeWire(wire);
        if (decoded.kind === "invalid") {
          expect(wire.length).toBeGreaterThan(1232);
          return;
        }
        expect(decoded.wire.message).toEqual(message);
        expect(decoded.wire.messageBytes).toEqual(encodeMessage(message));
        expect(decoded.wire.signatures).toHaveLength(message.requiredSignatures);
      }),
      { numRuns: 200 },
    );
  });

  it("reads legacy and version 0 as kit and web3.js do", () => {
    fc.assert(
      fc.property(fc.constantFrom<MessageVersion>("legacy", 0).chain(messageArbitrary), (message) => {
        const wire = wireOf(message);
        if (wire.length > 1232) return;
        const theirs = getCompiledTransactionMessageDecoder().decode(getTransactionDecoder().decode(wire).messageBytes);
        expect(theirs.version).toBe(message.version);
        expect(theirs.header.numSignerAccounts).toBe(message.requiredSignatures);
        expect(theirs.staticAccounts).toEqual(message.staticAccounts.map(pubkeyToBase58));
        const web3 = VersionedTransaction.deserialize(wire).message;
        expect(web3.compiledInstructions.map(({ programIdIndex }) => programIdIndex)).toEqual(
          message.instructions.map(({ programIndex }) => programIndex),
        );
        expect(web3.addressTableLookups.map(({ accountKey }) => accountKey.toBase58())).toEqual(
          message.lookups.map(({ table }) => pubkeyToBase58(table)),
        );
      }),
      { numRuns: 100 },
    );
  });

  it("gives a value for any bytes, and for any damaged transaction", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: maxWireLengthV1 + 10 }), (wire) => {
        expect(["decoded", "invalid"]).toContain(decodeWire(wire).kind);
      }),
    );
    const damaged = fc.tuple(fc.constantFrom<MessageVersion>("legacy", 0, 1).chain(messageArbitrary), fc.nat(), fc.nat(255), fc.nat());
    fc.assert(
      fc.property(damaged, ([message, place, byte, cut]) => {
        const wire = wireOf(message);
        wire[place % wire.length] = byte;
        const part = wire.slice(0, cut % 3 === 0 ? cut % wire.length : wire.length);
        const decoded = decodeWire(part);
        if (decoded.kind === "decoded") {
          expect(encodeWire(decoded.wire.signatures, encodeMessage(decoded.wire.message))).toEqual(part);
        }
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    [Uint8Array.of(), /expected 1 bytes at 0/],
    [Uint8Array.of(0x80, 0x00), /shortest form/],
    [Uint8Array.of(0xff, 0xff, 0x7f), /65,535/],
    [Uint8Array.of(0x00, 0x82), /version 0, got version 2/],
    [new Uint8Array(1233), /at most 1232 bytes, got 1233/],
  ])("says what is wrong with %o", (wire, message) => {
    expect(decodeWire(wire)).toMatchObject({ kind: "invalid", message: expect.stringMatching(message) as unknown });
  });
});
