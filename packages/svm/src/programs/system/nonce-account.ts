/** Durable nonces: instructions on account 0. */
import { equalBytes, pubkeyToBase58, systemProgram, type Hash, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../../errors/instruction-error.ts";
import { sysvarIds } from "../../known-keys.ts";
import type { BorrowedAccount, InvokeContext } from "../../runtime/invoke-context.ts";
import { lamportsPerSignature } from "../../sysvars/recent-blockhashes.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { addLamports, subtractLamports } from "../lamports.ts";
import { checkSysvar } from "../sysvar-check.ts";
import { decodeNonceState, encodeNonceState, nonceOfBlockhash, type NonceState } from "./nonce-state.ts";
import { systemError } from "./system-error.ts";

const MAX_U64 = (1n << 64n) - 1n;

/** AdvanceNonceAccount: the nonce becomes that of the newest blockhash. */
export function advanceNonce(context: InvokeContext): void {
  const account = nonceAccount(context);
  const blockhash = newestBlockhash(context, "Advance");
  assertWritable(context, "Advance", account);
  const { data } = stateOf(account);
  if (data === undefined) throw invalidState(context, "Advance", account);
  if (!context.current.hasSigner(data.authority)) {
    context.log(`Advance nonce account: Account ${pubkeyToBase58(data.authority)} must be a signer`);
    throw new InstructionFault("MissingRequiredSignature");
  }
  const nonce = nonceOfBlockhash(blockhash);
  if (equalBytes(nonce, data.nonce)) throw notExpired(context, "Advance");
  setState(account, { isLegacy: false, data: { authority: data.authority, nonce, lamportsPerSignature } });
}

/** WithdrawNonceAccount: to account 1; the whole balance closes the nonce. */
export function withdrawNonce(context: InvokeContext, lamports: bigint): void {
  const { current } = context;
  current.checkAccountCount(2);
  checkSysvar(context, 2, sysvarIds.recentBlockhashes);
  checkSysvar(context, 3, sysvarIds.rent);
  const account = current.account(0);
  assertWritable(context, "Withdraw", account);
  const { data } = stateOf(account);
  let signer: Pubkey;
  if (data === undefined) {
    assertFunds(context, account, lamports);
    signer = account.key;
  } else if (lamports === account.lamports) {
    if (equalBytes(nonceOfBlockhash(blockhashOf(context) ?? noHash), data.nonce)) throw notExpired(context, "Withdraw");
    setState(account, { isLegacy: false, data: undefined });
    signer = data.authority;
  } else {
    const need = lamports + minimumBalance(account.dataLength);
    if (need > MAX_U64) throw new InstructionFault("InsufficientFunds");
    assertFunds(context, account, need);
    signer = data.authority;
  }
  if (!current.hasSigner(signer)) {
    context.log(`Withdraw nonce account: Account ${pubkeyToBase58(signer)} must sign`);
    throw new InstructionFault("MissingRequiredSignature");
  }
  subtractLamports(account, lamports);
  addLamports(current.account(1), lamports);
}

/** InitializeNonceAccount: an empty nonce gets its authority and first value. */
export function initializeNonce(context: InvokeContext, authority: Pubkey): void {
  const account = nonceAccount(context);
  const blockhash = newestBlockhash(context, "Initialize");
  checkSysvar(context, 2, sysvarIds.rent);
  assertWritable(context, "Initialize", account);
  if (stateOf(account).data !== undefined) throw invalidState(context, "Initialize", account);
  const minimum = minimumBalance(account.dataLength);
  if (account.lamports < minimum) {
    context.log(`Initialize nonce account: insufficient lamports ${account.lamports}, need ${minimum}`);
    throw new InstructionFault("InsufficientFunds");
  }
  setState(account, { isLegacy: false, data: { authority, nonce: nonceOfBlockhash(blockhash), lamportsPerSignature } });
}

/** AuthorizeNonceAccount: another authority. */
export function authorizeNonce(context: InvokeContext, authority: Pubkey): void {
  const account = nonceAccount(context);
  assertWritable(context, "Authorize", account);
  const { isLegacy, data } = stateOf(account);
  if (data === undefined) throw invalidState(context, "Authorize", account);
  if (!context.current.hasSigner(data.authority)) {
    context.log(`Authorize nonce account: Account ${pubkeyToBase58(data.authority)} must sign`);
    throw new InstructionFault("MissingRequiredSignature");
  }
  setState(account, { isLegacy, data: { ...data, authority } });
}

/** UpgradeNonceAccount: out of the legacy version, whose values may be blockhashes. Nobody has to sign. */
export function upgradeNonce(context: InvokeContext): void {
  const account = nonceAccount(context);
  if (!equalBytes(account.owner, systemProgram)) throw new InstructionFault("InvalidAccountOwner");
  if (!account.isWritable) throw new InstructionFault("InvalidArgument");
  const { isLegacy, data } = stateOf(account);
  if (!isLegacy || data === undefined) throw new InstructionFault("InvalidArgument");
  setState(account, { isLegacy: false, data: { ...data, nonce: nonceOfBlockhash(data.nonce) } });
}

type Operation = "Advance" | "Withdraw" | "Initialize" | "Authorize";

const noHash = new Uint8Array(32);

function nonceAccount({ current }: InvokeContext): BorrowedAccount {
  current.checkAccountCount(1);
  return current.account(0);
}

/** The parent's hash; the sysvar of recent blockhashes stands as account 1. */
function newestBlockhash(context: InvokeContext, operation: Operation): Hash {
  checkSysvar(context, 1, sysvarIds.recentBlockhashes);
  const hash = blockhashOf(context);
  if (hash !== undefined) return hash;
  context.log(`${operation} nonce account: recent blockhash list is empty`);
  throw systemError("NonceNoRecentBlockhashes");
}

function blockhashOf({ host }: InvokeContext): Hash | undefined {
  return host.getBlockHash(host.block.number - 1n);
}

function stateOf(account: BorrowedAccount): NonceState {
  const state = decodeNonceState(account.data);
  if (state === undefined) throw new InstructionFault("InvalidAccountData");
  return state;
}

function setState(account: BorrowedAccount, state: NonceState): void {
  account.write(0, encodeNonceState(state));
}

function assertWritable(context: InvokeContext, operation: Operation, account: BorrowedAccount): void {
  if (account.isWritable) return;
  context.log(`${operation} nonce account: Account ${pubkeyToBase58(account.key)} must be writeable`);
  throw new InstructionFault("InvalidArgument");
}

function assertFunds(context: InvokeContext, account: BorrowedAccount, need: bigint): void {
  if (need <= account.lamports) return;
  context.log(`Withdraw nonce account: insufficient lamports ${account.lamports}, need ${need}`);
  throw new InstructionFault("InsufficientFunds");
}

function invalidState(context: InvokeContext, operation: Operation, account: BorrowedAccount): InstructionFault {
  context.log(`${operation} nonce account: Account ${pubkeyToBase58(account.key)} state is invalid`);
  return new InstructionFault("InvalidAccountData");
}

function notExpired(context: InvokeContext, operation: Operation): InstructionFault {
  context.log(`${operation} nonce account: nonce can only advance once per slot`);
  return systemError("NonceBlockhashNotExpired");
}
