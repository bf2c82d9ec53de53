/** From bytes to a transaction whose sender is known, and back. */
import {
  bytesToHex,
  isTriremeError,
  keccak256,
  type AccessHints,
  type Address,
  type Decoded,
  type FormatId,
  type FormatRules,
  type Hash,
} from "@trireme/core";
import { withLazyAuthority } from "./authorization.ts";
import type { EthereumTransaction, Signature, UnsignedTransaction } from "./ethereum-transaction.ts";
import { gasPerBlob } from "./fee-market.ts";
import { recoverSigner, signHash } from "./signature.ts";
import { transactionError } from "./transaction-checks.ts";
import { decodeSignedTransaction, encodeSignedTransaction, readSignature, readTransaction, signingHash } from "./transaction-codec.ts";

/** Decodes a signed transaction of types 0 to 4 and recovers its sender. Total; `bytes` are copied. */
export function decodeTransaction(bytes: Uint8Array, rules: FormatRules): Decoded<EthereumTransaction> {
  return decodeWith(bytes, (raw) => {
    const { unsigned, signature, signed } = decodeSignedTransaction(raw);
    const wrongChain = checkChainId(unsigned, rules);
    if (wrongChain !== undefined) return wrongChain;
    const sender = recoverSigner(keccak256(signed), signature);
    if (sender === undefined) {
      const { yParity, r, s } = signature;
      const got = `yParity ${yParity}, r 0x${r.toString(16)}, s 0x${s.toString(16)}`;
      const message = `expected a secp256k1 signature with s in the lower half (EIP-2), got ${got}`;
      return { kind: "invalid", error: transactionError("invalidSignature", message) };
    }
    return { kind: "decoded", transaction: transactionOf("ethereum", raw, unsigned, sender, signature) };
  });
}

/**
 * What `decodeTransaction` gave for bytes that were decoded before: no signature is checked again, and it and who signed an
 * EIP-7702 tuple are worked out when they are asked for. `raw` is kept. @throws TriremeError `INVALID_ENCODING`
 */
export function decodeKnownTransaction(raw: Uint8Array, sender: Address, hash?: Hash): EthereumTransaction {
  const fields = fieldsOf("ethereum", raw, readTransaction(raw, withLazyAuthority), sender, hash);
  return Object.defineProperty(fields, "signature", lazySignature) as EthereumTransaction;
}

const lazySignature: PropertyDescriptor & ThisType<EthereumTransaction> = {
  enumerable: true,
  configurable: true,
  get() {
    const value = readSignature(this.raw);
    Object.defineProperty(this, "signature", { value, enumerable: true, configurable: true, writable: true });
    return value;
  },
};

/** Signs a transaction. For tools and tests: a node holds no keys of others. */
export function signTransaction(unsigned: UnsignedTransaction, privateKey: Uint8Array): Uint8Array {
  return encodeSignedTransaction(unsigned, signHash(signingHash(unsigned), privateKey));
}

/** Runs a decoder on a copy of `bytes`, of which fields are views, and makes what it throws about them a value. */
export function decodeWith(bytes: Uint8Array, decode: (raw: Uint8Array) => Decoded<EthereumTransaction>): Decoded<EthereumTransaction> {
  const raw = new Uint8Array(bytes);
  try {
    return decode(raw);
  } catch (error) {
    if (!isTriremeError(error) || error.code !== "INVALID_ENCODING") throw error;
    const start = bytesToHex(raw.subarray(0, 16));
    return {
      kind: "invalid",
      error: transactionError("invalidEncoding", `${error.message} (transaction of ${raw.length} bytes, ${start}...)`),
    };
  }
}

/** The refusal of a transaction for another chain; undefined where it may run here. */
export function checkChainId({ chainId }: UnsignedTransaction, rules: FormatRules): Decoded<EthereumTransaction> | undefined {
  if (chainId === undefined || chainId === rules.chainId) return undefined;
  return { kind: "invalid", error: transactionError("wrongChainId", `expected chain id ${rules.chainId}, got ${chainId}`) };
}

/** Puts a transaction together from its parts. */
export function transactionOf(
  format: FormatId,
  raw: Uint8Array,
  unsigned: UnsignedTransaction,
  sender: Address,
  signature: Signature | undefined,
): EthereumTransaction {
  return Object.assign(fieldsOf(format, raw, unsigned, sender), { signature });
}

function fieldsOf(
  format: FormatId,
  raw: Uint8Array,
  unsigned: UnsignedTransaction,
  sender: Address,
  hash: Hash = keccak256(raw) as Hash,
): Omit<EthereumTransaction, "signature"> {
  // Named one by one: V8 makes a slow dictionary of a spread object that gets so many fields more.
  return {
    format,
    raw,
    hash,
    sender,
    type: unsigned.type,
    chainId: unsigned.chainId,
    nonce: unsigned.nonce,
    gasLimit: unsigned.gasLimit,
    to: unsigned.to,
    value: unsigned.value,
    data: unsigned.data,
    maxFeePerGas: unsigned.maxFeePerGas,
    maxPriorityFeePerGas: unsigned.maxPriorityFeePerGas,
    accessList: unsigned.accessList,
    maxFeePerBlobGas: unsigned.maxFeePerBlobGas,
    blobVersionedHashes: unsigned.blobVersionedHashes,
    authorizationList: unsigned.authorizationList,
    blobGas: BigInt(unsigned.blobVersionedHashes.length) * gasPerBlob,
    declared: undefined,
    hints: hintsOf(unsigned),
  };
}

function hintsOf({ to, accessList }: UnsignedTransaction): AccessHints {
  const accounts = to === undefined ? [] : [to];
  if (accessList.length === 0) return { accounts, slots: noSlots };
  return {
    accounts: [...accounts, ...accessList.map(({ address }) => address)],
    slots: accessList.flatMap(({ address, storageKeys }) => storageKeys.map((key) => ({ address, key }))),
  };
}

const noSlots: AccessHints["slots"] = [];
