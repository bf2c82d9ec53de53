/** Instructions of SPL Token: transfers between accounts of their own, and minting, in which every transaction writes the mint. */
import {
  concatBytes,
  keccak256,
  pubkeyFromBytes,
  toAddress,
  weiPerLamport,
  type Address,
  type Pubkey,
  type Transaction,
} from "@trireme/core";
import type { Journal } from "@trireme/state";
import { minimumBalance, tokenProgramIds } from "@trireme/svm";
import { solanaTransaction } from "./solana-transactions.ts";
import { blockName, type ParallelWorkload } from "./workload.ts";

const [splToken] = tokenProgramIds;
const decimals = 6;
const startTokens = 10n ** 12n;

/** Pair i is a wallet, its token account, and the token account `size` + i that it pays. */
interface Pairs {
  wallet(index: number): Pubkey;
  account(index: number): Pubkey;
  mint(index: number): Pubkey;
}

/** A mint of its own for every pair; the instruction does not name it. */
export function splTransferWorkload(size: number): ParallelWorkload {
  const pairs = pairsOf(`own ${size}`, (index) => keyOf("own mint", index));
  return splWorkload("SPL Transfer, independent", size, pairs, (index) =>
    solanaTransaction({
      signers: [pairs.wallet(index)],
      writable: [pairs.account(index), pairs.account(size + index)],
      readonly: [],
      program: splToken,
      accountIndices: [1, 2, 0],
      data: concatBytes(Uint8Array.of(3), u64(1n)),
    }),
  );
}

/** One mint for all, which the instruction names and reads. */
export function splHotMintWorkload(size: number): ParallelWorkload {
  const hotPairs = hotPairsOf(size);
  return splWorkload("SPL TransferChecked, one mint", size, hotPairs, (index) =>
    solanaTransaction({
      signers: [hotPairs.wallet(index)],
      writable: [hotPairs.account(index), hotPairs.account(size + index)],
      readonly: [hotMint],
      program: splToken,
      accountIndices: [1, 3, 2, 0],
      data: concatBytes(Uint8Array.of(12), u64(1n), Uint8Array.of(decimals)),
    }),
  );
}

/** One mint makes a token for everybody: every transaction writes its supply. */
export function splMintWorkload(size: number): ParallelWorkload {
  const hotPairs = hotPairsOf(size);
  return splWorkload("SPL MintTo, one mint", size, hotPairs, (index) =>
    solanaTransaction({
      signers: [hotPairs.wallet(index), mintAuthority],
      writable: [hotMint, hotPairs.account(index)],
      readonly: [],
      program: splToken,
      accountIndices: [2, 3, 1],
      data: concatBytes(Uint8Array.of(7), u64(1n)),
    }),
  );
}

const hotMint = keyOf("hot mint", 0);
const mintAuthority = keyOf("mint authority", 0);

function hotPairsOf(size: number): Pairs {
  return pairsOf(`hot ${size}`, () => hotMint);
}

function pairsOf(kind: string, mint: (index: number) => Pubkey): Pairs {
  return { wallet: (index) => keyOf(`${kind} wallet`, index), account: (index) => keyOf(`${kind} account`, index), mint };
}

function splWorkload(name: string, size: number, pairs: Pairs, transactionAt: (index: number) => Transaction): ParallelWorkload {
  return {
    name: blockName(name, size),
    size,
    writeGenesis(journal) {
      for (let index = 0; index < size; index++) writePair(journal, index, size, pairs);
      return [];
    },
    createTransactions: () => Array.from({ length: size }, (_, index) => transactionAt(index)),
  };
}

function writePair(journal: Journal, index: number, size: number, { wallet, account, mint }: Pairs): void {
  const supply = 2n * startTokens * BigInt(size);
  const mintData = concatBytes(u32(1), mintAuthority, u64(supply), Uint8Array.of(decimals, 1), new Uint8Array(36));
  journal.setBalance(toAddress(wallet(index)), 10n ** 15n * weiPerLamport);
  writeAccount(journal, mint(index), mintData);
  for (const place of [index, size + index]) {
    const data = [mint(index), wallet(index), u64(startTokens), new Uint8Array(36), Uint8Array.of(1), new Uint8Array(56)];
    writeAccount(journal, account(place), concatBytes(...data));
  }
}

function writeAccount(journal: Journal, pubkey: Pubkey, data: Uint8Array): void {
  const address: Address = toAddress(pubkey);
  journal.setBalance(address, minimumBalance(data.length) * weiPerLamport);
  journal.setSvmRecord(address, { pubkey, owner: splToken, executable: false, dataLength: data.length });
  journal.writeAccountData(address, 0, data);
}

function keyOf(kind: string, index: number): Pubkey {
  return pubkeyFromBytes(keccak256(new TextEncoder().encode(`${kind} ${index}`)));
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
