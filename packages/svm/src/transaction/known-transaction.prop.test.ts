import { pubkeyFromBytes, systemProgram, type Instruction } from "@trireme/core";
import fc from "fast-check";
import { expect, it } from "vitest";
import { programIds } from "../known-keys.ts";
import { compileMessage, enveloped, signMessage, testSigner } from "./signed-message.mts";
import { createSolanaFormat } from "./solana-format.ts";
import type { MessageVersion } from "./solana-message.ts";

const format = createSolanaFormat();
const rules = { chainId: 1337n };
const signers = [1, 2, 3].map(testSigner);
const [payer] = signers as [ReturnType<typeof testSigner>];
const key = fc.uint8Array({ minLength: 32, maxLength: 32 }).map(pubkeyFromBytes);

const instruction: fc.Arbitrary<Instruction> = fc.record({
  program: fc.oneof(key, fc.constantFrom(systemProgram, programIds.ed25519, programIds.loaderV3)),
  accounts: fc.array(
    fc.record({
      pubkey: fc.oneof(key, fc.constantFrom(...signers.map(({ pubkey }) => pubkey))),
      isSigner: fc.boolean(),
      isWritable: fc.boolean(),
    }),
    { maxLength: 4 },
  ),
  data: fc.uint8Array({ maxLength: 40 }),
});
const lookups = fc.array(
  fc.record({
    table: key,
    writableIndices: fc.uint8Array({ maxLength: 3 }),
    readonlyIndices: fc.uint8Array({ minLength: 1, maxLength: 3 }),
  }),
  { maxLength: 2 },
);

it.each<MessageVersion>(["legacy", 0, 1])("decoding again, signatures known, gives the same transaction: version %s", (version) => {
  const isOurs = (pubkey: Uint8Array): boolean => signers.some((signer) => Buffer.compare(signer.pubkey, pubkey) === 0);
  let compared = 0;
  fc.assert(
    fc.property(
      fc.array(instruction, { maxLength: 3 }),
      fc.uint8Array({ minLength: 32, maxLength: 32 }),
      lookups,
      (all, blockhash, tables) => {
        // Nobody else has a key here.
        const signed = all.map((each) => ({
          ...each,
          accounts: each.accounts.map((meta) => ({ ...meta, isSigner: meta.isSigner && isOurs(meta.pubkey) })),
        }));
        const compiled = compileMessage(payer.pubkey, signed, blockhash, version);
        const config = { priorityFee: 7n, computeUnitLimit: 90_000, loadedAccountsDataSizeLimit: undefined, heapLength: undefined };
        const message = { ...compiled, lookups: version === 0 ? tables : [], config: version === 1 ? config : undefined };
        const raw = enveloped(signMessage(message, signers));
        const decoded = format.decode(raw, rules);
        if (decoded.kind === "invalid") return;
        compared++;
        const { transaction } = decoded;
        expect(format.decodeKnown?.(raw, rules, transaction.sender)).toEqual(transaction);
        expect(format.decodeKnown?.(raw, rules, transaction.sender, transaction.hash)).toEqual(transaction);
      },
    ),
    { numRuns: 60 },
  );
  expect(compared).toBeGreaterThan(40);
});

it("throws for bytes that were never decoded", () => {
  expect(() => format.decodeKnown?.(enveloped(Uint8Array.of(1, 2, 3)), rules, new Uint8Array(20) as never)).toThrow(/decoded before/);
});
