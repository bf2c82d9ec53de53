import { addressFromBytes, encodeDialectEnvelope, type Address, type Hash } from "@trireme/core";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { signAuthorization } from "./authorization.ts";
import { decodeTransaction, signTransaction } from "./decode-transaction.ts";
import { createEthereumFormat } from "./ethereum-format.ts";
import type { EthereumTransaction, EthereumTransactionType, Signature, UnsignedTransaction } from "./ethereum-transaction.ts";
import { createImpersonatedFormat, decodeImpersonatedTransaction, encodeImpersonatedTransaction } from "./impersonated-format.ts";
import { encodeSignedTransaction } from "./transaction-codec.ts";
import { addressOfPrivateKey, nativeRecovery, portableRecovery, recoverSigner, signHash } from "./signature.ts";

const uint = (bits: bigint): fc.Arbitrary<bigint> =>
  fc.oneof(fc.bigInt({ min: 0n, max: 1000n }), fc.bigInt({ min: 0n, max: 2n ** bits - 1n }));
const bytes32 = fc.uint8Array({ minLength: 32, maxLength: 32 });
const address: fc.Arbitrary<Address> = fc.uint8Array({ minLength: 20, maxLength: 20 }).map(addressFromBytes);
const privateKey = fc
  .bigInt({ min: 1n, max: 2n ** 255n })
  .map((value) => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex")));

const unsigned: fc.Arbitrary<UnsignedTransaction> = fc
  .record({
    type: fc.constantFrom<EthereumTransactionType>(0, 1, 2, 3, 4),
    chainId: fc.option(fc.constant(31337n), { nil: undefined }),
    nonce: uint(64n),
    gasLimit: uint(64n),
    to: fc.option(address, { nil: undefined }),
    value: uint(256n),
    data: fc.uint8Array({ maxLength: 100 }),
    maxFeePerGas: uint(256n),
    maxPriorityFeePerGas: uint(256n),
    accessList: fc.array(fc.record({ address, storageKeys: fc.array(bytes32, { maxLength: 3 }) }), { maxLength: 3 }),
    maxFeePerBlobGas: uint(256n),
    blobVersionedHashes: fc.array(
      bytes32.map((bytes) => bytes as Hash),
      { maxLength: 3 },
    ),
    authorizationList: fc.array(
      fc
        .tuple(fc.record({ chainId: uint(256n), address, nonce: uint(64n) }), privateKey)
        .map(([tuple, key]) => signAuthorization(tuple, key)),
      { maxLength: 2 },
    ),
  })
  .map((fields) => ({
    ...fields,
    chainId: fields.type === 0 ? fields.chainId : 31337n,
    maxPriorityFeePerGas: fields.type < 2 ? fields.maxFeePerGas : fields.maxPriorityFeePerGas,
    accessList: fields.type === 0 ? [] : fields.accessList,
    maxFeePerBlobGas: fields.type === 3 ? fields.maxFeePerBlobGas : 0n,
    blobVersionedHashes: fields.type === 3 ? fields.blobVersionedHashes : [],
    authorizationList: fields.type === 4 ? fields.authorizationList : [],
  }));

test("what is signed decodes to the same fields and the signer", () => {
  fc.assert(
    fc.property(unsigned, privateKey, (fields, key) => {
      const raw = signTransaction(fields, key);
      const result = decodeTransaction(raw, { chainId: 31337n });
      expect(result).toMatchObject({ kind: "decoded", transaction: { ...fields, sender: addressOfPrivateKey(key), raw } });
    }),
  );
});

test("decoding again, signatures known, gives the same transaction", () => {
  const format = createEthereumFormat();
  const rules = { chainId: 31337n };
  fc.assert(
    fc.property(unsigned, privateKey, (fields, key) => {
      const raw = signTransaction(fields, key);
      const { transaction } = format.decode(raw, rules) as { readonly transaction: EthereumTransaction };
      expect(format.decodeKnown?.(raw, rules, transaction.sender)).toEqual(transaction);
      expect(format.decodeKnown?.(raw, rules, transaction.sender, transaction.hash)).toEqual(transaction);
    }),
  );
});

test("decoding is total: mutated bytes give a value, and a decoded one encodes to itself", () => {
  const mutation = fc.array(fc.tuple(fc.nat(), fc.nat(255)), { minLength: 1, maxLength: 4 });
  const format = createEthereumFormat();
  fc.assert(
    fc.property(unsigned, privateKey, mutation, fc.nat(), (fields, key, changes, cut) => {
      let raw = signTransaction(fields, key);
      for (const [at, byte] of changes) raw = raw.with(at % raw.length, byte);
      if (cut % 3 === 0) raw = raw.slice(0, cut % (raw.length + 1));
      const result = decodeTransaction(raw, { chainId: 31337n });
      // Canonical: two encodings of one transaction would be two hashes of it.
      const again =
        result.kind === "decoded" ? encodeSignedTransaction(result.transaction, result.transaction.signature as Signature) : raw;
      expect(again).toEqual(raw);
      expect(result.kind === "invalid" || format.recognizes(raw)).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test("decoding of impersonated transactions is total", () => {
  const format = createImpersonatedFormat();
  fc.assert(
    fc.property(unsigned, address, fc.nat(), fc.nat(255), (fields, sender, at, byte) => {
      const raw = encodeImpersonatedTransaction(sender, fields);
      expect(format.recognizes(raw)).toBe(true);
      expect(decodeImpersonatedTransaction(raw, { chainId: 31337n })).toMatchObject({
        kind: "decoded",
        transaction: { ...fields, sender },
      });
      expect(decodeImpersonatedTransaction(raw.with(at % raw.length, byte), { chainId: 31337n }).kind).toMatch(/decoded|invalid/);
    }),
  );
  const foreign = encodeDialectEnvelope({ dialect: "solana", payload: new Uint8Array(3) });
  expect([format.recognizes(foreign), createEthereumFormat().recognizes(foreign)]).toEqual([false, false]);
});

test.skipIf(nativeRecovery === undefined)("native and JavaScript recovery agree, on good and on bad signatures", () => {
  fc.assert(
    fc.property(bytes32, privateKey, fc.option(uint(256n)), fc.option(uint(256n)), fc.nat(2), (hash, key, r, s, yParity) => {
      const signature = signHash(hash, key);
      expect(recoverSigner(hash, signature, portableRecovery)).toEqual(addressOfPrivateKey(key));
      const changed = { yParity, r: r ?? signature.r, s: s ?? signature.s };
      expect(recoverSigner(hash, changed, nativeRecovery)).toEqual(recoverSigner(hash, changed, portableRecovery));
    }),
  );
});
