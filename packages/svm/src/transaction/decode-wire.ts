/** From wire bytes to a transaction: legacy, version 0 and version 1 (SIMD-0385). */
import { pubkeyFromBytes, type Hash, type Pubkey } from "@trireme/core";
import { ByteReader, WireFault } from "./byte-reader.ts";
import type { CompiledInstruction, MessageConfig, SolanaMessage, TableLookup, WireTransaction } from "./solana-message.ts";

/** Most bytes of a legacy or version 0 transaction: an IPv6 packet. */
export const maxWireLength = 1232;
/** Most bytes of a version 1 transaction (SIMD-0385). */
export const maxWireLengthV1 = 4096;
/** First byte of a version 1 transaction; its signatures stand at the end. */
const VERSION_1 = 0x81;

/** Result of reading wire bytes. */
export type WireDecoded =
  | { readonly kind: "decoded"; readonly wire: WireTransaction }
  | { readonly kind: "invalid"; readonly message: string; readonly isVersionUnknown?: true };

/**
 * Reads the transaction that stands in `bytes` from `start` on, and nothing after it. Total: any bytes give a value. What the
 * numbers mean is `sanitize`'s to check. Of the wire only `messageBytes` is a view of `bytes`.
 */
export function decodeWire(bytes: Uint8Array, start = 0): WireDecoded {
  const limit = bytes[start] === VERSION_1 ? maxWireLengthV1 : maxWireLength;
  const length = bytes.length - start;
  if (length > limit) return { kind: "invalid", message: `expected at most ${limit} bytes, got ${length}` };
  try {
    return bytes[start] === VERSION_1 ? decodeVersion1(bytes, start) : decodeLegacyOr0(bytes, start);
  } catch (error) {
    if (!(error instanceof WireFault)) throw error;
    return { kind: "invalid", message: error.message };
  }
}

function decodeLegacyOr0(bytes: Uint8Array, start: number): WireDecoded {
  const reader = new ByteReader(bytes, start);
  const signatures = readMany(reader, reader.compactU16(), readSignature);
  const messageStart = start + reader.offset;
  const first = reader.u8();
  if (first > 0x80)
    return { kind: "invalid", message: `expected a message of version 0, got version ${first & 0x7f}`, isVersionUnknown: true };
  const requiredSignatures = first === 0x80 ? reader.u8() : first;
  const readonlySigned = reader.u8();
  const readonlyUnsigned = reader.u8();
  const staticAccounts = readMany(reader, reader.compactU16(), readPubkey);
  const blockhash = reader.slice(32) as Hash;
  const instructions = readMany(reader, reader.compactU16(), readInstruction);
  const lookups = first === 0x80 ? readMany(reader, reader.compactU16(), readLookup) : [];
  assertEnd(reader);
  const message: SolanaMessage = {
    version: first === 0x80 ? 0 : "legacy",
    requiredSignatures,
    readonlySigned,
    readonlyUnsigned,
    staticAccounts,
    blockhash,
    instructions,
    lookups,
    config: undefined,
  };
  return { kind: "decoded", wire: { signatures, message, messageBytes: bytes.subarray(messageStart) } };
}

function decodeVersion1(bytes: Uint8Array, start: number): WireDecoded {
  const reader = new ByteReader(bytes, start);
  reader.u8();
  const requiredSignatures = reader.u8();
  const readonlySigned = reader.u8();
  const readonlyUnsigned = reader.u8();
  const mask = reader.u32();
  const blockhash = reader.slice(32) as Hash;
  const instructionCount = reader.u8();
  const accountCount = reader.u8();
  const staticAccounts = readMany(reader, accountCount, readPubkey);
  const config = readConfig(reader, mask);
  const headers = readMany(reader, instructionCount, readHeader);
  const instructions = headers.map(({ programIndex, accounts, data }): CompiledInstruction => {
    return { programIndex, accountIndices: reader.slice(accounts), data: reader.slice(data) };
  });
  const messageBytes = bytes.subarray(start, start + reader.offset);
  const signatures = readMany(reader, requiredSignatures, readSignature);
  assertEnd(reader);
  const message: SolanaMessage = {
    version: 1,
    requiredSignatures,
    readonlySigned,
    readonlyUnsigned,
    staticAccounts,
    blockhash,
    instructions,
    lookups: [],
    config,
  };
  return { kind: "decoded", wire: { signatures, message, messageBytes } };
}

/** Bits 0 and 1 of the mask go together: a priority fee in lamports. */
function readConfig(reader: ByteReader, mask: number): MessageConfig {
  if (mask >>> 5 !== 0) throw new WireFault(`expected a configuration mask of bits 0 to 4, got 0x${mask.toString(16)}`);
  if ((mask & 3) === 1 || (mask & 3) === 2)
    throw new WireFault(`expected bits 0 and 1 of the configuration mask together, got ${mask & 3}`);
  return {
    priorityFee: (mask & 3) === 3 ? reader.u64() : undefined,
    computeUnitLimit: (mask & 4) === 0 ? undefined : reader.u32(),
    loadedAccountsDataSizeLimit: (mask & 8) === 0 ? undefined : reader.u32(),
    heapLength: (mask & 16) === 0 ? undefined : reader.u32(),
  };
}

/** Of an instruction of version 1; its accounts and data, of these lengths, follow the headers of all. */
function readHeader(reader: ByteReader): { readonly programIndex: number; readonly accounts: number; readonly data: number } {
  return { programIndex: reader.u8(), accounts: reader.u8(), data: reader.u16() };
}

function readInstruction(reader: ByteReader): CompiledInstruction {
  return { programIndex: reader.u8(), accountIndices: reader.slice(reader.compactU16()), data: reader.slice(reader.compactU16()) };
}

function readLookup(reader: ByteReader): TableLookup {
  return {
    table: readPubkey(reader),
    writableIndices: reader.slice(reader.compactU16()),
    readonlyIndices: reader.slice(reader.compactU16()),
  };
}

function readPubkey(reader: ByteReader): Pubkey {
  return pubkeyFromBytes(reader.slice(32));
}

function readSignature(reader: ByteReader): Uint8Array {
  return reader.slice(64);
}

function readMany<T>(reader: ByteReader, count: number, read: (from: ByteReader) => T): T[] {
  const items: T[] = [];
  for (let index = 0; index < count; index++) items.push(read(reader));
  return items;
}

function assertEnd(reader: ByteReader): void {
  if (reader.left !== 0) throw new WireFault(`expected the end at ${reader.offset}, got ${reader.left} bytes more`);
}
