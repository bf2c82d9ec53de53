/** Accounts as Solana's clients see them, out of the shared state. */
import {
  accountDataPageSize,
  emptyCodeHash,
  equalBytes,
  isTaggedPubkey,
  pubkeyOf,
  systemProgram,
  toAddress,
  weiPerLamport,
  zeroAddress,
  type Address,
  type BlockContext,
  type Hash,
  type Pubkey,
  type SvmRecord,
} from "@trireme/core";
import { fixedAccount } from "../programs/native-programs.ts";
import type { SysvarHost } from "../sysvars/slot-record.ts";

/** State at a block. */
export interface AccountSite {
  readonly context: BlockContext;
  getBlockHash(number: bigint): Hash | undefined;
  getAccount(address: Address): { readonly balance: bigint; readonly codeHash: Hash; readonly svm: SvmRecord | undefined } | undefined;
  /** Sysvars keep some of their matter in a system account. */
  getStorageAt(address: Address, key: Uint8Array): Uint8Array;
  /** Without its trailing zeros. */
  getDataPage(address: Address, index: number): Uint8Array | undefined;
}

/** One account. */
export interface SolanaAccount {
  readonly key: Pubkey;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly executable: boolean;
  readonly dataLength: number;
  /** A copy of `length` bytes from `offset`, cut at the end of the data. */
  read(offset?: number, length?: number): Uint8Array;
}

/**
 * The account that a pubkey names; undefined where there is none. Sysvars and native programs are functions of the block. An
 * address with a bound pubkey is seen under that name only (rule 1); a contract is executable and has no data.
 */
export function readSolanaAccount(key: Pubkey, site: AccountSite): SolanaAccount | undefined {
  const fixed = fixedAccount(key, hostOf(site));
  if (fixed !== undefined) {
    const { owner, lamports, executable, dataLength } = fixed;
    return {
      key,
      owner,
      lamports,
      executable,
      dataLength,
      read: (from = 0, length = dataLength) => (fixed.readFixed?.() ?? new Uint8Array(0)).slice(from, from + length),
    };
  }
  const address = toAddress(key);
  const account = site.getAccount(address);
  if (account === undefined) return undefined;
  const { svm, balance, codeHash } = account;
  const lamports = balance / weiPerLamport;
  if (svm !== undefined) {
    if (!equalBytes(svm.pubkey, key)) return undefined;
    const { owner, executable, dataLength } = svm;
    return {
      key,
      owner,
      lamports,
      executable,
      dataLength,
      read: (from = 0, length = dataLength) => readPages(address, dataLength, from, length, site),
    };
  }
  const executable = !equalBytes(codeHash, emptyCodeHash);
  if (lamports === 0n && !executable) return undefined;
  return {
    key,
    owner: systemProgram,
    lamports,
    executable: executable && isTaggedPubkey(key),
    dataLength: 0,
    read: () => new Uint8Array(0),
  };
}

/** The account at an address under its canonical name. */
export function readSolanaAccountAt(address: Address, site: AccountSite): SolanaAccount | undefined {
  return readSolanaAccount(pubkeyOf(address, site.getAccount(address)?.svm?.pubkey), site);
}

function readPages(address: Address, dataLength: number, from: number, length: number, site: AccountSite): Uint8Array {
  const start = Math.min(from, dataLength);
  const end = Math.min(start + length, dataLength);
  const bytes = new Uint8Array(end - start);
  for (let index = Math.floor(start / accountDataPageSize); index * accountDataPageSize < end; index++) {
    const page = site.getDataPage(address, index);
    if (page === undefined) continue;
    const pageStart = index * accountDataPageSize;
    const skipped = Math.max(0, start - pageStart);
    if (skipped < page.length) bytes.set(page.subarray(skipped, Math.max(skipped, end - pageStart)), pageStart + skipped - start);
  }
  return bytes;
}

/** What sysvars read. */
function hostOf({ context, getBlockHash, getStorageAt }: AccountSite): SysvarHost {
  return { block: context, getBlockHash, getStorage: getStorageAt, transaction: { origin: zeroAddress, gasPrice: 0n, blobHashes: [] } };
}
