/** What a receipt of a Solana transaction holds beside Ethereum's fields: `Settlement.extra`, the matter of `getTransaction`. */
import { emptyBytes, pubkeyFromBytes, TriremeError, type Pubkey } from "@trireme/core";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { ByteReader, WireFault } from "./byte-reader.ts";
import { ReceiptWriter } from "./receipt-writer.ts";

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
const maxU64 = (1n << 64n) - 1n;

/** @see decodeSolanaReceipt */
export function encodeSolanaReceipt(receipt: SolanaReceipt): Uint8Array {
  const { error, returnData } = receipt;
  const writer = new ReceiptWriter();
  writer.u8(VERSION);
  writer.sized(error === undefined ? emptyBytes : new TextEncoder().encode(JSON.stringify(error)));
  writer.u64(receipt.fee);
  writer.u32(receipt.computeUnitsConsumed);
  writer.u8(returnData === undefined ? 0 : 1);
  if (returnData !== undefined) {
    writer.bytes(returnData.program);
    writer.sized(returnData.data);
  }
  for (const keys of [receipt.loadedWritable, receipt.loadedReadonly]) {
    writer.u16(keys.length);
    for (const key of keys) writer.bytes(key);
  }
  for (const balances of [receipt.preBalances, receipt.postBalances]) {
    writer.u16(balances.length);
    // A balance can be past what the SVM reads: as the RPC has no larger number, it is the largest.
    for (const balance of balances) writer.u64(balance > maxU64 ? maxU64 : balance);
  }
  writeTokenBalances(writer, receipt.preTokenBalances);
  writeTokenBalances(writer, receipt.postTokenBalances);
  writer.u16(receipt.innerInstructions.length);
  for (const { index, stackHeight, programIndex, accountIndices, data } of receipt.innerInstructions) {
    writer.u8(index);
    writer.u8(stackHeight);
    writer.u8(programIndex);
    writer.sized(accountIndices);
    writer.sized(data);
  }
  return writer.finish();
}

function writeTokenBalances(writer: ReceiptWriter, balances: readonly TokenBalance[]): void {
  writer.u16(balances.length);
  for (const { accountIndex, decimals, mint, owner, program, amount } of balances) {
    writer.u8(accountIndex);
    writer.u8(decimals);
    writer.bytes(mint);
    writer.bytes(owner);
    writer.bytes(program);
    writer.u64(amount);
  }
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
