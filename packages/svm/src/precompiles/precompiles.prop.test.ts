// Precompiles with good and bad signatures and offsets, here and on litesvm.
import { generateKeyPairSync, sign } from "node:crypto";
import { secp256k1 } from "@noble/curves/secp256k1.js";
import { keccak256, type Instruction, type Pubkey } from "@trireme/core";
import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { craftedSigners } from "../crypto/crafted-signatures.mts";
import { programIds } from "../known-keys.ts";
import { readonly, systemTransfer } from "../test/token-instructions.mts";
import { createTwinWorlds } from "../test/twin-worlds.mts";
import { testSigner } from "../transaction/signed-message.mts";

const payer = testSigner(1).pubkey;
const twins = createTwinWorlds();
twins.setAccount({ key: payer, lamports: 10n ** 15n });

const u16 = (value: number): readonly number[] => [value & 0xff, (value >> 8) & 0xff];
const instruction = (program: Pubkey, data: Uint8Array): Instruction => ({ program, accounts: [], data });

/** One signature's parts. */
interface Signed {
  readonly signature: Uint8Array;
  readonly publicKey: Uint8Array;
  readonly message: Uint8Array;
}

/** Data in the form that ed25519 and secp256r1 share: everything in the instruction itself, or in instruction `at`. */
function sevenWords(signed: readonly Signed[], at = 0xffff, base?: number): Uint8Array {
  const offsets: number[] = [signed.length, 0];
  const tail: number[] = [];
  let place = base ?? 2 + 14 * signed.length;
  for (const { signature, publicKey, message } of signed) {
    const key = place + signature.length;
    const text = key + publicKey.length;
    offsets.push(...u16(place), ...u16(at), ...u16(key), ...u16(at), ...u16(text), ...u16(message.length), ...u16(at));
    tail.push(...signature, ...publicKey, ...message);
    place = text + message.length;
  }
  return Uint8Array.from(base === undefined ? [...offsets, ...tail] : offsets);
}

/** Data in the form of secp256k1: `at` is the index of the instruction that holds the rest. */
function secp256k1Data(signed: readonly Signed[], at: number): Uint8Array {
  const offsets: number[] = [signed.length];
  const tail: number[] = [];
  let place = 1 + 11 * signed.length;
  for (const { signature, publicKey: address, message } of signed) {
    const key = place + signature.length;
    const text = key + address.length;
    offsets.push(...u16(place), at, ...u16(key), at, ...u16(text), ...u16(message.length), at);
    tail.push(...signature, ...address, ...message);
    place = text + message.length;
  }
  return Uint8Array.from([...offsets, ...tail]);
}

const r1 = generateKeyPairSync("ec", { namedCurve: "P-256" });
const r1Order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;
const k1Order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
const big = (bytes: Uint8Array): bigint => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);
const bytes = (value: bigint): Uint8Array => Uint8Array.from(Buffer.from(value.toString(16).padStart(64, "0"), "hex"));
const withS = (signature: Uint8Array, s: bigint): Uint8Array =>
  Uint8Array.from([...signature.subarray(0, 32), ...bytes(s), ...signature.subarray(64)]);

function signR1(message: Uint8Array, isHigh = false): Signed {
  const { x, y } = r1.publicKey.export({ format: "jwk" });
  const [left, right] = [x, y].map((part) => Buffer.from(part as string, "base64url")) as [Buffer, Buffer];
  const publicKey = Uint8Array.from([2 + ((right.at(-1) as number) & 1), ...left]);
  const signature = Uint8Array.from(sign("sha256", message, { key: r1.privateKey, dsaEncoding: "ieee-p1363" }));
  const s = big(signature.subarray(32));
  return { signature: s > r1Order / 2n === isHigh ? signature : withS(signature, r1Order - s), publicKey, message };
}

const k1Secret = new Uint8Array(32).fill(7);
const k1Address = keccak256(secp256k1.getPublicKey(k1Secret, false).subarray(1)).subarray(12);

function signK1(message: Uint8Array, isHigh = false): Signed {
  const recovered = secp256k1.sign(keccak256(message), k1Secret, { prehash: false, format: "recovered" });
  const signature = Uint8Array.from([...recovered.subarray(1), recovered[0] as number]);
  if (!isHigh) return { signature, publicKey: k1Address, message };
  const flipped = withS(signature, k1Order - big(signature.subarray(32, 64)));
  flipped[64] = (flipped[64] as number) ^ 1;
  return { signature: flipped, publicKey: k1Address, message };
}

const message = fc.uint8Array({ maxLength: 40 });
const mutation = fc.record({ at: fc.nat(400), value: fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 2, 3, 4, 27, 0xff)) });
const mutations = fc.oneof(
  { weight: 1, arbitrary: fc.constant([]) },
  { weight: 1, arbitrary: fc.array(mutation, { minLength: 1, maxLength: 2 }) },
);
const cut = fc.option(fc.tuple(fc.constantFrom("cut", "pad" as const), fc.nat(30)), { freq: 4 });

function mutate(data: Uint8Array, changes: readonly { at: number; value: number }[], length: readonly [string, number] | null): Uint8Array {
  const copy = data.slice();
  // Half of the changes hit counts and offsets.
  for (const { at, value } of changes) copy[at % 2 === 0 ? (at >> 1) % Math.min(18, copy.length) : at % copy.length] = value;
  if (length === null) return copy;
  return length[0] === "cut"
    ? copy.subarray(0, Math.max(0, copy.length - length[1]))
    : Uint8Array.from([...copy, ...new Uint8Array(length[1])]);
}

/** How often each outcome came. */
const seen = new Map<string, number>();
function send(...instructions: readonly Instruction[]): void {
  const { result } = twins.send(payer, ...instructions);
  const outcome = result.kind === "revert" ? (result.error as string) : result.kind;
  seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
}

const transfer = systemTransfer(payer, testSigner(2).pubkey, 10n ** 9n);

describe("precompiles", () => {
  it("ed25519: crafted signatures", () => {
    for (const signer of craftedSigners(3n)) {
      const text = new TextEncoder().encode(signer.kind);
      const signed = { signature: signer.sign(text), publicKey: signer.publicKey, message: text };
      send(instruction(programIds.ed25519, sevenWords([signed])), transfer);
    }
  });

  it.each([
    ["ed25519", programIds.ed25519, (text: Uint8Array) => edSigned(text)],
    ["secp256r1", programIds.secp256r1, (text: Uint8Array) => signR1(text)],
  ] as const)("%s: offsets, counts and bytes at random", (_, program, signText) => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 3 }), mutations, cut, (texts, changes, length) => {
        send(instruction(program, mutate(sevenWords(texts.map(signText)), changes, length)));
      }),
      { numRuns: 80, seed: 5 },
    );
  });

  it("secp256k1: offsets, counts and bytes at random", () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 3 }), mutations, cut, fc.boolean(), (texts, changes, length, isHigh) => {
        const data = secp256k1Data(
          texts.map((text) => signK1(text, isHigh)),
          0,
        );
        send(instruction(programIds.secp256k1, mutate(data, changes, length)));
      }),
      { numRuns: 80, seed: 6 },
    );
  });

  it("data of other instructions, and indices beyond them", () => {
    const text = Uint8Array.of(1, 2, 3);
    const holder = (signed: Signed): Instruction => ({
      ...transfer,
      data: Uint8Array.from([...transfer.data, ...signed.signature, ...signed.publicKey, ...text]),
    });
    for (const at of [0, 1, 2, 0xfffe, 0xffff]) {
      send(instruction(programIds.ed25519, sevenWords([edSigned(text)], at, 12)), holder(edSigned(text)));
      send(instruction(programIds.secp256r1, sevenWords([signR1(text)], at, 12)), holder(signR1(text)));
      const moved = secp256k1Data([signK1(text)], at & 0xff);
      send(transfer, instruction(programIds.secp256k1, moved));
      send(instruction(programIds.secp256k1, moved), instruction(programIds.secp256k1, moved));
    }
  });

  it("numbers at their limits", () => {
    const text = Uint8Array.of(9);
    const [high, low] = [signR1(text, true), signR1(text)];
    const zero = new Uint8Array(64);
    for (const signed of [
      high,
      { ...low, signature: withS(low.signature, 0n) },
      { ...low, signature: withS(low.signature, r1Order / 2n) },
      { ...low, signature: withS(low.signature, r1Order / 2n + 1n) },
      { ...low, signature: Uint8Array.from([...bytes(r1Order), ...low.signature.subarray(32)]) },
      { ...low, signature: zero },
      { ...low, publicKey: new Uint8Array(33) },
      { ...low, publicKey: new Uint8Array(33).fill(0xff) },
      ...[0, 1, 4, 6].map((prefix) => ({ ...low, publicKey: Uint8Array.from([prefix, ...low.publicKey.subarray(1)]) })),
      ...[2, 3].map((prefix) => ({ ...low, publicKey: Uint8Array.from([prefix, ...low.publicKey.subarray(1)]) })),
    ]) {
      send(instruction(programIds.secp256r1, sevenWords([signed])));
    }
    for (const count of [8, 9])
      send(
        instruction(
          programIds.secp256r1,
          sevenWords(
            Array.from({ length: count }, () => low),
            0xffff,
            2 + 14 * count,
          ),
        ),
      );
    const k1 = signK1(text);
    for (const signature of [
      ...[2, 3, 4, 27, 255].map((recovery) => Uint8Array.from([...k1.signature.subarray(0, 64), recovery])),
      withS(k1.signature, 0n),
      withS(k1.signature, k1Order),
      withS(k1.signature, k1Order - 1n),
      Uint8Array.from([...bytes(0n), ...k1.signature.subarray(32)]),
      Uint8Array.from([...bytes(k1Order), ...k1.signature.subarray(32)]),
      Uint8Array.from([...bytes(5n), ...k1.signature.subarray(32, 64), 2]),
    ]) {
      send(instruction(programIds.secp256k1, secp256k1Data([{ ...k1, signature }], 0)));
    }
    for (const program of [programIds.ed25519, programIds.secp256k1, programIds.secp256r1]) {
      for (const length of [0, 1, 2, 3, 15, 16])
        for (const first of [0, 1]) send(instruction(program, new Uint8Array(length).fill(first, 0, 1)));
    }
  });

  it("leave return data and units alone, and are no programs to call", () => {
    const [returner, caller] = [testSigner(60).pubkey, testSigner(61).pubkey];
    twins.installSource(returner, "mov64 r2, 8\ncall sol_set_return_data\nmov64 r0, 0\nexit");
    twins.installSource(caller, callerOf(programIds.ed25519));
    const text = Uint8Array.of(4);
    const verified = instruction(programIds.ed25519, sevenWords([edSigned(text)]));
    const returning = { program: returner, accounts: [readonly(payer)], data: new Uint8Array(0) };
    expect(twins.send(payer, returning, verified, verified).record.returnData?.data).toHaveLength(8);
    // A program that calls one does not get far.
    const { result } = twins.send(payer, { program: caller, accounts: [readonly(programIds.ed25519)], data: new Uint8Array(0) });
    expect(result).toMatchObject({ kind: "revert", error: JSON.stringify("ProgramFailedToComplete") });
    // Accounts are no matter, not even its own.
    send({ ...verified, accounts: [readonly(payer), readonly(programIds.ed25519)] });
  });

  it("every error came, and successes", () => {
    const outcomes = new Set(seen.keys());
    const custom = [0, 1, 2, 3, 4].map((number) => JSON.stringify({ Custom: number }));
    expect([...outcomes].toSorted()).toEqual(["success", ...custom].toSorted());
    expect(seen.get("success")).toBeGreaterThan(60);
  });
});

/** Calls `program`, the only account of the instruction, in C's way: without accounts, with the data 0, 0. */
function callerOf(program: Pubkey): string {
  const words = Array.from({ length: 4 }, (_, index) => Buffer.from(program).readBigUInt64LE(8 * index));
  return `
  lddw r1, 0x300000000
  ${words.map((word, index) => `lddw r2, ${word}\n  stxdw [r1+${index * 8}], r2`).join("\n  ")}
  stxdw [r1+64], r1
  stdw [r1+72], 0
  stdw [r1+80], 0
  mov64 r3, r1
  add64 r3, 40
  stxdw [r1+88], r3
  stdw [r1+96], 2
  add64 r1, 64
  mov64 r2, 0
  mov64 r3, 0
  mov64 r4, 0
  mov64 r5, 0
  call sol_invoke_signed_c
  exit`;
}

function edSigned(text: Uint8Array): Signed {
  const { pubkey, sign: signWith } = testSigner(3);
  return { signature: signWith(text), publicKey: pubkey, message: text };
}
