/** Instructions of System, SPL Token and Token-2022, associated accounts, lookup tables and budgets, as bytes. */
import { concatBytes, pubkeyFromBase58, systemProgram, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import { programIds } from "@trireme/svm";

export const splToken: Pubkey = pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
export const token2022: Pubkey = pubkeyFromBase58("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");
export const associatedToken: Pubkey = pubkeyFromBase58("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");
export const memoProgram: Pubkey = pubkeyFromBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr");
export const oldMemoProgram: Pubkey = pubkeyFromBase58("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo");

export const writable = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: false, isWritable: true });
export const readonly = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: false, isWritable: false });
export const signer = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: true, isWritable: false });
export const writableSigner = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: true, isWritable: true });

export const u16 = (value: number): Uint8Array => little(BigInt(value), 2);
export const u32 = (value: number): Uint8Array => little(BigInt(value), 4);
export const u64 = (value: bigint): Uint8Array => little(value, 8);

function little(value: bigint, length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, index) => Number((value >> BigInt(8 * index)) & 0xffn));
}

/** An instruction of bytes and numbers below 256. */
export function instruction(program: Pubkey, accounts: readonly AccountMeta[], ...data: readonly (number | Uint8Array)[]): Instruction {
  return { program, accounts, data: concatBytes(...data.map((part) => (typeof part === "number" ? Uint8Array.of(part) : part))) };
}

export const systemCreate = (payer: Pubkey, key: Pubkey, lamports: bigint, space: number, owner: Pubkey) =>
  instruction(systemProgram, [writableSigner(payer), writableSigner(key)], u32(0), u64(lamports), u64(BigInt(space)), owner);
export const systemAssign = (key: Pubkey, owner: Pubkey) => instruction(systemProgram, [writableSigner(key)], u32(1), owner);
export const systemTransfer = (from: Pubkey, to: Pubkey, lamports: bigint) =>
  instruction(systemProgram, [writableSigner(from), writable(to)], u32(2), u64(lamports));
export const systemAllocate = (key: Pubkey, space: number) => instruction(systemProgram, [writableSigner(key)], u32(8), u64(BigInt(space)));
export const nonceInitialize = (key: Pubkey, authority: Pubkey) =>
  instruction(systemProgram, [writable(key), readonly(recentBlockhashes), readonly(rent)], u32(6), authority);
export const nonceAdvance = (key: Pubkey, authority: Pubkey) =>
  instruction(systemProgram, [writable(key), readonly(recentBlockhashes), signer(authority)], u32(4));
export const nonceWithdraw = (key: Pubkey, to: Pubkey, authority: Pubkey, lamports: bigint) =>
  instruction(
    systemProgram,
    [writable(key), writable(to), readonly(recentBlockhashes), readonly(rent), signer(authority)],
    u32(5),
    u64(lamports),
  );

const recentBlockhashes = pubkeyFromBase58("SysvarRecentB1ockHashes11111111111111111111");
const rent = pubkeyFromBase58("SysvarRent111111111111111111111111111111111");

export const budgetHeap = (bytes: number) => instruction(programIds.computeBudget, [], 1, u32(bytes));
export const budgetUnits = (units: number) => instruction(programIds.computeBudget, [], 2, u32(units));
export const budgetPrice = (microLamports: bigint) => instruction(programIds.computeBudget, [], 3, u64(microLamports));
export const budgetLoaded = (bytes: number) => instruction(programIds.computeBudget, [], 4, u32(bytes));

export const memo = (program: Pubkey, text: string, ...signers: readonly Pubkey[]) =>
  instruction(program, signers.map(signer), new TextEncoder().encode(text));

export const mintInitialize = (program: Pubkey, mint: Pubkey, authority: Pubkey, decimals: number) =>
  instruction(program, [writable(mint)], 20, decimals, authority, 1, authority);
export const tokenInitialize = (program: Pubkey, account: Pubkey, mint: Pubkey, owner: Pubkey) =>
  instruction(program, [writable(account), readonly(mint)], 18, owner);
export const tokenMint = (program: Pubkey, mint: Pubkey, to: Pubkey, amount: bigint, authority: Pubkey) =>
  instruction(program, [writable(mint), writable(to), signer(authority)], 7, u64(amount));
export const tokenTransfer = (program: Pubkey, from: Pubkey, to: Pubkey, amount: bigint, owner: Pubkey) =>
  instruction(program, [writable(from), writable(to), signer(owner)], 3, u64(amount));
export const tokenTransferChecked = (
  program: Pubkey,
  from: Pubkey,
  mint: Pubkey,
  to: Pubkey,
  amount: bigint,
  decimals: number,
  owner: Pubkey,
) => instruction(program, [writable(from), readonly(mint), writable(to), signer(owner)], 12, u64(amount), decimals);
export const tokenApprove = (program: Pubkey, from: Pubkey, delegate: Pubkey, amount: bigint, owner: Pubkey) =>
  instruction(program, [writable(from), readonly(delegate), signer(owner)], 4, u64(amount));
export const tokenRevoke = (program: Pubkey, from: Pubkey, owner: Pubkey) => instruction(program, [writable(from), signer(owner)], 5);
export const tokenBurn = (program: Pubkey, from: Pubkey, mint: Pubkey, amount: bigint, owner: Pubkey) =>
  instruction(program, [writable(from), writable(mint), signer(owner)], 8, u64(amount));
export const tokenClose = (program: Pubkey, account: Pubkey, to: Pubkey, owner: Pubkey) =>
  instruction(program, [writable(account), writable(to), signer(owner)], 9);
export const tokenFreeze = (program: Pubkey, account: Pubkey, mint: Pubkey, authority: Pubkey, isThaw = false) =>
  instruction(program, [writable(account), readonly(mint), signer(authority)], isThaw ? 11 : 10);
export const tokenAuthority = (program: Pubkey, key: Pubkey, kind: number, next: Pubkey, authority: Pubkey) =>
  instruction(program, [writable(key), signer(authority)], 6, kind, 1, next);
export const tokenDataSize = (program: Pubkey, mint: Pubkey) => instruction(program, [readonly(mint)], 21);

/** Token-2022's transfer fee: basis points and the most that is taken. */
export const feeInitialize = (mint: Pubkey, authority: Pubkey, basisPoints: number, maximum: bigint) =>
  instruction(token2022, [writable(mint)], 26, 0, 1, authority, 1, authority, u16(basisPoints), u64(maximum));
export const feeTransferChecked = (from: Pubkey, mint: Pubkey, to: Pubkey, amount: bigint, decimals: number, fee: bigint, owner: Pubkey) =>
  instruction(token2022, [writable(from), readonly(mint), writable(to), signer(owner)], 26, 1, u64(amount), decimals, u64(fee));
export const feeHarvest = (mint: Pubkey, ...accounts: readonly Pubkey[]) =>
  instruction(token2022, [writable(mint), ...accounts.map(writable)], 26, 4);
export const pointerInitialize = (mint: Pubkey, authority: Pubkey) => instruction(token2022, [writable(mint)], 39, 0, authority, mint);
/** Token metadata interface, `sha256("spl_token_metadata_interface:initialize_account")`. */
export const metadataInitialize = (mint: Pubkey, authority: Pubkey, name: string, symbol: string, uri: string) =>
  instruction(
    token2022,
    [writable(mint), readonly(authority), readonly(mint), signer(authority)],
    Uint8Array.of(210, 225, 30, 162, 88, 184, 77, 141),
    ...[name, symbol, uri].flatMap((text) => [u32(text.length), new TextEncoder().encode(text)]),
  );

export const associatedCreate = (program: Pubkey, payer: Pubkey, address: Pubkey, owner: Pubkey, mint: Pubkey, isIdempotent: boolean) =>
  instruction(
    associatedToken,
    [writableSigner(payer), writable(address), readonly(owner), readonly(mint), readonly(systemProgram), readonly(program)],
    isIdempotent ? 1 : 0,
  );

export const tableCreate = (table: Pubkey, authority: Pubkey, payer: Pubkey, slot: bigint, bump: number) =>
  instruction(
    programIds.addressLookupTable,
    [writable(table), readonly(authority), writableSigner(payer), readonly(systemProgram)],
    u32(0),
    u64(slot),
    bump,
  );
export const tableExtend = (table: Pubkey, authority: Pubkey, payer: Pubkey, addresses: readonly Pubkey[]) =>
  instruction(
    programIds.addressLookupTable,
    [writable(table), signer(authority), writableSigner(payer), readonly(systemProgram)],
    u32(2),
    u64(BigInt(addresses.length)),
    ...addresses,
  );
export const tableDeactivate = (table: Pubkey, authority: Pubkey) =>
  instruction(programIds.addressLookupTable, [writable(table), signer(authority)], u32(3));
