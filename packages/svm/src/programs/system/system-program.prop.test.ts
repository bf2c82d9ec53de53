/** Random System instructions on litesvm and on ours: result, log lines, units and every account agree. */
import { concatBytes, pubkeyFromBytes, systemProgram, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { programIds, sysvarIds } from "../../known-keys.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { createNativePair, type NativePair } from "../native-oracle.mts";
import { instructionChange, readonly, signer, u32, u64, writable } from "../native-instructions.mts";
import { encodeNonceState, nonceOfBlockhash } from "./nonce-state.ts";
import { createWithSeed } from "./seed-address.ts";

const text = new TextEncoder();
const payer = key(200);
const keys = [1, 2, 3, 4, 5, 6, 7, 8].map(key);
const seeded = ["", "seed", "söd"].map((seed) => ({
  seed,
  address: createWithSeed({ base: keys[0] as Pubkey, seed: text.encode(seed), owner: programIds.loaderV2 }),
}));
const pool: readonly Pubkey[] = [...keys, ...seeded.map(({ address }) => address)];
const owners: readonly Pubkey[] = [systemProgram, programIds.loaderV2, key(90)];

function key(seed: number): Pubkey {
  return pubkeyFromBytes(new Uint8Array(32).fill(seed));
}

function string(value: string): Uint8Array {
  const bytes = text.encode(value);
  return concatBytes(u64(BigInt(bytes.length)), bytes);
}

const [wallet, second, nonce, blank] = keys as [Pubkey, Pubkey, Pubkey, Pubkey];
const legacyNonce = keys[4] as Pubkey;
const fresh = Array.from({ length: 40 }, (_, index) => key(100 + index));
const { recentBlockhashes, rent } = sysvarIds;
const of = (number: number, accounts: readonly AccountMeta[], ...data: readonly Uint8Array[]): Instruction => ({
  program: systemProgram,
  accounts,
  data: concatBytes(u32(number), ...data),
});

const lamports = fc.oneof(fc.bigInt(0n, 3_000_000n), fc.constantFrom(0n, 1_000_000n, minimumBalance(80)));
const space = fc.bigInt(0n, 100n);
const anySpace = fc.oneof({ weight: 6, arbitrary: space }, fc.constantFrom(10_485_760n, 10_485_761n, 2n ** 64n - 1n));
const owner = fc.constantFrom(...owners);
const free = fc.constantFrom(...fresh);
const seed = fc.constantFrom("seed", "söd", "x".repeat(32));
const anySeed = fc.oneof(seed, fc.constantFrom("", "x".repeat(33)));
const anyKey = fc.constantFrom(...pool);
const derived = (base: Pubkey, name: string, by: Pubkey) =>
  name.length > 32 ? base : createWithSeed({ base, seed: text.encode(name), owner: by });

/** Instructions that would succeed on the accounts of the start, and on most later ones. */
const sensible: readonly fc.Arbitrary<Instruction>[] = [
  fc.tuple(free, space, owner).map(([to, s, o]) => of(0, [signer(wallet), signer(to)], u64(minimumBalance(Number(s))), u64(s), o)),
  fc.tuple(free, owner).map(([account, o]) => of(1, [signer(account)], o)),
  fc.tuple(fc.constantFrom(wallet, second, nonce, blank, payer), lamports).map(([to, l]) => of(2, [signer(wallet), writable(to)], u64(l))),
  fc
    .tuple(anySeed, space, owner)
    .map(([t, s, o]) =>
      of(3, [signer(wallet), writable(derived(wallet, t, o))], wallet, string(t), u64(minimumBalance(Number(s))), u64(s), o),
    ),
  fc.constantFrom(nonce, blank).map((account) => of(4, [writable(account), readonly(recentBlockhashes), signer(wallet)])),
  fc
    .tuple(fc.constantFrom(nonce, blank), lamports)
    .map(([account, l]) =>
      of(5, [writable(account), writable(second), readonly(recentBlockhashes), readonly(rent), signer(wallet)], u64(l)),
    ),
  anyKey.map((authority) => of(6, [writable(blank), readonly(recentBlockhashes), readonly(rent)], authority)),
  fc.constantFrom(wallet, second).map((authority) => of(7, [writable(nonce), signer(wallet)], authority)),
  fc.tuple(free, anySpace).map(([account, s]) => of(8, [signer(account)], u64(s))),
  fc.tuple(seed, space, owner).map(([t, s, o]) => of(9, [writable(derived(wallet, t, o)), signer(wallet)], wallet, string(t), u64(s), o)),
  fc.tuple(seed, owner).map(([t, o]) => of(10, [writable(derived(wallet, t, o)), signer(wallet)], wallet, string(t), o)),
  fc
    .tuple(fc.bigInt(0n, 1_000_000n), fc.constantFrom("", "seed"))
    .map(([l, t]) =>
      of(11, [writable(derived(wallet, t, programIds.loaderV2)), signer(wallet), writable(second)], u64(l), string(t), programIds.loaderV2),
    ),
  fc.constant(of(12, [writable(legacyNonce)])),
  fc.tuple(free, space, owner).map(([to, s, o]) => of(13, [signer(to), signer(wallet)], u64(minimumBalance(Number(s))), u64(s), o)),
];

const instruction: fc.Arbitrary<Instruction> = fc
  .tuple(fc.oneof(...sensible), fc.option(instructionChange(pool), { freq: 2 }))
  .map(([each, changed]) => changed?.(each) ?? each);

/** The accounts that every run begins with. */
function fill(pair: NativePair): void {
  const plain = { owner: systemProgram, data: new Uint8Array(0), executable: false };
  const nonceData = { authority: keys[0] as Pubkey, nonce: nonceOfBlockhash(new Uint8Array(32)), lamportsPerSignature: 5000n };
  const current = encodeNonceState({ isLegacy: false, data: nonceData });
  const legacy = encodeNonceState({ isLegacy: true, data: { ...nonceData, authority: keys[2] as Pubkey } });
  pair.setAccount({ ...plain, key: payer, lamports: 10n ** 15n });
  pair.setAccount({ ...plain, key: keys[0] as Pubkey, lamports: 10n ** 12n });
  pair.setAccount({ ...plain, key: keys[1] as Pubkey, lamports: 5_000_000n });
  pair.setAccount({ ...plain, key: keys[2] as Pubkey, lamports: minimumBalance(80) + 1_000_000n, data: current });
  pair.setAccount({ ...plain, key: keys[3] as Pubkey, lamports: minimumBalance(80), data: new Uint8Array(80) });
  pair.setAccount({ ...plain, key: keys[4] as Pubkey, lamports: minimumBalance(90), data: concatBytes(legacy, new Uint8Array(10)) });
  pair.setAccount({ ...plain, key: keys[5] as Pubkey, lamports: minimumBalance(80), owner: key(90), data: current });
  pair.setAccount({ ...plain, key: (seeded[0] as { address: Pubkey }).address, lamports: 4_000_000n });
}

function expectSameAccounts(pair: NativePair, accounts: readonly Pubkey[]): void {
  for (const each of accounts) {
    const { ours, theirs } = pair.account(each);
    expect(ours).toBe(theirs);
  }
}

test("System instructions are litesvm's: result, logs, units, accounts", () => {
  const ends = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(fc.array(instruction, { minLength: 1, maxLength: 2 }), { minLength: 30, maxLength: 60 }), (transactions) => {
      const pair = createNativePair();
      fill(pair);
      for (const [index, instructions] of transactions.entries()) {
        if (index % 8 === 7) pair.warp(1000n + BigInt(index));
        const { ours, theirs } = pair.send(payer, instructions);
        expect(ours).toEqual(theirs);
        const named = instructions.flatMap(({ accounts }) => accounts.map(({ pubkey }) => pubkey));
        expectSameAccounts(pair, [payer, ...named.filter((each) => each !== recentBlockhashes && each !== rent)]);
        const end = ours.succeeded ? "success" : (ours.logs.at(-1)?.split(" failed: ")[1] ?? "not rent-exempt");
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
      expectSameAccounts(pair, [...pool, ...fresh]);
    }),
    { numRuns: 30 },
  );
  console.log("System program:", Object.fromEntries(ends));
  expect(ends.get("success")).toBeGreaterThan([...ends.values()].reduce((sum, each) => sum + each) / 5);
});
