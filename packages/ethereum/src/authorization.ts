/** EIP-7702: authorisations that let an account of a key run the code of a contract. */
import {
  addressFromBytes,
  concatBytes,
  delegationPrefix,
  delegationTarget,
  emptyBytes,
  keccak256,
  type Address,
  type Host,
} from "@trireme/core";
import type { Authorization } from "./ethereum-transaction.ts";
import { encodeRlp, integerToRlp } from "./rlp.ts";
import { recoverSigner, signHash } from "./signature.ts";

/** Gas taken for each tuple of the list, which is the price of a new account. */
export const authorizationGas = 25_000n;
/** Refund for a tuple whose authority is in the state already: 25,000 - 12,500. */
export const existingAuthorityRefund = 12_500n;

const MAX_NONCE = (1n << 64n) - 1n;
const MAGIC = 0x05;

/** What an authority signs: keccak256(0x05 ‖ rlp([chainId, address, nonce])). */
export function authorizationHash(tuple: Pick<Authorization, "chainId" | "address" | "nonce">): Uint8Array {
  return keccak256(concatBytes(Uint8Array.of(MAGIC), encodeRlp([integerToRlp(tuple.chainId), tuple.address, integerToRlp(tuple.nonce)])));
}

/** Who signed a tuple; undefined when the signature is none. */
export function recoverAuthority(tuple: Omit<Authorization, "authority">): Address | undefined {
  return recoverSigner(authorizationHash(tuple), tuple);
}

/** A tuple with who signed it. */
export function withAuthority(tuple: Omit<Authorization, "authority">): Authorization {
  return { ...tuple, authority: recoverAuthority(tuple) };
}

/** The same, worked out when it is first asked for. */
export function withLazyAuthority(tuple: Omit<Authorization, "authority">): Authorization {
  let recovered: { readonly authority: Address | undefined } | undefined;
  return {
    ...tuple,
    get authority() {
      recovered ??= { authority: recoverAuthority(tuple) };
      return recovered.authority;
    },
  };
}

/** Signs a delegation. For tools and tests. */
export function signAuthorization(tuple: Pick<Authorization, "chainId" | "address" | "nonce">, privateKey: Uint8Array): Authorization {
  const signed = { ...tuple, ...signHash(authorizationHash(tuple), privateKey) };
  return withAuthority(signed);
}

/**
 * Applies the tuples that are valid, in order, skipping the others; authorities become warm.
 * @returns the refund in gas that they earned
 */
export function applyAuthorizations(list: readonly Authorization[], host: Host): bigint {
  let refund = 0n;
  for (const { chainId, address, nonce, authority } of list) {
    if (chainId !== 0n && chainId !== host.block.chainId) continue;
    if (nonce === MAX_NONCE || authority === undefined) continue;
    host.accessAccount(authority);
    const code = host.getCode(authority);
    if (code.length > 0 && delegationTarget(code) === undefined) continue;
    if (host.getNonce(authority) !== nonce) continue;
    if (host.exists(authority)) refund += existingAuthorityRefund;
    host.setCode(authority, address.every((byte) => byte === 0) ? emptyBytes : concatBytes(delegationPrefix, address));
    host.setNonce(authority, nonce + 1n);
  }
  return refund;
}

/** The account that `address` delegates to, or undefined. */
export function delegateOf(address: Address, host: Host): Address | undefined {
  const target = delegationTarget(host.getCode(address));
  return target === undefined ? undefined : addressFromBytes(target);
}
