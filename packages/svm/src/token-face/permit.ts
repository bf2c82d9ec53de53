/** Approvals by an EIP-712 signature of the owner (ERC-2612). */
import {
  addressFromBytes,
  bigintToBytes,
  bytesToBigint,
  concatBytes,
  equalBytes,
  keccak256,
  zeroAddress,
  type Address,
} from "@trireme/core";
import { recoverPublicKey } from "../crypto/recover-public-key.ts";
import { spend } from "../gateway/gas-frame.ts";
import { nonceOf, setAllowance, setNonce } from "./allowances.ts";
import { expiredSignature, invalidParty, invalidSigner } from "./face-errors.ts";
import { emitEvent } from "./face-events.ts";
import type { FaceFrame } from "./face-frame.ts";
import { readText } from "./token-metadata.ts";

/** What the ECRECOVER precompile costs. */
const RECOVERY_GAS = 3_000n;
const utf8 = new TextEncoder();
/** The version of a face's EIP-712 domain. */
export const domainVersion: Uint8Array = utf8.encode("1");
const domainType = keccak256(utf8.encode("EIP712Domain(string name,string version,uint256 chainId,address verifyingContract)"));
const permitType = keccak256(utf8.encode("Permit(address owner,address spender,uint256 value,uint256 nonce,uint256 deadline)"));
/** Half the order of secp256k1: of two signatures that mean the same, the one with the lower s counts (EIP-2). */
const MAX_S = 0x7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0n;

/** The EIP-712 domain: name, version 1, chain id, the face's address. @throws OutOfGas */
export function domainSeparator(frame: FaceFrame): Uint8Array {
  const { host, mint } = frame;
  const name = keccak256(readText(frame, "name"));
  return keccak256(
    concatBytes(domainType, name, keccak256(domainVersion), bigintToBytes(host.block.chainId, 32), new Uint8Array(12), mint.address),
  );
}

/** `permit(owner, spender, value, deadline, v, r, s)`. @throws OutOfGas, AbiFault, FaceRevert */
export function permit(frame: FaceFrame): void {
  const { input, host } = frame;
  const [owner, spender] = [addressFromBytes(input.address(0)), addressFromBytes(input.address(1))];
  const value = input.word(2);
  const deadline = bytesToBigint(input.word(3));
  if (host.block.timestamp > deadline) throw expiredSignature(deadline);
  const nonce = nonceOf(frame, owner);
  const body = concatBytes(
    permitType,
    new Uint8Array(12),
    owner,
    new Uint8Array(12),
    spender,
    value,
    bigintToBytes(nonce, 32),
    bigintToBytes(deadline, 32),
  );
  const hash = keccak256(concatBytes(Uint8Array.of(0x19, 0x01), domainSeparator(frame), keccak256(body)));
  spend(frame, RECOVERY_GAS);
  const signer = recoverSigner(hash, input.word(4), input.word(5), input.word(6));
  if (equalBytes(signer, zeroAddress) || !equalBytes(signer, owner)) throw invalidSigner(signer, owner);
  if (equalBytes(spender, zeroAddress)) throw invalidParty("Spender", spender);
  setNonce(frame, owner, nonce + 1n);
  setAllowance(frame, owner, spender, bytesToBigint(value));
  emitEvent(frame, "Approval", owner, spender, bytesToBigint(value));
}

/** Zeros where there is none. */
function recoverSigner(hash: Uint8Array, v: Uint8Array, r: Uint8Array, s: Uint8Array): Address {
  const recovery = bytesToBigint(v) - 27n;
  if ((recovery !== 0n && recovery !== 1n) || bytesToBigint(s) > MAX_S) return zeroAddress;
  const key = recoverPublicKey(hash, Number(recovery), concatBytes(r, s));
  return key === undefined ? zeroAddress : addressFromBytes(keccak256(key).slice(12));
}
