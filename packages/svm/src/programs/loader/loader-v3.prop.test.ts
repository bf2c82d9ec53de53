/** Random instructions of loader v3 on litesvm and on ours: result, log lines, units and every account agree. */
import {
  concatBytes,
  pubkeyFromBase58,
  pubkeyFromBytes,
  systemProgram,
  type AccountMeta,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import fc from "fast-check";
import { expect, test } from "vitest";
import { programIds, sysvarIds } from "../../known-keys.ts";
import { findProgramAddress } from "../../runtime/program-address.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { createNativePair, type NativePair } from "../native-oracle.mts";
import { instructionChange, readonly, signer, u32, u64, writable } from "../native-instructions.mts";
import { encodeLoaderState, type LoaderState } from "./loader-state.ts";

const loader = programIds.loaderV3;
const memo = pubkeyFromBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
const payer = key(200);
const [alice, bob, spill] = [key(1), key(2), key(3)] as const;
/** Buffers: with the memo program, with its first half, immutable, without a state, of somebody else. */
const [good, other, broken, frozen, blank, bobs] = [key(11), key(12), key(13), key(14), key(15), key(16)] as const;
/** Program ids: two accounts ready to deploy, one that is deployed, one that nobody may change. */
const [first, second, deployed, final] = [key(21), key(22), key(23), key(24)] as const;
const programs = [first, second, deployed, final];
const dataOf = (program: Pubkey): Pubkey => findProgramAddress([program], loader).address;
const pool = [alice, bob, spill, good, other, broken, frozen, blank, bobs, ...programs, ...programs.map(dataOf), payer];
const { clock, rent } = sysvarIds;

function key(seed: number): Pubkey {
  return pubkeyFromBytes(new Uint8Array(32).fill(seed));
}

const of = (number: number, accounts: readonly AccountMeta[], ...data: readonly Uint8Array[]): Instruction => ({
  program: loader,
  accounts,
  data: concatBytes(u32(number), ...data),
});

const buffer = fc.constantFrom(good, good, other, other, broken, frozen, blank, bobs);
const program = fc.constantFrom(...programs);
const authority = fc.constantFrom(alice, alice, alice, bob);
const length = fc.constantFrom(2304, 2304, 3000, 2303, 0, 10_485_715, 10_485_716);
const growth = fc.constantFrom(10_240, 10_240, 20_000, 10_239, 0, 10_485_760);

const sensible: readonly fc.Arbitrary<Instruction>[] = [
  fc.tuple(fc.constantFrom(blank, good), authority).map(([account, by]) => of(0, [writable(account), readonly(by)])),
  fc
    .tuple(buffer, authority, fc.constantFrom(0, 1, 2300, 2304, 2 ** 32 - 1), fc.uint8Array({ maxLength: 20 }))
    .map(([account, by, offset, bytes]) => of(1, [writable(account), signer(by)], u32(offset), u64(BigInt(bytes.length)), bytes)),
  fc.tuple(buffer, fc.constantFrom(first, second, deployed), authority, length).map(([account, id, by, max]) => {
    const accounts = [signer(payer), writable(dataOf(id)), writable(id), writable(account), readonly(rent), readonly(clock)];
    return of(2, [...accounts, readonly(systemProgram), signer(by)], u64(BigInt(max)));
  }),
  fc.tuple(buffer, program, authority).map(([account, id, by]) => {
    const accounts = [writable(dataOf(id)), writable(id), writable(account), writable(spill), readonly(rent), readonly(clock)];
    return of(3, [...accounts, signer(by)]);
  }),
  fc
    .tuple(fc.oneof(buffer, program.map(dataOf), program), authority, fc.constantFrom([readonly(alice)], [readonly(bob)], []))
    .map(([account, by, next]) => of(4, [writable(account), signer(by), ...next])),
  fc.tuple(buffer, authority).map(([account, by]) => of(5, [writable(account), writable(spill), signer(by)])),
  fc.tuple(program, authority).map(([id, by]) => of(5, [writable(dataOf(id)), writable(spill), signer(by), writable(id)])),
  fc
    .tuple(program, growth)
    .map(([id, bytes]) => of(6, [writable(dataOf(id)), writable(id), readonly(systemProgram), signer(payer)], u32(bytes))),
  fc
    .tuple(fc.oneof(buffer, program.map(dataOf)), authority, fc.constantFrom(alice, bob))
    .map(([account, by, next]) => of(7, [writable(account), signer(by), signer(next)])),
];

const instruction: fc.Arbitrary<Instruction> = fc
  .tuple(fc.oneof(...sensible), fc.option(instructionChange(pool), { freq: 2 }))
  .map(([each, changed]) => changed?.(each) ?? each);

/** The accounts that every run begins with. */
function fill(pair: NativePair): void {
  const elf = pair.litesvmAccount(memo) as Uint8Array;
  const plain = { owner: systemProgram, data: new Uint8Array(0), executable: false };
  const put = (account: Pubkey, data: Uint8Array, executable = false): void =>
    pair.setAccount({ key: account, owner: loader, lamports: minimumBalance(data.length), data, executable });
  const hold = (state: LoaderState, header: number, bytes: Uint8Array): Uint8Array => {
    const data = new Uint8Array(header + bytes.length);
    data.set(encodeLoaderState(state));
    data.set(bytes, header);
    return data;
  };
  pair.setAccount({ ...plain, key: payer, lamports: 10n ** 15n });
  for (const wallet of [alice, bob, spill]) pair.setAccount({ ...plain, key: wallet, lamports: 10n ** 10n });
  put(good, hold({ kind: "buffer", authority: alice }, 37, elf));
  put(other, hold({ kind: "buffer", authority: alice }, 37, elf));
  put(broken, hold({ kind: "buffer", authority: alice }, 37, elf.slice(0, 1000)));
  put(frozen, hold({ kind: "buffer", authority: undefined }, 37, elf));
  put(bobs, hold({ kind: "buffer", authority: bob }, 37, elf));
  put(blank, new Uint8Array(37 + elf.length));
  put(first, new Uint8Array(36));
  put(second, new Uint8Array(36));
  put(dataOf(deployed), hold({ kind: "programData", slot: 3n, authority: alice }, 45, concatBytes(elf, new Uint8Array(100))));
  put(deployed, encodeLoaderState({ kind: "program", programData: dataOf(deployed) }), true);
  put(dataOf(final), hold({ kind: "programData", slot: 3n, authority: undefined }, 45, elf));
  put(final, encodeLoaderState({ kind: "program", programData: dataOf(final) }), true);
}

test("loader v3 is litesvm's: result, logs, units, accounts", () => {
  const ends = new Map<string, number>();
  fc.assert(
    fc.property(fc.array(fc.tuple(instruction, fc.boolean()), { minLength: 20, maxLength: 40 }), (transactions) => {
      const pair = createNativePair();
      fill(pair);
      for (const [index, [each, isNext]] of transactions.entries()) {
        if (isNext) pair.warp(1001n + BigInt(index));
        const { ours, theirs } = pair.send(payer, [each]);
        expect(ours).toEqual(theirs);
        for (const account of pool) {
          const { ours: left, theirs: right } = pair.account(account);
          expect(left).toBe(right);
        }
        const last = ours.logs.at(-1)?.split(" failed: ")[1] ?? "not rent-exempt";
        const end = ours.succeeded ? `success of ${each.data[0]}` : last;
        ends.set(end, (ends.get(end) ?? 0) + 1);
      }
    }),
    { numRuns: 20 },
  );
  console.log("Loader v3:", Object.fromEntries(ends));
});
