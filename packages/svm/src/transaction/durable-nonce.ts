/** Durable nonces: transactions that stay valid until their nonce account moves on. */
import { equalBytes, systemProgram, toAddress, type Address, type Host, type Pubkey } from "@trireme/core";
import { decodeNonceState, encodeNonceState, nonceOfBlockhash, nonceStateLength } from "../programs/system/nonce-state.ts";
import { lamportsPerSignature } from "../sysvars/recent-blockhashes.ts";
import type { MessageAccount } from "./solana-transaction.ts";
import type { SolanaMessage } from "./solana-message.ts";

/** `SystemInstruction::AdvanceNonceAccount`. */
const ADVANCE_NONCE = 4;

/** The nonce that a message uses and moves on, if it is a durable one and stands: undefined otherwise. */
export interface NonceUse {
  readonly address: Address;
  /** The account's data once it has moved on. */
  readonly advanced: Uint8Array;
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
  if (record.dataLength !== nonceStateLength) return undefined;
  const data = new Uint8Array(nonceStateLength);
  host.readAccountData(address, 0, data);
  const state = decodeNonceState(data);
  // Values of the legacy version may be blockhashes.
  if (state?.data === undefined || state.isLegacy || !equalBytes(state.data.nonce, message.blockhash)) return undefined;
  const { authority } = state.data;
  const isAuthorized = [...first.accountIndices].some((index) => {
    const { isSigner, pubkey } = accounts[index] as MessageAccount;
    return isSigner && equalBytes(pubkey, authority);
  });
  if (!isAuthorized) return undefined;
  const parent = host.getBlockHash(host.block.number - 1n);
  if (parent === undefined) return undefined;
  const nonce = nonceOfBlockhash(parent);
  if (equalBytes(nonce, state.data.nonce)) return undefined;
  return { address, advanced: encodeNonceState({ isLegacy: false, data: { authority, nonce, lamportsPerSignature } }) };
}
