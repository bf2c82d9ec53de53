/** What all three token programs can do, done well and badly, as a list of transactions. */
import { concatBytes, pubkeyFromBase58, systemProgram, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import { sysvarIds } from "../known-keys.ts";
import { testSigner } from "../transaction/signed-message.mts";
import { createAccount, readonly, signer, systemTransfer, uint64, writable } from "./token-instructions.mts";
import type { TwinWorlds } from "./twin-worlds.mts";

export const sol = 1_000_000_000n;
export const mintLength = 82n;
export const accountLength = 165n;
const multisigLength = 355n;
export const nativeMint: Pubkey = pubkeyFromBase58("So11111111111111111111111111111111111111112");

/** Lamports that an account of this length must have. */
export const rentOf = (length: bigint): bigint => (128n + length) * 6960n;
/** The key of a test signer. */
export const keyOf = (seed: number): Pubkey => testSigner(seed).pubkey;
export const payer: Pubkey = keyOf(1);

/** An instruction of bytes and numbers below 256. */
export function instructionOf(program: Pubkey, accounts: readonly AccountMeta[], ...data: readonly (number | Uint8Array)[]): Instruction {
  return { program, accounts, data: concatBytes(...data.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part))) };
}

/** Plays it: the payer owns what nobody else is named for. */
export function playTokenFlow(twins: TwinWorlds, program: Pubkey): void {
  const [mint, frozen, alice, bob, multi, joint, wrapped, loose] = [2, 3, 4, 5, 6, 7, 8, 9].map(keyOf) as [
    Pubkey,
    Pubkey,
    Pubkey,
    Pubkey,
    Pubkey,
    Pubkey,
    Pubkey,
    Pubkey,
  ];
  const send = (...instructions: readonly Instruction[]): void => void twins.send(payer, ...instructions);
  const token = (accounts: readonly AccountMeta[], ...data: readonly (number | Uint8Array)[]) => instructionOf(program, accounts, ...data);
  const create = (key: Pubkey, length: bigint) => createAccount(payer, key, rentOf(length), length, program);
  const owner = signer(payer);
  const rent = readonly(sysvarIds.rent);
  const transfer = (from: Pubkey, to: Pubkey, amount: bigint, ...authority: readonly AccountMeta[]) =>
    token([writable(from), writable(to), ...authority], 3, uint64(amount));
  twins.setAccount({ key: payer, lamports: 1000n * sol });

  send(create(mint, mintLength), token([writable(mint), rent], 0, 6, payer, 1, payer));
  send(token([writable(mint)], 20, 6, payer, 0));
  send(create(frozen, mintLength), token([writable(frozen)], 20, 0, payer, 0));
  send(create(alice, accountLength), token([writable(alice), readonly(mint), readonly(payer), rent], 1));
  send(create(bob, accountLength), token([writable(bob), readonly(mint), rent], 16, payer));
  send(token([writable(bob), readonly(mint)], 18, payer));
  send(
    createAccount(payer, loose, rentOf(accountLength), accountLength - 1n, program),
    token([writable(loose), readonly(mint)], 18, payer),
  );
  send(token([writable(mint), writable(alice), owner], 7, uint64(1_000n)));
  send(token([writable(mint), writable(bob), owner], 14, uint64(77n), 6));
  send(token([writable(mint), writable(bob), owner], 14, uint64(77n), 5));
  send(token([writable(mint), writable(alice), readonly(payer)], 7, uint64(1n)));
  send(token([writable(mint), writable(alice), owner], 7, uint64(2n ** 64n - 1n)));
  send(transfer(alice, bob, 300n, owner));
  send(transfer(alice, bob, 3_000n, owner));
  send(transfer(alice, alice, 1n, owner), transfer(alice, bob, 0n, owner));
  send(transfer(alice, mint, 1n, owner));
  send(transfer(alice, bob, 1n, signer(bob)));
  send(token([writable(alice), readonly(mint), writable(bob), owner], 12, uint64(5n), 6));
  send(token([writable(alice), readonly(mint), writable(bob), owner], 12, uint64(5n), 7));
  send(token([writable(alice), readonly(bob), owner], 4, uint64(50n)), transfer(alice, bob, 20n, signer(bob)));
  send(transfer(alice, bob, 31n, signer(bob)));
  send(token([writable(alice), readonly(mint), readonly(bob), owner], 13, uint64(50n), 6));
  send(token([writable(alice), owner], 5), transfer(alice, bob, 1n, owner));
  send(token([writable(bob), writable(mint), owner], 8, uint64(25n)));
  send(token([writable(bob), writable(mint), owner], 15, uint64(25n), 6));
  send(token([writable(bob), writable(mint), owner], 15, uint64(25_000n), 6));
  send(token([writable(bob), readonly(mint), owner], 10));
  send(transfer(alice, bob, 1n, owner));
  send(token([writable(bob), readonly(mint), owner], 10));
  send(token([writable(bob), readonly(mint), owner], 11));
  send(create(multi, multisigLength), token([writable(multi), rent, ...[payer, bob, alice].map(readonly)], 2, 2));
  send(token([writable(multi), ...[payer, bob].map(readonly)], 19, 2));
  send(create(joint, accountLength), token([writable(joint), readonly(mint)], 18, multi));
  send(token([writable(mint), writable(joint), owner], 7, uint64(9n)));
  send(transfer(joint, bob, 4n, readonly(multi), owner, signer(bob)));
  send(transfer(joint, bob, 4n, readonly(multi), owner));
  send(token([writable(mint), owner], 6, 1, 1, bob));
  send(token([writable(mint), owner], 6, 1, 0));
  send(token([writable(alice), owner], 6, 3, 1, payer), token([writable(alice), owner], 6, 2, 1, bob));
  send(token([writable(frozen), owner], 6, 0, 0), token([writable(frozen), writable(loose), owner], 7, uint64(1n)));
  send(token([writable(alice), writable(payer), owner], 9));
  send(token([writable(bob), writable(mint), owner], 8, uint64(1n)), token([readonly(mint)], 21));
  send(token([readonly(mint)], 21));
  send(token([writable(loose)], 22));
  send(token([readonly(mint)], 23, uint64(1_234_567n)));
  send(token([readonly(mint)], 24, new TextEncoder().encode("1.25")));
  send(token([readonly(mint)], 24, new TextEncoder().encode("1.2.5")));
  send(token([readonly(alice)], 23, uint64(1n)));
  send(create(wrapped, accountLength), token([writable(wrapped), readonly(nativeMint)], 18, payer));
  send(systemTransfer(payer, wrapped, 12_345n), token([writable(wrapped)], 17));
  send(token([writable(alice)], 17));
  send(token([writable(wrapped), writable(payer), owner], 9));
  send(token([writable(mint)], 20, 6));
  send(token([], 3, uint64(1n)));
  send(token([writable(alice), writable(bob), owner], 199));
  send(instructionOf(program, []));
  send(token([writable(systemProgram), writable(bob), owner], 3, uint64(1n)));
}

/** The mint of wrapped SOL, as every chain has it. */
export function nativeMintAccount(program: Pubkey): {
  readonly key: Pubkey;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly data: Uint8Array;
} {
  const data = new Uint8Array(Number(mintLength));
  data[44] = 9;
  data[45] = 1;
  return { key: nativeMint, owner: program, lamports: sol, data };
}
