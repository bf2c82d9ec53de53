/** What a receipt of a Solana transaction holds beside Ethereum's fields: `Settlement.extra`, the matter of `getTransaction`. */
import { concatBytes, pubkeyFromBytes, TriremeError, type Pubkey } from "@trireme/core";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { ByteReader, WireFault } from "./byte-reader.ts";

/** Balance of a token account of the message. */
export interface TokenBalance {
  readonly accountIndex: number;
  readonly mint: Pubkey;
  readonly owner: Pubkey;
  /** The token program that owns the account. */
  readonly program: Pubkey;
  readonly amount: bigint;
  readonly decimals: number;
}

/** An instruction that another one called, by places in the message's list of accounts. */
export interface CompiledInnerInstruction {
  /** The top-level instruction under which it ran. */
  readonly index: number;
  readonly stackHeight: number;
  readonly programIndex: number;
  readonly accountIndices: Uint8Array;
  readonly data: Uint8Array;
}

/** The receipt. Lists of balances are in message order. */
export interface SolanaReceipt {
  readonly error: SolanaTransactionError | undefined;
  /** Lamports. */
  readonly fee: bigint;
  readonly computeUnitsConsumed: number;
  readonly returnData: { readonly program: Pubkey; readonly data: Uint8Array } | undefined;
  readonly loadedWritable: readonly Pubkey[];
  readonly loadedReadonly: readonly Pubkey[];
  /** Lamports before and after. */
  readonly preBalances: readonly bigint[];
  readonly postBalances: readonly bigint[];
  readonly preTokenBalances: readonly TokenBalance[];
  readonly postTokenBalances: readonly TokenBalance[];
  readonly innerInstructions: readonly CompiledInnerInstruction[];
}

const VERSION = 1;

/** @see decodeSolanaReceipt */
export function encodeSolanaReceipt(receipt: SolanaReceipt): Uint8Array {
  const error = receipt.error === undefined ? new Uint8Array(0) : new TextEncoder().encode(JSON.stringify(receipt.error));
  const { returnData, loadedWritable, loadedReadonly, preBalances, postBalances } = receipt;
  return concatBytes(
    Uint8Array.of(VERSION),
    sized(error),
    u64(receipt.fee),
    u32(receipt.computeUnitsConsumed),
    returnData === undefined ? Uint8Array.of(0) : concatBytes(Uint8Array.of(1), returnData.program, sized(returnData.data)),
    many(loadedWritable, (key) => key),
    many(loadedReadonly, (key) => key),
    many(preBalances, u64),
    many(postBalances, u64),
    many(receipt.preTokenBalances, encodeTokenBalance),
    many(receipt.postTokenBalances, encodeTokenBalance),
    many(receipt.innerInstructions, (inner) =>
      concatBytes(Uint8Array.of(inner.index, inner.stackHeight, inner.programIndex), sized(inner.accountIndices), sized(inner.data)),
    ),
  );
}

/** Reads what `encodeSolanaReceipt` gave. @throws TriremeError `INVALID_ENCODING` */
export function decodeSolanaReceipt(bytes: Uint8Array): SolanaReceipt {
  const reader = new ByteReader(bytes);
  try {
    const version = reader.u8();
    if (version !== VERSION) throw new WireFault(`expected a receipt of version ${VERSION}, got ${version}`);
    const error = readSized(reader);
    return {
      error: error.length === 0 ? undefined : (JSON.parse(new TextDecoder().decode(error)) as SolanaTransactionError),
      fee: reader.u64(),
      computeUnitsConsumed: reader.u32(),
      returnData: reader.u8() === 0 ? undefined : { program: readKey(reader), data: readSized(reader) },
      loadedWritable: readMany(reader, readKey),
      loadedReadonly: readMany(reader, readKey),
      preBalances: readMany(reader, readU64),
      postBalances: readMany(reader, readU64),
      preTokenBalances: readMany(reader, readTokenBalance),
      postTokenBalances: readMany(reader, readTokenBalance),
      innerInstructions: readMany(reader, readInner),
    };
  } catch (failure) {
    if (!(failure instanceof WireFault) && !(failure instanceof SyntaxError)) throw failure;
    throw new TriremeError("INVALID_ENCODING", `expected the receipt of a Solana transaction: ${failure.message}`);
  }
}

function encodeTokenBalance(balance: TokenBalance): Uint8Array {
  const { accountIndex, decimals, mint, owner, program, amount } = balance;
  return concatBytes(Uint8Array.of(accountIndex, decimals), mint, owner, program, u64(amount));
}

function readTokenBalance(reader: ByteReader): TokenBalance {
  const accountIndex = reader.u8();
  const decimals = reader.u8();
  return { accountIndex, decimals, mint: readKey(reader), owner: readKey(reader), program: readKey(reader), amount: reader.u64() };
}

function readInner(reader: ByteReader): CompiledInnerInstruction {
  const index = reader.u8();
  const stackHeight = reader.u8();
  const programIndex = reader.u8();
  return { index, stackHeight, programIndex, accountIndices: readSized(reader), data: readSized(reader) };
}

function readKey(reader: ByteReader): Pubkey {
  return pubkeyFromBytes(reader.slice(32));
}

function readU64(reader: ByteReader): bigint {
  return reader.u64();
}

function readSized(reader: ByteReader): Uint8Array {
  return reader.slice(reader.u16());
}

function readMany<T>(reader: ByteReader, read: (from: ByteReader) => T): readonly T[] {
  const count = reader.u16();
  const items: T[] = [];
  for (let index = 0; index < count; index++) items.push(read(reader));
  return items;
}

function many<T>(items: readonly T[], encode: (item: T) => Uint8Array): Uint8Array {
  return concatBytes(u16(items.length), ...items.map(encode));
}

function sized(bytes: Uint8Array): Uint8Array {
  return concatBytes(u16(bytes.length), bytes);
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value, value >>> 8, value >>> 16, value >>> 24);
}

function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
