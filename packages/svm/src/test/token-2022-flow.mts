/** What Token-2022 can do beyond SPL Token, extension by extension, then every instruction that it knows with arbitrary data. */
import { pubkeyFromBase58, systemProgram, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import { findProgramAddress, sha256 } from "../runtime/program-address.ts";
import { createRandom } from "./random-program.ts";
import { instructionOf, keyOf, payer, rentOf, sol } from "./token-flow.mts";
import { createAccount, readonly, signer, uint64, writable, writableSigner } from "./token-instructions.mts";
import type { TwinWorlds } from "./twin-worlds.mts";

export const token2022: Pubkey = pubkeyFromBase58("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
const ownNativeMint = findProgramAddress([new TextEncoder().encode("native-mint")], token2022).address;
const memo = pubkeyFromBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");

const [mint, bound, alice, bob, delegate, member] = [20, 21, 22, 23, 24, 25].map(keyOf) as [Pubkey, Pubkey, Pubkey, Pubkey, Pubkey, Pubkey];
const owner = signer(payer);
const token = (accounts: readonly AccountMeta[], ...data: readonly (number | Uint8Array)[]) => instructionOf(token2022, accounts, ...data);
const create = (key: Pubkey, length: bigint) => createAccount(payer, key, rentOf(length) + sol, length, token2022);
const little = (value: number): readonly [number, number] => [value & 0xff, value >> 8];
const double = (value: number): Uint8Array => new Uint8Array(Float64Array.of(value).buffer);
/** A value of an interface's instruction, by its name. */
const named = (name: string): Uint8Array => sha256(new TextEncoder().encode(name)).subarray(0, 8);
const text = (value: string): Uint8Array => Uint8Array.of(value.length, 0, 0, 0, ...new TextEncoder().encode(value));
const checked = (amount: bigint, ...authority: readonly AccountMeta[]) =>
  token([writable(alice), readonly(mint), writable(bob), ...authority], 12, uint64(amount), 6);

/** Fees, interest, a permanent delegate, metadata, pauses, memos, guards: one mint and two accounts. */
export function playExtensionFlow(twins: TwinWorlds): void {
  twins.setAccount({ key: payer, lamports: 1000n * sol });
  twins.setAccount({ key: delegate, lamports: sol });
  const send = (...instructions: readonly Instruction[]): void => void twins.send(payer, ...instructions);
  const fee = [...little(250), uint64(1000n)];
  send(
    create(mint, 516n),
    token([writable(mint)], 26, 0, 1, payer, 1, payer, ...fee),
    token([writable(mint)], 25, 1, payer),
    token([writable(mint)], 33, 0, payer, ...little(500)),
    token([writable(mint)], 35, delegate),
    token([writable(mint)], 39, 0, payer, mint),
    token([writable(mint)], 28, 0, 2),
    token([writable(mint)], 44, 0, payer),
    token([writable(mint)], 20, 6, payer, 1, payer),
  );
  send(token([writable(mint)], 25, 1, payer));
  send(token([readonly(mint)], 21), token([readonly(mint)], 21, ...little(7), ...little(8)));
  send(token([readonly(mint)], 21, ...little(1)));
  for (const key of [alice, bob]) send(create(key, 182n), token([writable(key), readonly(mint)], 18, payer));
  send(token([writable(mint), writable(alice), owner], 7, uint64(1000n)));
  for (const key of [alice, bob]) send(token([writable(key), readonly(mint), owner], 11));
  send(token([writable(mint), writable(alice), owner], 7, uint64(1_000_000n)));
  send(checked(10_000n, owner));
  send(token([writable(alice), writable(bob), owner], 3, uint64(1n)));
  send(token([writable(alice), readonly(mint), writable(bob), owner], 26, 1, uint64(10_000n), 6, uint64(250n)));
  send(token([writable(alice), readonly(mint), writable(bob), owner], 26, 1, uint64(10_000n), 6, uint64(251n)));
  send(token([writable(mint), writable(alice), owner, writable(bob)], 26, 3, 1));
  send(checked(10_000n, owner), token([writable(mint), writable(bob)], 26, 4));
  send(token([writable(mint), writable(alice), owner], 26, 2));
  send(token([writable(mint), owner], 26, 5, ...little(100), uint64(5000n)));
  send(token([writable(mint), owner], 26, 5, ...little(10_001), uint64(5000n)));
  send(token([readonly(mint)], 23, uint64(123_456_789n)), token([readonly(mint)], 24, new TextEncoder().encode("123.456")));
  send(token([writable(mint), owner], 33, 1, ...little(0xff00)), token([readonly(mint)], 23, uint64(5n)));
  send(token([writable(mint), owner], 44, 1));
  send(checked(1n, owner));
  send(token([writable(mint), owner], 44, 2), checked(1n, owner));
  send(token([writable(mint), owner], 28, 1, 1));
  send(token([writable(alice), writableSigner(payer), readonly(systemProgram), owner], 29, ...little(8), ...little(11)));
  send(token([writable(bob), writableSigner(payer), readonly(systemProgram), owner], 29, ...little(8)));
  send(token([writable(bob), owner], 30, 0), checked(1n, owner));
  send({ program: memo, accounts: [], data: Uint8Array.of(104, 105) }, checked(1n, owner));
  send(token([writable(bob), owner], 30, 1), checked(1n, owner));
  send(token([writable(alice), owner], 34, 0), token([writable(alice), owner], 6, 3, 1, bob));
  send(token([writable(alice), owner], 34, 1));
  send(checked(77n, signer(delegate)));
  send(checked(77n, signer(bob)));
  const authority = [writable(mint), signer(payer)];
  send(
    token(
      [writable(mint), readonly(payer), readonly(mint), owner],
      named("spl_token_metadata_interface:initialize_account"),
      text("Oar"),
      text("OAR"),
      text("https://oar"),
    ),
  );
  send(token(authority, named("spl_token_metadata_interface:updating_field"), 0, text("Longer name than before")));
  send(token(authority, named("spl_token_metadata_interface:updating_field"), 3, text("wood"), text("pine")));
  send(token([readonly(mint)], named("spl_token_metadata_interface:emitter"), 0, 0));
  send(token(authority, named("spl_token_metadata_interface:remove_key_ix"), 0, text("wood")));
  send(token(authority, named("spl_token_metadata_interface:remove_key_ix"), 0, text("wood")));
  send(token(authority, named("spl_token_metadata_interface:update_the_authority"), bob));
  send(token([writable(mint), writable(payer), owner], 9));
  send(token([writable(mint), writable(delegate), owner], 38));
  for (const kind of [4, 5, 6, 7, 8, 12, 14]) send(token([writable(mint), owner], 6, kind, 1, bob));
}

/** A mint whose tokens stay where they are, in groups, with another multiplier; the native mint of Token-2022. */
export function playGroupFlow(twins: TwinWorlds): void {
  const send = (...instructions: readonly Instruction[]): void => void twins.send(payer, ...instructions);
  for (const key of [bound, member]) {
    send(
      create(key, 434n),
      token([writable(key)], 32),
      token([writable(key)], 40, 0, payer, key),
      token([writable(key)], 41, 0, payer, key),
      token([writable(key)], 43, 0, payer, double(1.5)),
      token([writable(key)], 36, 0, payer, memo),
      token([writable(key)], 20, 2, payer, 0),
    );
  }
  const group = (...data: readonly (number | Uint8Array)[]) => token([writable(bound), readonly(bound), owner], ...data);
  send(group(named("spl_token_group_interface:initialize_token_group"), payer, uint64(2n)));
  send(token([writable(bound), owner], named("spl_token_group_interface:update_group_max_size"), uint64(1n)));
  const join = [writable(member), readonly(member), owner, writable(bound), owner];
  send(token(join, named("spl_token_group_interface:initialize_member")));
  send(token(join, named("spl_token_group_interface:initialize_member")));
  send(token([writable(bound), owner], named("spl_token_group_interface:update_authority"), bob));
  send(token([writable(bound), owner], 43, 1, double(2.25), uint64(0n)), token([readonly(bound)], 23, uint64(301n)));
  send(token([writable(bound), owner], 43, 1, double(-1), uint64(0n)));
  send(token([readonly(bound)], 24, new TextEncoder().encode("12.5")));
  send(
    token([writable(bound), owner], 36, 1, bob),
    token([writable(bound), owner], 40, 1, bob),
    token([writable(bound), owner], 41, 1, bob),
  );
  const [one, two] = [keyOf(26), keyOf(27)];
  for (const key of [one, two]) {
    send(create(key, 179n), token([writable(key)], 22), token([writable(key), readonly(bound)], 18, payer));
    send(token([writable(bound), writable(key), owner], 7, uint64(40n)));
  }
  send(token([writable(one), readonly(bound), writable(two), owner], 12, uint64(1n), 2));
  send(token([writable(one), writable(bound), owner], 15, uint64(40n), 2), token([writable(one), writable(payer), owner], 9));
  send(token([writableSigner(payer), writable(ownNativeMint), readonly(systemProgram)], 31));
  send(token([writableSigner(payer), writable(ownNativeMint), readonly(systemProgram)], 31));
  const [wrapped] = [keyOf(28)];
  send(create(wrapped, 165n), token([writable(wrapped), readonly(ownNativeMint)], 18, payer), token([writable(wrapped)], 17));
  send(token([writable(wrapped), writable(payer), owner], 45, 1, uint64(9n)));
  send(token([writable(wrapped), writable(payer), owner], 45, 0));
}

/** Tags that name a family, whose second byte names the instruction: how many instructions it has. */
const families: ReadonlyMap<number, number> = new Map([
  [26, 6],
  [27, 15],
  [28, 2],
  [30, 2],
  [33, 2],
  [34, 2],
  [36, 2],
  [37, 6],
  [39, 2],
  [40, 2],
  [41, 2],
  [42, 6],
  [43, 2],
  [44, 3],
  [46, 3],
]);
const tags = [...Array.from({ length: 48 }, (_, tag) => tag), 255];

/** Every instruction of Token-2022 on the mint and the accounts of the extension flow, with data from a seed. */
export function playEveryInstruction(twins: TwinWorlds): void {
  const random = createRandom(2022);
  const layouts = [
    [writable(mint), writable(alice), signer(payer), writable(bob)],
    [writable(alice), writable(mint), writable(bob), owner],
  ] as const;
  let count = 0;
  for (const tag of tags) {
    // One more than there are.
    const subtags = families.has(tag)
      ? Array.from({ length: (families.get(tag) as number) + 1 }, (_, subtag) => subtag)
      : [random.below(3)];
    for (const subtag of subtags) {
      const data = Uint8Array.from({ length: 8 + random.below(80) }, () => random.below(4) * random.below(64));
      const accounts = layouts[count++ % layouts.length] as readonly AccountMeta[];
      twins.send(payer, token(accounts, tag, subtag, data));
    }
  }
}
