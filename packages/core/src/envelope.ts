/**
 * The reserved EIP-2718 envelope in which a transaction of another dialect stands in a block (rule 23):
 * `0x74 ‖ dialect length (1 byte) ‖ dialect (ASCII) ‖ payload`. keccak256 of the whole is its Ethereum hash.
 * Its receipt is typed likewise: `0x74 ‖ rlp([status, cumulativeGasUsed, bloom, logs])`.
 */
import { concatBytes } from "./bytes.ts";
import type { FormatId } from "./transaction.ts";

/** EIP-2718 type byte of the envelope: ASCII `t`, far from Ethereum's own types. */
export const dialectTransactionType = 0x74;

/** ASCII prefix of the 64-byte Solana id of an Ethereum transaction: 32 bytes tag ‖ 32 bytes hash; never made of r and s. */
export const solanaIdTag: Uint8Array = new TextEncoder().encode("trireme:ethereum-transaction-id:");

const DIALECT = /^[a-z][a-z0-9-]{0,30}$/;

/** A payload and the dialect that it is written in. */
export interface DialectEnvelope {
  readonly dialect: FormatId;
  readonly payload: Uint8Array;
}

/** Wraps a payload. The dialect has 1 to 31 lower-case letters, digits and dashes. @throws RangeError on another dialect. */
export function encodeDialectEnvelope(envelope: DialectEnvelope): Uint8Array {
  if (!DIALECT.test(envelope.dialect))
    throw new RangeError(`expected a dialect name such as "solana", got ${JSON.stringify(envelope.dialect)}`);
  const name = new TextEncoder().encode(envelope.dialect);
  return concatBytes(Uint8Array.of(dialectTransactionType, name.length), name, envelope.payload);
}

/** Reads an envelope; undefined when the bytes are none. Total. */
export function decodeDialectEnvelope(raw: Uint8Array): DialectEnvelope | undefined {
  const length = raw[1];
  if (raw[0] !== dialectTransactionType || length === undefined || raw.length < 2 + length) return undefined;
  const dialect = String.fromCharCode(...raw.subarray(2, 2 + length));
  return DIALECT.test(dialect) ? { dialect, payload: raw.slice(2 + length) } : undefined;
}

/** The Solana id (64 bytes, where Solana has the first signature) of an Ethereum transaction. */
export function solanaIdOfEthereumTransaction(hash: Uint8Array): Uint8Array {
  return concatBytes(solanaIdTag, hash);
}
