/** Durable nonces: transactions that stay valid until their nonce account moves on. */
import { sha256 } from "@noble/hashes/sha2.js";
import { concatBytes, equalBytes, systemProgram, toAddress, type Address, type Hash, type Host, type Pubkey } from "@trireme/core";
import type { MessageAccount } from "./solana-transaction.ts";
import type { SolanaMessage } from "./solana-message.ts";

/** Length of a nonce account's data. */
export const nonceAccountLength = 80;
const DOMAIN = new TextEncoder().encode("DURABLE_NONCE");
/** `SystemInstruction::AdvanceNonceAccount`. */
const ADVANCE_NONCE = 4;

/** An initialized nonce account of the current version. */
export interface NonceState {
  readonly authority: Pubkey;
  readonly nonce: Hash;
  readonly lamportsPerSignature: bigint;
}

/** The nonce that a message uses and moves on, if it is a durable one and stands: undefined otherwise. */
export interface NonceUse {
  readonly address: Address;
  /** The account's data once it has moved on. */
  readonly advanced: Uint8Array;
}

/** The durable nonce that follows from a blockhash. */
export function durableNonce(blockhash: Uint8Array): Hash {
  return sha256(concatBytes(DOMAIN, blockhash)) as Hash;
}

/** Reads a nonce account's data; undefined unless it is initialized and of the current version. Total. */
export function readNonceState(data: Uint8Array): NonceState | undefined {
  if (data.length !== nonceAccountLength) return undefined;
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  if (view.getUint32(0, true) !== 1 || view.getUint32(4, true) !== 1) return undefined;
  return { authority: data.slice(8, 40) as Pubkey, nonce: data.slice(40, 72) as Hash, lamportsPerSignature: view.getBigUint64(72, true) };
}

/**
 * Whether a message whose blockhash is not recent stands by its nonce: instruction 0 advances a writable static account
 * that holds this nonce, its authority signs, and it could move on in this block.
 */
export function findNonceUse(message: SolanaMessage, accounts: readonly MessageAccount[], host: Host): NonceUse | undefined {
  const [first] = message.instructions;
  if (first === undefined || !equalBytes(message.staticAccounts[first.programIndex] as Pubkey, systemProgram)) return undefined;
  if (first.data.length < 4 || new DataView(first.data.buffer, first.data.byteOffset).getUint32(0, true) !== ADVANCE_NONCE)
    return undefined;
  const nonceIndex = first.accountIndices[0];
  if (nonceIndex === undefined || nonceIndex >= message.staticAccounts.length) return undefined;
  const account = accounts[nonceIndex] as MessageAccount;
  if (!account.isWritable) return undefined;
  const address = toAddress(account.pubkey);
  const record = host.getSvmRecord(address);
  if (record === undefined || !equalBytes(record.owner, systemProgram) || !equalBytes(record.pubkey, account.pubkey)) return undefined;
  if (record.dataLength !== nonceAccountLength) return undefined;
  const data = new Uint8Array(nonceAccountLength);
  host.readAccountData(address, 0, data);
  const state = readNonceState(data);
  if (state === undefined || !equalBytes(state.nonce, message.blockhash)) return undefined;
  const isAuthorized = [...first.accountIndices].some((index) => {
    const { isSigner, pubkey } = accounts[index] as MessageAccount;
    return isSigner && equalBytes(pubkey, state.authority);
  });
  if (!isAuthorized) return undefined;
  const parent = host.getBlockHash(host.block.number - 1n);
  if (parent === undefined) return undefined;
  const next = durableNonce(parent);
  if (equalBytes(next, state.nonce)) return undefined;
  const advanced = data.slice();
  advanced.set(next, 40);
  return { address, advanced };
}
