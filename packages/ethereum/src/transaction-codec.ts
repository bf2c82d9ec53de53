/** Transactions as bytes: EIP-155, EIP-2930, EIP-1559, EIP-4844 and EIP-7702. */
import { addressFromBytes, concatBytes, emptyBytes, keccak256, TriremeError, type Address, type Hash } from "@trireme/core";
import { withAuthority } from "./authorization.ts";
import type { AccessListEntry, Authorization, EthereumTransactionType, Signature, UnsignedTransaction } from "./ethereum-transaction.ts";
import {
  decodeRlp,
  encodeRlp,
  integerToRlp,
  readBytes,
  readInteger,
  readList,
  rlpListOf,
  rlpPayload,
  rlpSizeOfBytes,
  type RlpItem,
} from "./rlp.ts";

/** Bytes that a signature covers; also what stands in the envelope of an impersonated transaction. */
export function encodeUnsignedTransaction(transaction: UnsignedTransaction): Uint8Array {
  const fields = fieldsOf(transaction);
  if (transaction.type !== 0) return concatBytes(Uint8Array.of(transaction.type), encodeRlp(fields));
  // EIP-155: the chain id stands where the signature will be.
  return encodeRlp(transaction.chainId === undefined ? fields : [...fields, integerToRlp(transaction.chainId), emptyBytes, emptyBytes]);
}

/** keccak256 of the unsigned bytes: what is signed. */
export function signingHash(transaction: UnsignedTransaction): Uint8Array {
  return keccak256(encodeUnsignedTransaction(transaction));
}

/** The bytes that stand in a block. */
export function encodeSignedTransaction(transaction: UnsignedTransaction, signature: Signature): Uint8Array {
  const { yParity, r, s } = signature;
  const fields = fieldsOf(transaction);
  if (transaction.type !== 0) {
    const signed = [...fields, integerToRlp(BigInt(yParity)), integerToRlp(r), integerToRlp(s)];
    return concatBytes(Uint8Array.of(transaction.type), encodeRlp(signed));
  }
  const v = BigInt(yParity) + (transaction.chainId === undefined ? 27n : 35n + transaction.chainId * 2n);
  return encodeRlp([...fields, integerToRlp(v), integerToRlp(r), integerToRlp(s)]);
}

/** A transaction and its signature. */
export interface ReadTransaction {
  readonly unsigned: UnsignedTransaction;
  readonly signature: Signature;
}

/** A transaction read from its bytes. */
export interface SignedTransaction extends ReadTransaction {
  /** The bytes that the signature covers: `encodeUnsignedTransaction(unsigned)`, cut out of the signed ones. */
  readonly signed: Uint8Array;
}

/** Says who signed a tuple, or how that is found out. */
type AddAuthority = (tuple: Omit<Authorization, "authority">) => Authorization;

/** Reads the bytes that stand in a block. The signature is not judged. @throws TriremeError `INVALID_ENCODING` */
export function decodeSignedTransaction(raw: Uint8Array): SignedTransaction {
  const { unsigned, signature, fields } = readFields(raw, withAuthority);
  const list = unsigned.type === 0 ? raw : raw.subarray(1);
  // EIP-155: the chain id stands where the signature will be.
  if (unsigned.type === 0 && unsigned.chainId !== undefined) return { unsigned, signature, signed: encodeUnsignedTransaction(unsigned) };
  const covered = rlpListOf(withoutSignature(list, fields));
  return { unsigned, signature, signed: unsigned.type === 0 ? covered : concatBytes(raw.subarray(0, 1), covered) };
}

/** Reads the same without what the signature covers. @throws TriremeError `INVALID_ENCODING` */
export function readTransaction(raw: Uint8Array, addAuthority: AddAuthority): ReadTransaction {
  const { unsigned, signature } = readFields(raw, addAuthority);
  return { unsigned, signature };
}

function readFields(raw: Uint8Array, addAuthority: AddAuthority): ReadTransaction & { readonly fields: readonly RlpItem[] } {
  const type = typeOf(raw);
  if (type === 0) return readLegacyFields(raw);
  const count = fieldCounts[type];
  const fields = readList(decodeRlp(raw.subarray(1)), `a transaction of type ${type}`, count + 3);
  const signature = {
    yParity: Number(readInteger(fields[count], 1, "yParity")),
    r: readInteger(fields[count + 1], 32, "r"),
    s: readInteger(fields[count + 2], 32, "s"),
  };
  return { unsigned: typed(type, fields, addAuthority), signature, fields };
}

function readLegacyFields(raw: Uint8Array): ReadTransaction & { readonly fields: readonly RlpItem[] } {
  const fields = readList(decodeRlp(raw), "a legacy transaction", 9);
  const v = readInteger(fields[6], 32, "v");
  const signature = { r: readInteger(fields[7], 32, "r"), s: readInteger(fields[8], 32, "s") };
  if (v !== 27n && v !== 28n && v < 35n) throw invalid(`expected v of 27, 28 or at least 35 (EIP-155), got ${v}`);
  const chainId = v < 35n ? undefined : (v - 35n) >> 1n;
  const yParity = Number((v - (v < 35n ? 27n : 35n)) & 1n);
  return { unsigned: legacy(fields, chainId), signature: { yParity, ...signature }, fields };
}

/** The encoded items before the last three, which are the signature's: byte strings of at most 32 bytes by now. */
function withoutSignature(list: Uint8Array, fields: readonly RlpItem[]): Uint8Array {
  let size = 0;
  for (const field of fields.slice(-3)) size += rlpSizeOfBytes(field as Uint8Array);
  return rlpPayload(list).subarray(0, -size);
}

/** Reads what `encodeUnsignedTransaction` gave. @throws TriremeError `INVALID_ENCODING` */
export function decodeUnsignedTransaction(bytes: Uint8Array): UnsignedTransaction {
  const type = typeOf(bytes);
  if (type !== 0) {
    const fields = readList(decodeRlp(bytes.subarray(1)), `an unsigned transaction of type ${type}`, fieldCounts[type]);
    return typed(type, fields, withAuthority);
  }
  const fields = readList(decodeRlp(bytes), "an unsigned legacy transaction");
  if (fields.length === 6) return legacy(fields, undefined);
  readList(fields, "an unsigned legacy transaction", 9);
  readBytes(fields[7], "the empty r", 0);
  readBytes(fields[8], "the empty s", 0);
  return legacy(fields, readInteger(fields[6], 32, "chainId"));
}

/** Fields of a typed transaction before its signature. */
const fieldCounts: Readonly<Record<1 | 2 | 3 | 4, number>> = { 1: 8, 2: 9, 3: 11, 4: 10 };

function typeOf(raw: Uint8Array): EthereumTransactionType {
  const first = raw[0];
  if (first === undefined) throw invalid("expected a transaction, got no bytes");
  if (first >= 0xc0) return 0;
  if (first === 1 || first === 2 || first === 3 || first === 4) return first;
  throw invalid(`expected a transaction of type 1 to 4 or a legacy one, got first byte 0x${first.toString(16).padStart(2, "0")}`);
}

function fieldsOf(transaction: UnsignedTransaction): RlpItem[] {
  const { type, nonce, gasLimit, to, value, data, maxFeePerGas, maxPriorityFeePerGas } = transaction;
  const call: RlpItem[] = [integerToRlp(gasLimit), to ?? emptyBytes, integerToRlp(value), data];
  if (type === 0) return [integerToRlp(nonce), integerToRlp(maxFeePerGas), ...call];
  const chainId = integerToRlp(transaction.chainId ?? 0n);
  const accessList = transaction.accessList.map(({ address, storageKeys }) => [address, storageKeys]);
  if (type === 1) return [chainId, integerToRlp(nonce), integerToRlp(maxFeePerGas), ...call, accessList];
  const fields = [chainId, integerToRlp(nonce), integerToRlp(maxPriorityFeePerGas), integerToRlp(maxFeePerGas), ...call, accessList];
  if (type === 3) fields.push(integerToRlp(transaction.maxFeePerBlobGas), transaction.blobVersionedHashes);
  if (type === 4) fields.push(transaction.authorizationList.map(authorizationToRlp));
  return fields;
}

function legacy(fields: readonly RlpItem[], chainId: bigint | undefined): UnsignedTransaction {
  const gasPrice = readInteger(fields[1], 32, "gasPrice");
  return {
    type: 0,
    chainId,
    nonce: readInteger(fields[0], 8, "nonce"),
    ...readCall(fields, 2),
    maxFeePerGas: gasPrice,
    maxPriorityFeePerGas: gasPrice,
    accessList: [],
    ...noExtras,
  };
}

function typed(type: 1 | 2 | 3 | 4, fields: readonly RlpItem[], addAuthority: AddAuthority): UnsignedTransaction {
  const chainId = readInteger(fields[0], 32, "chainId");
  const nonce = readInteger(fields[1], 8, "nonce");
  const first = readInteger(fields[2], 32, type === 1 ? "gasPrice" : "maxPriorityFeePerGas");
  if (type === 1) {
    const fees = { maxFeePerGas: first, maxPriorityFeePerGas: first };
    return { type, chainId, nonce, ...readCall(fields, 3), ...fees, accessList: readAccessList(fields[7]), ...noExtras };
  }
  const fees = { maxFeePerGas: readInteger(fields[3], 32, "maxFeePerGas"), maxPriorityFeePerGas: first };
  const common = { type, chainId, nonce, ...readCall(fields, 4), ...fees, accessList: readAccessList(fields[8]), ...noExtras };
  if (type === 3) {
    return {
      ...common,
      maxFeePerBlobGas: readInteger(fields[9], 32, "maxFeePerBlobGas"),
      blobVersionedHashes: readList(fields[10], "blobVersionedHashes").map(
        (hash) => readBytes(hash, "a blob's versioned hash", 32) as Hash,
      ),
    };
  }
  return type === 4
    ? { ...common, authorizationList: readList(fields[9], "authorizationList").map((item) => addAuthority(readAuthorization(item))) }
    : common;
}

const noExtras = { maxFeePerBlobGas: 0n, blobVersionedHashes: [], authorizationList: [] };

function readCall(fields: readonly RlpItem[], at: number): Pick<UnsignedTransaction, "gasLimit" | "to" | "value" | "data"> {
  return {
    gasLimit: readInteger(fields[at], 8, "gasLimit"),
    to: readRecipient(fields[at + 1]),
    value: readInteger(fields[at + 2], 32, "value"),
    data: readBytes(fields[at + 3], "data"),
  };
}

function readRecipient(item: RlpItem | undefined): Address | undefined {
  const bytes = readBytes(item, "to");
  return bytes.length === 0 ? undefined : addressFromBytes(readBytes(bytes, "to", 20));
}

function readAccessList(item: RlpItem | undefined): readonly AccessListEntry[] {
  return readList(item, "accessList").map((entry) => {
    const [address, keys] = readList(entry, "an entry of accessList", 2);
    return {
      address: addressFromBytes(readBytes(address, "an address of accessList", 20)),
      storageKeys: readList(keys, "storage keys of accessList").map((key) => readBytes(key, "a storage key of accessList", 32)),
    };
  });
}

function authorizationToRlp(authorization: Authorization): RlpItem {
  const { chainId, address, nonce, yParity, r, s } = authorization;
  return [integerToRlp(chainId), address, integerToRlp(nonce), integerToRlp(BigInt(yParity)), integerToRlp(r), integerToRlp(s)];
}

function readAuthorization(item: RlpItem): Omit<Authorization, "authority"> {
  const fields = readList(item, "an authorization", 6);
  return {
    chainId: readInteger(fields[0], 32, "an authorization's chainId"),
    address: addressFromBytes(readBytes(fields[1], "an authorization's address", 20)),
    nonce: readInteger(fields[2], 8, "an authorization's nonce"),
    yParity: Number(readInteger(fields[3], 1, "an authorization's yParity")),
    r: readInteger(fields[4], 32, "an authorization's r"),
    s: readInteger(fields[5], 32, "an authorization's s"),
  };
}

function invalid(message: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", message);
}
