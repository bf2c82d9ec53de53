/** Moves tokens of a face's mint: the one balance that SPL tools see, too. */
import { equalBytes, toAddress, zeroAddress, type Address, type ExecutionResult, type Instruction, type Pubkey } from "@trireme/core";
import { OutOfGas, runInstructionOf, spendOnInstruction, type RunInstruction } from "../gateway/gas-frame.ts";
import { isZero } from "../runtime/pubkey-names.ts";
import {
  faceError,
  insufficientBalance,
  invalidParty,
  programRefusal,
  tokenAccountForeign,
  tokenAccountMissing,
  tokenAccountRent,
} from "./face-errors.ts";
import { emitEvent } from "./face-events.ts";
import type { FaceFrame } from "./face-frame.ts";
import { hasTransferHook } from "./mint-extensions.ts";
import { isTokenOwned } from "./mint.ts";
import { amountIn, heldBy, ownerOf, ownerOfKey, type HeldTokens } from "./token-account.ts";
import { createAssociated, transferChecked } from "./token-programs.ts";

/** Who gets tokens: an address, and the name under which it owns them. */
export interface Receiver {
  readonly address: Address;
  readonly owner: Pubkey;
}

/** Length of a multisig: of what the token programs own, the only thing that can own tokens. */
const MULTISIG_LENGTH = 355;
/** System's error for lamports that are not there. */
const RESULT_WITH_NEGATIVE_LAMPORTS = JSON.stringify({ Custom: 1 });

/** The owner behind an address. @throws OutOfGas, FaceRevert */
export function receiverAt(frame: FaceFrame, address: Address): Receiver {
  if (equalBytes(address, zeroAddress)) throw invalidParty("Receiver", address);
  return checked(frame, { address, owner: ownerOf(frame, address) });
}

/** The owner that a pubkey names: a Solana wallet, of which an address alone would not tell. @throws OutOfGas, FaceRevert */
export function receiverOf(frame: FaceFrame, key: Pubkey): Receiver {
  const address = toAddress(key);
  if (isZero(key)) throw invalidParty("Receiver", address);
  return checked(frame, { address, owner: ownerOfKey(frame, key) });
}

/**
 * Moves `value` from `from`, who has signed or allowed it, and tells so. Nothing that is moved by half stays: the host undoes
 * a call that fails. @throws OutOfGas, FaceRevert
 */
export function moveTokens(frame: FaceFrame, from: Address, to: Receiver, value: bigint, runInstruction: RunInstruction): void {
  if (equalBytes(from, zeroAddress)) throw invalidParty("Sender", from);
  // ERC-20: a transfer of nothing is one like others, whoever has opened which accounts.
  if (value === 0n) return emitEvent(frame, "Transfer", from, to.address, value);
  if (hasTransferHook(frame))
    throw faceError("expected a mint without a transfer hook: its accounts are for the token program's caller to find");
  const source = heldBy(frame, ownerOf(frame, from));
  if (source.amount < value) throw insufficientBalance(from, source.amount, value);
  const target = receivingAccount(frame, to, runInstruction);
  const instruction = transferChecked(frame.mint, source.account, target.account, source.owner, value);
  const result = run(frame, instruction, runInstruction);
  if (result.kind !== "success") throw programRefusal(instruction.program, result);
  const fee = equalBytes(source.account, target.account) ? 0n : value - (amountIn(frame, target.account) - target.amount);
  emitEvent(frame, "Transfer", from, to.address, value - fee);
  // Token-2022 withholds a transfer's fee for the mint.
  if (fee > 0n) emitEvent(frame, "Transfer", from, frame.mint.address, fee);
}

/** Opens the token account of an owner at the caller's cost, where there is none. @throws OutOfGas, FaceRevert */
export function openAccount(frame: FaceFrame, { address, owner }: Receiver, runInstruction: RunInstruction): HeldTokens {
  const held = heldBy(frame, owner);
  if (held.state === "foreign") throw tokenAccountForeign(address, held.account);
  if (held.state === "own") return held;
  const payer = frame.message.sender;
  const instruction = createAssociated(frame.mint, ownerOf(frame, payer), held.account, owner);
  const result = run(frame, instruction, runInstruction);
  if (result.kind === "success") return { ...held, state: "own" };
  const isPoor = result.kind === "revert" && result.error === RESULT_WITH_NEGATIVE_LAMPORTS;
  throw isPoor ? tokenAccountRent(payer, held.account) : programRefusal(instruction.program, result);
}

/**
 * The account that gets the tokens. Who closes a token account keeps its rent: were it paid by whoever pays somebody out, a
 * contract's wei would be anybody's to take, account by account. So a wallet pays for what it sends itself, a contract for
 * its own account only; `openAccount` is how it pays for others.
 */
function receivingAccount(frame: FaceFrame, to: Receiver, runInstruction: RunInstruction): HeldTokens {
  const { message, host } = frame;
  if (equalBytes(message.sender, host.transaction.origin) || equalBytes(message.sender, to.address))
    return openAccount(frame, to, runInstruction);
  const held = heldBy(frame, to.owner);
  if (held.state === "foreign") throw tokenAccountForeign(to.address, held.account);
  if (held.state === "none") throw tokenAccountMissing(to.address, held.account);
  return held;
}

/** What would lie in the associated account of a mint or of a token account could never be moved again. */
function checked(frame: FaceFrame, receiver: Receiver): Receiver {
  const record = frame.host.getSvmRecord(receiver.address);
  if (record !== undefined && isTokenOwned(record) && record.dataLength !== MULTISIG_LENGTH)
    throw invalidParty("Receiver", receiver.address);
  return receiver;
}

function run(frame: FaceFrame, instruction: Instruction, runInstruction: RunInstruction): ExecutionResult {
  spendOnInstruction(frame, instruction.accounts.length, instruction.data.length);
  const result = runInstructionOf(frame, instruction, runInstruction);
  if (result.kind === "halt" && result.reason === "outOfGas") throw new OutOfGas();
  return result;
}
