/** Transactions as bytes: EIP-155, EIP-2930, EIP-1559, EIP-4844 and EIP-7702. */
import { addressFromBytes, concatBytes, emptyBytes, keccak256, TriremeError, type Address, type Hash } from "@trireme/core";
import { withAuthority } from "./authorization.ts";
import type { AccessListEntry, Authorization, EthereumTransactionType, Signature, UnsignedTransaction } from "./ethereum-transaction.ts";
import { enterList, hasItems, leaveList, skipInteger, takeBytes, takeInteger, type RlpCursor } from "./rlp-cursor.ts";
import { encodeRlp, integerToRlp, rlpListOf, type RlpItem } from "./rlp.ts";

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

/** A transaction read from its bytes. */
export interface SignedTransaction {
  readonly unsigned: UnsignedTransaction;
  readonly signature: Signature;
  /** The bytes that the signature covers: `encodeUnsignedTransaction(unsigned)`, cut out of the signed ones. */
  readonly signed: Uint8Array;
}

/** Says who signed a tuple, or how that is found out. */
type AddAuthority = (tuple: Omit<Authorization, "authority">) => Authorization;

/** Reads the bytes that stand in a block. The signature is not judged. @throws TriremeError `INVALID_ENCODING` */
export function decodeSignedTransaction(raw: Uint8Array): SignedTransaction {
  const cursor = openTransaction(raw);
  const { at } = cursor;
  const { unsigned, signatureAt, yParity } = takeBeforeR(cursor, typeOf(raw), withAuthority);
  const covered = raw.subarray(at, signatureAt);
  const signature = { yParity, r: takeInteger(cursor, 32, "r"), s: takeInteger(cursor, 32, "s") };
  leaveList(cursor, raw.length, "a transaction");
  // EIP-155: the chain id stands where the signature will be.
  if (unsigned.type === 0 && unsigned.chainId !== undefined) return { unsigned, signature, signed: encodeUnsignedTransaction(unsigned) };
  const list = rlpListOf(covered);
  return { unsigned, signature, signed: unsigned.type === 0 ? list : concatBytes(raw.subarray(0, 1), list) };
}

/** Reads the same but for the signature, whose encoding alone is checked. @throws TriremeError `INVALID_ENCODING` */
export function readTransaction(raw: Uint8Array, addAuthority: AddAuthority): UnsignedTransaction {
  const cursor = openTransaction(raw);
  const { unsigned } = takeBeforeR(cursor, typeOf(raw), addAuthority);
  skipInteger(cursor, 32, "r");
  skipInteger(cursor, 32, "s");
  leaveList(cursor, raw.length, "a transaction");
  return unsigned;
}

/** The signature that `readTransaction` stepped over. @throws TriremeError `INVALID_ENCODING` */
export function readSignature(raw: Uint8Array): Signature {
  const cursor = openTransaction(raw);
  const { yParity } = takeBeforeR(cursor, typeOf(raw), (tuple) => ({ ...tuple, authority: undefined }));
  return { yParity, r: takeInteger(cursor, 32, "r"), s: takeInteger(cursor, 32, "s") };
}

/** Reads what `encodeUnsignedTransaction` gave. @throws TriremeError `INVALID_ENCODING` */
export function decodeUnsignedTransaction(bytes: Uint8Array): UnsignedTransaction {
  const cursor = openTransaction(bytes);
  const unsigned = takeUnsigned(cursor, typeOf(bytes));
  leaveList(cursor, bytes.length, "an unsigned transaction");
  return unsigned;
}

function takeUnsigned(cursor: RlpCursor, type: EthereumTransactionType): UnsignedTransaction {
  if (type !== 0) return takeTyped(cursor, type, withAuthority);
  const fields = takeLegacyFields(cursor);
  if (!hasItems(cursor)) return legacy(fields, undefined);
  const chainId = takeInteger(cursor, 32, "chainId");
  takeBytes(cursor, "the empty r", 0);
  takeBytes(cursor, "the empty s", 0);
  return legacy(fields, chainId);
}

/** The cursor at the first field of a transaction that is the whole of `raw`. */
function openTransaction(raw: Uint8Array): RlpCursor {
  const cursor: RlpCursor = { bytes: raw, at: typeOf(raw) === 0 ? 0 : 1, end: raw.length };
  enterList(cursor, "a transaction");
  if (cursor.end !== raw.length)
    throw invalid(`expected the end of a transaction at byte ${cursor.end}, got ${raw.length - cursor.end} more`);
  return cursor;
}

interface BeforeR {
  readonly unsigned: UnsignedTransaction;
  /** Place of the first byte that the signature does not cover. */
  readonly signatureAt: number;
  readonly yParity: number;
}

function takeBeforeR(cursor: RlpCursor, type: EthereumTransactionType, addAuthority: AddAuthority): BeforeR {
  if (type !== 0) {
    const unsigned = takeTyped(cursor, type, addAuthority);
    return { unsigned, signatureAt: cursor.at, yParity: Number(takeInteger(cursor, 1, "yParity")) };
  }
  const fields = takeLegacyFields(cursor);
  const signatureAt = cursor.at;
  const v = takeInteger(cursor, 32, "v");
  if (v !== 27n && v !== 28n && v < 35n) throw invalid(`expected v of 27, 28 or at least 35 (EIP-155), got ${v}`);
  const chainId = v < 35n ? undefined : (v - 35n) >> 1n;
  return { unsigned: legacy(fields, chainId), signatureAt, yParity: Number((v - (v < 35n ? 27n : 35n)) & 1n) };
}

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

/** The fields of a legacy transaction but for its chain id, which stands in v. */
type LegacyFields = Pick<UnsignedTransaction, "nonce" | "maxFeePerGas" | "gasLimit" | "to" | "value" | "data">;

function takeLegacyFields(cursor: RlpCursor): LegacyFields {
  return {
    nonce: takeInteger(cursor, 8, "nonce"),
    maxFeePerGas: takeInteger(cursor, 32, "gasPrice"),
    gasLimit: takeInteger(cursor, 8, "gasLimit"),
    to: takeRecipient(cursor),
    value: takeInteger(cursor, 32, "value"),
    data: takeBytes(cursor, "data"),
  };
}

// Both name every field: a spread of some of them costs more than to read them.
function legacy({ nonce, maxFeePerGas, gasLimit, to, value, data }: LegacyFields, chainId: bigint | undefined): UnsignedTransaction {
  return {
    type: 0,
    chainId,
    nonce,
    gasLimit,
    to,
    value,
    data,
    maxFeePerGas,
    maxPriorityFeePerGas: maxFeePerGas,
    accessList: none,
    maxFeePerBlobGas: 0n,
    blobVersionedHashes: none,
    authorizationList: none,
  };
}

function takeTyped(cursor: RlpCursor, type: 1 | 2 | 3 | 4, addAuthority: AddAuthority): UnsignedTransaction {
  const chainId = takeInteger(cursor, 32, "chainId");
  const nonce = takeInteger(cursor, 8, "nonce");
  const maxPriorityFeePerGas = takeInteger(cursor, 32, type === 1 ? "gasPrice" : "maxPriorityFeePerGas");
  return {
    type,
    chainId,
    nonce,
    maxPriorityFeePerGas,
    // In the order of the encoding.
    maxFeePerGas: type === 1 ? maxPriorityFeePerGas : takeInteger(cursor, 32, "maxFeePerGas"),
    gasLimit: takeInteger(cursor, 8, "gasLimit"),
    to: takeRecipient(cursor),
    value: takeInteger(cursor, 32, "value"),
    data: takeBytes(cursor, "data"),
    accessList: takeList(cursor, "accessList", takeAccessListEntry),
    maxFeePerBlobGas: type === 3 ? takeInteger(cursor, 32, "maxFeePerBlobGas") : 0n,
    blobVersionedHashes: type === 3 ? takeList(cursor, "blobVersionedHashes", takeBlobHash) : none,
    authorizationList: type === 4 ? takeList(cursor, "authorizationList", takeAuthorization).map(addAuthority) : none,
  };
}

const none: readonly never[] = [];

function takeList<T>(cursor: RlpCursor, field: string, take: (from: RlpCursor) => T): readonly T[] {
  const outer = enterList(cursor, field);
  const items: T[] = [];
  while (hasItems(cursor)) items.push(take(cursor));
  leaveList(cursor, outer, field);
  return items.length === 0 ? none : items;
}

function takeRecipient(cursor: RlpCursor): Address | undefined {
  const bytes = takeBytes(cursor, "to");
  if (bytes.length === 0) return undefined;
  if (bytes.length !== 20) throw invalid(`expected to of 20 bytes, got ${bytes.length}`);
  return addressFromBytes(bytes);
}

function takeAccessListEntry(cursor: RlpCursor): AccessListEntry {
  const outer = enterList(cursor, "an entry of accessList");
  const address = addressFromBytes(takeBytes(cursor, "an address of accessList", 20));
  const storageKeys = takeList(cursor, "storage keys of accessList", takeStorageKey);
  leaveList(cursor, outer, "an entry of accessList");
  return { address, storageKeys };
}

function takeStorageKey(cursor: RlpCursor): Uint8Array {
  return takeBytes(cursor, "a storage key of accessList", 32);
}

function takeBlobHash(cursor: RlpCursor): Hash {
  return takeBytes(cursor, "a blob's versioned hash", 32) as Hash;
}

function takeAuthorization(cursor: RlpCursor): Omit<Authorization, "authority"> {
  const outer = enterList(cursor, "an authorization");
  const tuple = {
    chainId: takeInteger(cursor, 32, "an authorization's chainId"),
    address: addressFromBytes(takeBytes(cursor, "an authorization's address", 20)),
    nonce: takeInteger(cursor, 8, "an authorization's nonce"),
    yParity: Number(takeInteger(cursor, 1, "an authorization's yParity")),
    r: takeInteger(cursor, 32, "an authorization's r"),
    s: takeInteger(cursor, 32, "an authorization's s"),
  };
  leaveList(cursor, outer, "an authorization");
  return tuple;
}

function authorizationToRlp(authorization: Authorization): RlpItem {
  const { chainId, address, nonce, yParity, r, s } = authorization;
  return [integerToRlp(chainId), address, integerToRlp(nonce), integerToRlp(BigInt(yParity)), integerToRlp(r), integerToRlp(s)];
}

function invalid(message: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", message);
}
