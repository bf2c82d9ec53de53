// What stands in the state before the first random block.
import {
  bigintToBytes,
  concatBytes,
  emptyBytes,
  keccak256,
  toAddress,
  weiPerLamport,
  type Address,
  type BlockContext,
  type ExecutionEnvironment,
  type Host,
  type Pubkey,
} from "@trireme/core";
import { withdrawalRequestsContract } from "@trireme/ethereum";
import { createHost } from "@trireme/host";
import { createJournal, type DiffAndUndo, type StateReader } from "@trireme/state";
import { minimumBalance, programIds } from "@trireme/svm";
import { createWasmKit, testTransaction } from "@trireme/testing";
import { ether, testKey } from "../chain-fixture.mts";
import { counterLength, treeBalances } from "../cross-vm/tree-world.mts";
import { accountAt, treeAccounts } from "../cross-vm/tree-accounts.mts";
import { actsElf } from "../execution/solana-acts.mts";
import { u64 } from "../execution/solana-instructions.mts";
import {
  boxes,
  holdingOf,
  mints,
  poorSigners,
  buffers,
  poorWallets,
  programAccounts,
  programs,
  signers,
  tables,
  tokens,
  upgradeAuthority,
  walletCount,
  wallets,
  type LawMint,
} from "./law-accounts.mts";
import type { LawContracts } from "./law-contracts.mts";

/** Wallets whose keys are there, to sign EIP-7702 authorisations. */
export const authorities = Array.from({ length: 4 }, (_, index) => testKey(index + 1));
/** Holdings of each mint. */
export const holders = walletCount;
export const heldTokens = 1_000_000n;

/** Everything that the blocks find, as one change of the state. `environments` are the chain's, WASM's second. */
export function writeSetup(
  reader: StateReader,
  block: BlockContext,
  environments: readonly ExecutionEnvironment[],
  { token, box, trees }: LawContracts,
): DiffAndUndo {
  const journal = createJournal(reader);
  journal.beginTransaction();
  const host = createHost({ journal, environments, block, transaction: testTransaction });
  const contract = (address: Address, code: Uint8Array): void => {
    host.setCode(address, code);
    host.setNonce(address, 1n);
  };
  const fund = (address: Address, wei: bigint): void => host.setBalance(address, wei);
  for (const address of [...wallets, ...authorities.map((key) => key.address)]) fund(address, 1_000n * ether + 7n);
  for (const [index, address] of poorWallets.entries()) fund(address, BigInt(index) * 10n ** 14n);
  for (const pubkey of signers) fund(toAddress(pubkey), 1_000n * ether + 123n);
  for (const [index, pubkey] of poorSigners.entries()) fund(toAddress(pubkey), (890_880n + BigInt(index) * 4_000n) * weiPerLamport);
  for (const [index, address] of tokens.entries()) {
    contract(address, token);
    // Of the last tokens nobody has any.
    if (index < 4) for (const wallet of wallets) host.setStorage(address, balanceSlot(wallet), bigintToBytes(heldTokens, 32));
  }
  for (const address of boxes) {
    contract(address, box);
    fund(address, ether);
  }
  contract(withdrawalRequestsContract.address, withdrawalRequestsContract.code);
  writeTokens(host);
  writePrograms(host);
  writeTrees(host, environments[1] as ExecutionEnvironment, trees);
  journal.endTransaction();
  return journal.takeDiff();
}

/** Slot of a balance: `balanceOf` is the token's first variable. */
function balanceSlot(owner: Address): Uint8Array {
  return keccak256(concatBytes(new Uint8Array(12), owner, new Uint8Array(32)));
}

function writeTokens(host: Host): void {
  for (const [index, mint] of mints.entries()) {
    writeAccount(host, mint.key, mint.program, mintData(mint));
    for (let wallet = 0; wallet < holders; wallet++) writeAccount(host, holdingOf(index, wallet), mint.program, holdingData(mint, wallet));
  }
  for (const [index, table] of tables.entries()) {
    const first = index * 100;
    const addresses = Array.from({ length: 40 }, (_, place) => holdingOf(0, first + place));
    writeAccount(host, table, programIds.addressLookupTable, concatBytes(tableHeader(signers[index] as Pubkey), ...addresses));
  }
}

/** The programs themselves are in genesis. */
function writePrograms(host: Host): void {
  const authority = signers[upgradeAuthority] as Pubkey;
  for (const [index, buffer] of buffers.entries()) {
    const header = concatBytes(Uint8Array.of(1, 0, 0, 0, 1), authority);
    writeAccount(host, buffer, programIds.loaderV3, concatBytes(header, actsElf(index % 2 === 0 ? 0 : 3)));
  }
  for (const [index, key] of programAccounts.entries()) writeAccount(host, key, programs[index] as Pubkey, new Uint8Array(64));
}

function writeAccount(host: Host, key: Pubkey, owner: Pubkey, data: Uint8Array): void {
  const address = toAddress(key);
  host.setSvmRecord(address, { pubkey: key, owner, executable: false, dataLength: data.length });
  host.writeAccountData(address, 0, data);
  host.setBalance(address, minimumBalance(data.length) * weiPerLamport + 1n);
}

/** SPL Token's `Mint`. */
function mintData({ authority }: LawMint): Uint8Array {
  const supply = u64(heldTokens * BigInt(holders));
  return concatBytes(Uint8Array.of(1, 0, 0, 0), signers[authority] as Pubkey, supply, Uint8Array.of(6, 1), new Uint8Array(36));
}

/** SPL Token's `Account`. */
function holdingData({ key }: LawMint, wallet: number): Uint8Array {
  return concatBytes(key, signers[wallet] as Pubkey, u64(heldTokens), new Uint8Array(36), Uint8Array.of(1), new Uint8Array(56));
}

/** `LookupTableMeta` of a table that was never closed. */
function tableHeader(authority: Pubkey): Uint8Array {
  return concatBytes(Uint8Array.of(1, 0, 0, 0), u64(2n ** 64n - 1n), u64(0n), Uint8Array.of(0, 1), authority, new Uint8Array(2));
}

function writeTrees(host: Host, wasm: ExecutionEnvironment, { evm, wasm: module }: LawContracts["trees"]): void {
  const { install } = createWasmKit({ createEnvironment: () => wasm, bytesFromWat: () => emptyBytes });
  for (const { sort, address, pubkey, owner, index } of treeAccounts) {
    if (sort === "evm") host.setCode(address, evm);
    if (sort === "wasm") install?.(host, address, module);
    if (sort === "evm" || sort === "wasm") host.setNonce(address, 1n);
    if (sort === "data") {
      host.setSvmRecord(address, { pubkey, owner: accountAt(owner).pubkey, executable: false, dataLength: counterLength });
      host.writeAccountData(address, 0, Uint8Array.of(index));
    }
    if (treeBalances[sort] > 0n) host.setBalance(address, treeBalances[sort]);
  }
}
