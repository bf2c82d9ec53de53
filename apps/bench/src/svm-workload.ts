/** Solana transactions to measure: transfers of lamports and of tokens, as signed wire bytes, and the accounts they need. */
import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { concatBytes, pubkeyFromBase58, pubkeyFromBytes, systemProgram, type Hash, type Pubkey } from "@trireme/core";
import { encodeMessage, encodeWire, minimumBalance } from "@trireme/svm";

/** An account that is there before. */
export interface WorkloadAccount {
  readonly key: Pubkey;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly data: Uint8Array;
}

/** Transactions of one kind, all different. */
export interface SvmWorkload {
  readonly name: string;
  readonly accounts: readonly WorkloadAccount[];
  readonly wires: readonly Uint8Array[];
}

const transactions = 1000;
const owners = 16;
const lamports = 10n ** 15n;

const splToken = pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
const token2022 = pubkeyFromBase58("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb");

interface Owner {
  readonly key: Pubkey;
  sign(message: Uint8Array): Uint8Array;
}

/** The three workloads; every message names `blockhash`. */
export function createSvmWorkloads(blockhash: Hash): readonly SvmWorkload[] {
  const signers = Array.from({ length: owners }, (_, index) => ownerOf(index + 1));
  const wallets = signers.map(({ key }) => ({ key, owner: systemProgram, lamports, data: new Uint8Array(0) }));
  const transfers = Array.from({ length: transactions }, (_, index) => {
    const [from, to] = pairOf(signers, index);
    return wireOf(from, [to.key], systemProgram, concatBytes(Uint8Array.of(2, 0, 0, 0), u64(BigInt(index + 1))), [0, 1], blockhash);
  });
  return [
    { name: "System transfer", accounts: wallets, wires: transfers },
    tokenWorkload("p-token Transfer", splToken, signers, wallets, blockhash),
    tokenWorkload("Token-2022 Transfer", token2022, signers, wallets, blockhash),
  ];
}

function tokenWorkload(
  name: string,
  program: Pubkey,
  signers: readonly Owner[],
  wallets: readonly WorkloadAccount[],
  blockhash: Hash,
): SvmWorkload {
  const mint = ownerOf(200).key;
  const tokens = signers.map((_, index) => ownerOf(100 + index).key);
  const amount = 10n ** 12n;
  const mintData = concatBytes(new Uint8Array(36), u64(amount * BigInt(owners)), Uint8Array.of(6, 1), new Uint8Array(36));
  const accounts = signers.map(({ key }, index) => ({
    key: tokens[index] as Pubkey,
    owner: program,
    lamports: minimumBalance(165),
    data: concatBytes(mint, key, u64(amount), new Uint8Array(36), Uint8Array.of(1), new Uint8Array(56)),
  }));
  const wires = Array.from({ length: transactions }, (_, index) => {
    const data = concatBytes(Uint8Array.of(3), u64(BigInt(index + 1)));
    const from = index % owners;
    const [source, target] = [tokens[from] as Pubkey, tokens[(from + 1) % owners] as Pubkey];
    return wireOf(signers[from] as Owner, [source, target], program, data, [1, 2, 0], blockhash);
  });
  return { name, accounts: [...wallets, { key: mint, owner: program, lamports: minimumBalance(82), data: mintData }, ...accounts], wires };
}

function pairOf(signers: readonly Owner[], index: number): readonly [Owner, Owner] {
  return [signers[index % owners] as Owner, signers[(index + 1) % owners] as Owner];
}

/** A legacy transaction of one instruction: the payer, writable accounts, the program. */
function wireOf(
  payer: Owner,
  writable: readonly Pubkey[],
  program: Pubkey,
  data: Uint8Array,
  accountIndices: readonly number[],
  blockhash: Hash,
): Uint8Array {
  const message = encodeMessage({
    version: "legacy",
    requiredSignatures: 1,
    readonlySigned: 0,
    readonlyUnsigned: 1,
    staticAccounts: [payer.key, ...writable, program],
    blockhash,
    instructions: [{ programIndex: writable.length + 1, accountIndices: Uint8Array.from(accountIndices), data }],
    lookups: [],
    config: undefined,
  });
  return encodeWire([payer.sign(message)], message);
}

function ownerOf(number: number): Owner {
  const der = Buffer.concat([Buffer.from("302e020100300506032b657004220420", "hex"), Buffer.alloc(32, number)]);
  const key = createPrivateKey({ key: der, format: "der", type: "pkcs8" });
  const pubkey = createPublicKey(key).export({ format: "der", type: "spki" }).subarray(-32);
  return { key: pubkeyFromBytes(Uint8Array.from(pubkey)), sign: (message) => Uint8Array.from(sign(null, message, key)) };
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
