/** Instructions of SPL Token, as bytes. */
import { pubkeyFromBase58, systemProgram, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";

export const tokenProgram: Pubkey = pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
export const associatedTokenProgram: Pubkey = pubkeyFromBase58("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

export const writable = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: false, isWritable: true });
export const readonly = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: false, isWritable: false });
export const signer = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: true, isWritable: false });
export const writableSigner = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: true, isWritable: true });

export const uint64 = (value: bigint): Uint8Array => {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
};

const token = (accounts: readonly AccountMeta[], ...data: readonly (number | Uint8Array)[]): Instruction => ({
  program: tokenProgram,
  accounts,
  data: Uint8Array.from(data.flatMap((part) => (typeof part === "number" ? [part] : [...part]))),
});

export const createAccount = (payer: Pubkey, key: Pubkey, lamports: bigint, space: bigint, owner: Pubkey): Instruction => ({
  program: systemProgram,
  accounts: [writableSigner(payer), writableSigner(key)],
  data: Uint8Array.of(0, 0, 0, 0, ...uint64(lamports), ...uint64(space), ...owner),
});
export const systemTransfer = (from: Pubkey, to: Pubkey, lamports: bigint): Instruction => ({
  program: systemProgram,
  accounts: [writableSigner(from), writable(to)],
  data: Uint8Array.of(2, 0, 0, 0, ...uint64(lamports)),
});
export const initializeMint2 = (mint: Pubkey, authority: Pubkey, decimals = 6) => token([writable(mint)], 20, decimals, authority, 0);
export const initializeAccount3 = (account: Pubkey, mint: Pubkey, owner: Pubkey) => token([writable(account), readonly(mint)], 18, owner);
export const initializeMultisig2 = (key: Pubkey, required: number, members: readonly Pubkey[]) =>
  token([writable(key), ...members.map(readonly)], 19, required);
export const mintTo = (mint: Pubkey, to: Pubkey, amount: bigint, authority: readonly AccountMeta[]) =>
  token([writable(mint), writable(to), ...authority], 7, uint64(amount));
export const tokenTransfer = (from: Pubkey, to: Pubkey, amount: bigint, authority: readonly AccountMeta[]) =>
  token([writable(from), writable(to), ...authority], 3, uint64(amount));
export const burn = (from: Pubkey, mint: Pubkey, amount: bigint, authority: readonly AccountMeta[]) =>
  token([writable(from), writable(mint), ...authority], 8, uint64(amount));
export const approve = (from: Pubkey, delegate: Pubkey, amount: bigint, authority: readonly AccountMeta[]) =>
  token([writable(from), readonly(delegate), ...authority], 4, uint64(amount));
export const closeAccount = (key: Pubkey, to: Pubkey, authority: readonly AccountMeta[]) =>
  token([writable(key), writable(to), ...authority], 9);
export const getAccountDataSize = (mint: Pubkey) => token([readonly(mint)], 21);
