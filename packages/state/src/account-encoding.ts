/**
 * The record of an account in the flat state: compact, and one encoding per record.
 *
 * `flags ‖ [nonce] ‖ [balance] ‖ [code hash] ‖ [generation] ‖ [pubkey ‖ owner ‖ data length]`, a part
 * standing only where its flag does. Integers: one length byte, then big-endian bytes without a leading zero. A flag
 * for a part that has its default value (0, no code) is refused, as is any byte too many.
 */
import { emptyCodeHash, equalBytes, maxAccountDataLength, TriremeError, type Hash, type Pubkey, type SvmRecord } from "@trireme/core";
import type { AccountRecord } from "./state-reader.ts";

const NONCE = 1;
const BALANCE = 2;
const CODE = 4;
const GENERATION = 8;
const SLOTS = 16;
const SVM = 32;
const EXECUTABLE = 64;

const MAX_BALANCE_BYTES = 32;
const LOW_64 = (1n << 64n) - 1n;
const scratch = new Uint8Array(1 + 9 + 33 + 32 + 5 + 8 + 64 + 5);
const scratchView = new DataView(scratch.buffer);

/** Encodes a record. @throws TriremeError `INVALID_ENCODING` when a number does not fit its field. */
export function encodeAccountRecord(record: AccountRecord): Uint8Array {
  let flags = 0;
  let end = 1;
  if (record.nonce !== 0n) {
    flags |= NONCE;
    end = writeBigint(end, record.nonce, 8, "nonce");
  }
  if (record.balance !== 0n) {
    flags |= BALANCE;
    end = writeBigint(end, record.balance, MAX_BALANCE_BYTES, "balance");
  }
  if (!equalBytes(record.codeHash, emptyCodeHash)) {
    flags |= CODE;
    scratch.set(record.codeHash, end);
    end += 32;
  }
  if (record.storageGeneration !== 0) {
    flags |= GENERATION;
    end = writeNumber(end, record.storageGeneration, 0xffff_ffff, "storage generation");
  }
  if (record.hasSlots) flags |= SLOTS;
  if (record.svm !== undefined) {
    flags |= record.svm.executable ? SVM | EXECUTABLE : SVM;
    scratch.set(record.svm.pubkey, end);
    scratch.set(record.svm.owner, end + 32);
    end = writeNumber(end + 64, record.svm.dataLength, maxAccountDataLength, "data length", true);
  }
  scratch[0] = flags;
  return scratch.slice(0, end);
}

/** Reads a record. Total. @throws TriremeError `INVALID_ENCODING` on bytes that `encodeAccountRecord` does not make. */
export function decodeAccountRecord(bytes: Uint8Array): AccountRecord {
  const flags = bytes[0];
  if (flags === undefined || flags > 127 || (flags & (SVM | EXECUTABLE)) === EXECUTABLE) throw invalid(bytes, "flags");
  let at = 1;
  let nonce = 0n;
  if (flags & NONCE) {
    nonce = readBigint(bytes, at, 8, "nonce");
    at += 1 + (bytes[at] as number);
  }
  let balance = 0n;
  if (flags & BALANCE) {
    balance = readBigint(bytes, at, MAX_BALANCE_BYTES, "balance");
    at += 1 + (bytes[at] as number);
  }
  let codeHash = emptyCodeHash;
  if (flags & CODE) {
    codeHash = readRecurring(bytes, at, codeHashes, "code hash") as Hash;
    if (equalBytes(codeHash, emptyCodeHash)) throw invalid(bytes, "code hash");
    at += 32;
  }
  let storageGeneration = 0;
  if (flags & GENERATION) {
    storageGeneration = readNumber(bytes, at, 0xffff_ffff, "storage generation");
    at += 1 + (bytes[at] as number);
  }
  let svm: SvmRecord | undefined;
  if (flags & SVM) {
    const executable = (flags & EXECUTABLE) !== 0;
    const pubkey = (executable ? readRecurring(bytes, at, programs, "pubkey") : readBytes(bytes, at, "pubkey")) as Pubkey;
    const owner = readRecurring(bytes, at + 32, programs, "owner") as Pubkey;
    const dataLength = readNumber(bytes, at + 64, maxAccountDataLength, "data length", true);
    svm = { pubkey, owner, executable, dataLength };
    at += 65 + (bytes[at + 64] as number);
  }
  if (at !== bytes.length) throw invalid(bytes, "length");
  return { nonce, balance, codeHash, storageGeneration, hasSlots: (flags & SLOTS) !== 0, svm };
}

function writeBigint(at: number, value: bigint, maxBytes: number, field: string): number {
  let length = 0;
  let rest = value;
  // Eight bytes at a time from the low end into the end of the field, then moved to its start.
  let low = at + 1 + maxBytes;
  if (value < 0n) throw unfit(field, value);
  while (rest !== 0n) {
    if (length === maxBytes) throw unfit(field, value);
    low -= 8;
    scratchView.setBigUint64(low, rest & LOW_64);
    rest >>= 64n;
    length += 8;
  }
  while (length > 0 && scratch[low] === 0) {
    low++;
    length--;
  }
  scratch.copyWithin(at + 1, low, low + length);
  scratch[at] = length;
  return at + 1 + length;
}

function writeNumber(at: number, value: number, max: number, field: string, zeroAllowed = false): number {
  if (!Number.isInteger(value) || value < (zeroAllowed ? 0 : 1) || value > max) throw unfit(field, value);
  let length = 0;
  for (let rest = value; rest >= 1; rest = Math.floor(rest / 256)) length++;
  let rest = value;
  for (let index = length; index > 0; index--) {
    scratch[at + index] = rest % 256;
    rest = Math.floor(rest / 256);
  }
  scratch[at] = length;
  return at + 1 + length;
}

function readBigint(bytes: Uint8Array, at: number, maxBytes: number, field: string): bigint {
  const length = checkedLength(bytes, at, maxBytes, false, field);
  let value = 0n;
  let low = 0;
  let count = 0;
  // Six bytes fit a double exactly: few BigInt operations for the common balances.
  for (let index = at + 1; index <= at + length; index++) {
    low = low * 256 + (bytes[index] as number);
    if (++count === 6) {
      value = (value << 48n) | BigInt(low);
      low = 0;
      count = 0;
    }
  }
  return count === 0 ? value : (value << BigInt(count * 8)) | BigInt(low);
}

function readNumber(bytes: Uint8Array, at: number, max: number, field: string, zeroAllowed = false): number {
  const length = checkedLength(bytes, at, 7, zeroAllowed, field);
  let value = 0;
  for (let index = at + 1; index <= at + length; index++) value = value * 256 + (bytes[index] as number);
  if (value > max) throw invalid(bytes, field);
  return value;
}

function checkedLength(bytes: Uint8Array, at: number, maxBytes: number, zeroAllowed: boolean, field: string): number {
  const length = bytes[at];
  if (length === undefined || length > maxBytes || at + 1 + length > bytes.length) throw invalid(bytes, field);
  if (length === 0 ? !zeroAllowed : bytes[at + 1] === 0) throw invalid(bytes, field);
  return length;
}

function readBytes(bytes: Uint8Array, at: number, field: string): Uint8Array {
  if (at + 32 > bytes.length) throw invalid(bytes, field);
  return bytes.slice(at, at + 32);
}

/**
 * Few programs own most accounts, and few contracts are called most: their 32 bytes are one array for all records, to which nobody
 * writes. A value's place follows from its first byte, and the last one there stays.
 */
const recurringPlaces = 32;
const programs = noValues();
const codeHashes = noValues();

function noValues(): (Uint8Array | undefined)[] {
  return Array.from({ length: recurringPlaces }, () => undefined);
}

function readRecurring(bytes: Uint8Array, at: number, known: (Uint8Array | undefined)[], field: string): Uint8Array {
  const place = (bytes[at] ?? 0) % recurringPlaces;
  const last = known[place];
  if (last !== undefined && standsAt(last, bytes, at)) return last;
  return (known[place] = readBytes(bytes, at, field));
}

function standsAt(value: Uint8Array, bytes: Uint8Array, at: number): boolean {
  for (let index = 0; index < 32; index++) if (value[index] !== bytes[at + index]) return false;
  return true;
}

function unfit(field: string, value: bigint | number): TriremeError {
  return new TriremeError("INVALID_ENCODING", `expected a ${field} that fits its field, got ${value}`);
}

function invalid(bytes: Uint8Array, field: string): TriremeError {
  return new TriremeError("INVALID_ENCODING", `expected an account record, got ${bytes.length} bytes with a bad ${field}`);
}
