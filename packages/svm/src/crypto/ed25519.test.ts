// Signatures of transactions, judged here and by litesvm.
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { ed25519 } from "@noble/curves/ed25519.js";
import { pubkeyFromBytes, systemProgram } from "@trireme/core";
import * as fc from "fast-check";
import internal, { Account, FailedTransactionMetadata } from "litesvm/dist/internal.js";
import { describe, expect, it } from "vitest";
import { encodeMessage, encodeWire } from "../transaction/encode-wire.ts";
import { compileMessage } from "../transaction/signed-message.mts";
import { craftedSigners } from "./crafted-signatures.mts";
import { nodeBackend, sodiumBackend } from "./ed25519-backends.ts";
import { findFalseClaim, verifyEd25519, type Ed25519Claim } from "./ed25519.ts";

const backends = { node: nodeBackend, ...(sodiumBackend === undefined ? {} : { sodium: sodiumBackend }) };

/** Whether litesvm takes the signature of a transaction without instructions; its payer lacks nothing else. */
function createJudge(): (message: Uint8Array, signature: Uint8Array, payer: Uint8Array) => boolean {
  const svm = new internal.LiteSvm();
  svm.setBlockhashCheck(false);
  svm.setTransactionHistory(0n);
  return (message, signature, payer) => {
    svm.setAccount(payer, new Account(10n ** 12n, new Uint8Array(0), systemProgram, false, 0n));
    return !(svm.sendLegacyTransaction(encodeWire([signature], message)) instanceof FailedTransactionMetadata);
  };
}

describe("ed25519, strict", () => {
  const judge = createJudge();

  it("judges crafted signatures as litesvm does, on every backend", () => {
    const verdicts = new Map<string, Set<boolean>>();
    for (let seed = 0n; seed < 6n; seed++) {
      for (const signer of craftedSigners(seed)) {
        const blockhash = new Uint8Array(32).fill(Number(seed));
        const message = encodeMessage(compileMessage(pubkeyFromBytes(signer.publicKey), [], blockhash));
        const signature = signer.sign(message);
        const expected = judge(message, signature, signer.publicKey);
        verdicts.set(signer.kind, (verdicts.get(signer.kind) ?? new Set()).add(expected));
        for (const [name, backend] of Object.entries(backends)) {
          const verdict = verifyEd25519(message, signature, signer.publicKey, backend);
          expect([name, signer.kind, verdict]).toEqual([name, signer.kind, expected]);
        }
      }
    }
    expect([...(verdicts.get("plain") ?? [])]).toEqual([true]);
    expect([...(verdicts.get("mixed key") ?? [])].toSorted()).toEqual([false, true]);
    expect([...(verdicts.get("small key") ?? []), ...(verdicts.get("small R") ?? [])]).toEqual([false, false]);
  });

  it("agrees with noble on random signatures and their mutants", () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.uint8Array({ maxLength: 40 }),
        fc.nat(95),
        fc.nat(255),
        (secret, message, at, flip) => {
          const publicKey = ed25519.getPublicKey(secret);
          const both = Uint8Array.from([...ed25519.sign(message, secret), ...publicKey]);
          both[at] = (both[at] as number) ^ flip;
          const [signature, key] = [both.subarray(0, 64), both.subarray(64)];
          const expected = ed25519.verify(signature, message, key, { zip215: false });
          expect(expected).toBe(flip === 0);
          for (const backend of Object.values(backends)) expect(verifyEd25519(message, signature, key, backend)).toBe(expected);
        },
      ),
      { numRuns: 40, examples: [[new Uint8Array(32), new Uint8Array(0), 0, 0]] },
    );
  });

  it("refuses lengths of its own", () => {
    for (const [signature, key] of [
      [63, 32],
      [65, 32],
      [64, 31],
      [64, 33],
      [0, 0],
    ] as const) {
      expect(verifyEd25519(new Uint8Array(1), new Uint8Array(signature), new Uint8Array(key))).toBe(false);
    }
  });

  it("finds the first claim of many that does not hold", () => {
    const key = createPrivateKey({
      key: Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, 5)]),
      format: "der",
      type: "pkcs8",
    });
    const publicKey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
    const claims: Ed25519Claim[] = Array.from({ length: 20 }, (_, index) => {
      const message = new Uint8Array(100).fill(index);
      return { message, signature: sign(null, message, key), publicKey };
    });
    expect(findFalseClaim(claims)).toBe(-1);
    const broken = claims.map((claim, index) => (index === 7 || index === 12 ? { ...claim, message: new Uint8Array(100) } : claim));
    expect(findFalseClaim(broken)).toBe(7);
    expect(findFalseClaim([])).toBe(-1);
  });
});
