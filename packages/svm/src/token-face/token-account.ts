/** Token accounts: where each owner's tokens of the mint are (`Account` in spl-token `interface/src/state.rs`). */
import { isTaggedPubkey, pubkeyOf, toAddress, type Address, type Pubkey } from "@trireme/core";
import { findPaidAddress } from "../gateway/find-address.ts";
import { spendOnAccount } from "../gateway/gas-frame.ts";
import { programIds } from "../known-keys.ts";
import { samePubkey } from "../runtime/pubkey-names.ts";
import { readData, type FaceFrame } from "./face-frame.ts";
import { associatedTokenProgram } from "./token-programs.ts";

const ACCOUNT_LENGTH = 165;
const AMOUNT_OFFSET = 64;
const STATE_OFFSET = 108;
/** Of the byte after the account's own data, where Token-2022 puts extensions behind it. */
const ACCOUNT_TYPE = 2;

/** The associated token account of an owner; `foreign`: it was handed to another one; `none`: nobody has opened it. */
export interface HeldTokens {
  /** The owner's name in the SVM: it signs for the tokens. */
  readonly owner: Pubkey;
  readonly account: Pubkey;
  readonly state: "own" | "foreign" | "none";
  /** 0 unless the account is the owner's own. */
  readonly amount: bigint;
}

/** The name under which an address owns tokens (rule 2). @throws OutOfGas */
export function ownerOf(frame: FaceFrame, address: Address): Pubkey {
  spendOnAccount(frame, address);
  return pubkeyOf(address, frame.host.getBoundPubkey(address));
}

/** The name under which a pubkey owns tokens: a tagged one stands for the key that is bound to its address. @throws OutOfGas */
export function ownerOfKey(frame: FaceFrame, key: Pubkey): Pubkey {
  const owner = ownerOf(frame, toAddress(key));
  return isTaggedPubkey(key) ? owner : key;
}

/** The associated token account of an owner, opened or not. @throws OutOfGas */
export function associatedAccount(frame: FaceFrame, owner: Pubkey): Pubkey {
  const { program, key } = frame.mint;
  return findAddress(frame, [owner, program, key], associatedTokenProgram);
}

/** What an owner holds. @throws OutOfGas */
export function heldBy(frame: FaceFrame, owner: Pubkey): HeldTokens {
  const account = associatedAccount(frame, owner);
  const address = toAddress(account);
  const { host, mint } = frame;
  spendOnAccount(frame, address);
  const record = host.getSvmRecord(address);
  if (record === undefined || samePubkey(record.owner, programIds.system)) return { owner, account, state: "none", amount: 0n };
  if (!samePubkey(record.owner, mint.program) || record.dataLength < ACCOUNT_LENGTH)
    return { owner, account, state: "foreign", amount: 0n };
  const data = readData(frame, address, 0, Math.min(record.dataLength, ACCOUNT_LENGTH + 1));
  const isOwn =
    (data[ACCOUNT_LENGTH] ?? ACCOUNT_TYPE) === ACCOUNT_TYPE &&
    data[STATE_OFFSET] !== 0 &&
    samePubkey(data.subarray(0, 32), mint.key) &&
    samePubkey(data.subarray(32, 64), owner);
  if (!isOwn) return { owner, account, state: "foreign", amount: 0n };
  return { owner, account, state: "own", amount: new DataView(data.buffer).getBigUint64(AMOUNT_OFFSET, true) };
}

/** Tokens in an account that is known to be one. @throws OutOfGas */
export function amountIn(frame: FaceFrame, account: Pubkey): bigint {
  const data = readData(frame, toAddress(account), AMOUNT_OFFSET, 8);
  return new DataView(data.buffer).getBigUint64(0, true);
}

/** The first address of a program under these seeds, each try paid. @throws OutOfGas */
export function findAddress(frame: FaceFrame, seeds: readonly Uint8Array[], program: Pubkey): Pubkey {
  const found = findPaidAddress(frame, seeds, program);
  if (typeof found === "string") throw new RangeError(`expected seeds with a program address, got ${found}`);
  return found.address;
}
