/** What a face reverts with: the errors of ERC-6093 and ERC-2612, and those that only an SPL token has. */
import { addressToHex, pubkeyToBase58, type Address, type ExecutionResult, type Pubkey } from "@trireme/core";
import { bytesValue, encodeAbiError, word, type AbiValue } from "../gateway/abi-writer.ts";
import { svmError } from "../gateway/gateway-error.ts";
import { FaceRevert } from "./face-frame.ts";

const utf8 = new TextEncoder();

export function insufficientBalance(sender: Address, balance: bigint, needed: bigint): FaceRevert {
  return failure("ERC20InsufficientBalance(address,uint256,uint256)", [word(sender), word(balance), word(needed)]);
}

export function insufficientAllowance(spender: Address, allowance: bigint, needed: bigint): FaceRevert {
  return failure("ERC20InsufficientAllowance(address,uint256,uint256)", [word(spender), word(allowance), word(needed)]);
}

export function invalidParty(role: "Sender" | "Receiver" | "Approver" | "Spender", party: Address): FaceRevert {
  return failure(`ERC20Invalid${role}(address)`, [word(party)]);
}

export function expiredSignature(deadline: bigint): FaceRevert {
  return failure("ERC2612ExpiredSignature(uint256)", [word(deadline)]);
}

export function invalidSigner(signer: Address, owner: Address): FaceRevert {
  return failure("ERC2612InvalidSigner(address,address)", [word(signer), word(owner)]);
}

/** Nobody has opened the receiver's token account, and the caller pays for no account but its own without being asked. */
export function tokenAccountMissing(owner: Address, account: Pubkey): FaceRevert {
  return failure("TokenAccountMissing(address,bytes32)", [word(owner), word(account)]);
}

/** The account that belongs to an address was handed to another owner. */
export function tokenAccountForeign(owner: Address, account: Pubkey): FaceRevert {
  return failure("TokenAccountForeign(address,bytes32)", [word(owner), word(account)]);
}

/** The payer has not the lamports that a new token account needs to stay. */
export function tokenAccountRent(payer: Address, account: Pubkey): FaceRevert {
  return failure("TokenAccountRent(address,bytes32)", [word(payer), word(account)]);
}

/** The call is none that this face takes. */
export function faceError(reason: string): FaceRevert {
  return new FaceRevert(`token face: ${reason}`, encodeAbiError("TokenFaceError(string)", bytesValue(utf8.encode(reason))));
}

/** The program said no. */
export function programRefusal(program: Pubkey, result: Exclude<ExecutionResult, { kind: "success" }>): FaceRevert {
  const reason = result.kind === "halt" ? result.reason : (result.error ?? result.refused ?? "");
  return new FaceRevert(`token face: ${pubkeyToBase58(program)} failed: ${reason}`, svmError(program, result));
}

function failure(signature: string, values: readonly AbiValue[]): FaceRevert {
  const shown = values.map(({ value }) => (value instanceof Uint8Array ? addressToHex(value as Address) : String(value)));
  return new FaceRevert(
    `token face: ${signature.slice(0, signature.indexOf("("))}(${shown.join(", ")})`,
    encodeAbiError(signature, ...values),
  );
}
