/** From a transaction to wire bytes: for tools, tests and the RPC. */
import { concatBytes } from "@trireme/core";
import type { CompiledInstruction, MessageConfig, SolanaMessage, TableLookup } from "./solana-message.ts";

/** The bytes that are signed. Counts beyond their fields' widths are the caller's to avoid. */
export function encodeMessage(message: SolanaMessage): Uint8Array {
  const { version, staticAccounts, blockhash, instructions, lookups } = message;
  const header = Uint8Array.of(message.requiredSignatures, message.readonlySigned, message.readonlyUnsigned);
  if (version === 1) return encodeVersion1(message, header);
  return concatBytes(
    version === 0 ? Uint8Array.of(0x80) : new Uint8Array(0),
    header,
    compactU16(staticAccounts.length),
    ...staticAccounts,
    blockhash,
    compactU16(instructions.length),
    ...instructions.map(encodeInstruction),
    ...(version === 0 ? [compactU16(lookups.length), ...lookups.map(encodeLookup)] : []),
  );
}

/** A whole transaction from its signatures and the bytes they sign. */
export function encodeWire(signatures: readonly Uint8Array[], messageBytes: Uint8Array): Uint8Array {
  if (messageBytes[0] === 0x81) return concatBytes(messageBytes, ...signatures);
  return concatBytes(compactU16(signatures.length), ...signatures, messageBytes);
}

function encodeVersion1(message: SolanaMessage, header: Uint8Array): Uint8Array {
  const { staticAccounts, blockhash, instructions, config } = message;
  return concatBytes(
    Uint8Array.of(0x81),
    header,
    uint(config === undefined ? 0 : maskOf(config), 4),
    blockhash,
    Uint8Array.of(instructions.length, staticAccounts.length),
    ...staticAccounts,
    ...(config === undefined ? [] : configValues(config)),
    ...instructions.map(({ programIndex, accountIndices, data }) =>
      concatBytes(Uint8Array.of(programIndex, accountIndices.length), uint(data.length, 2)),
    ),
    ...instructions.flatMap(({ accountIndices, data }) => [accountIndices, data]),
  );
}

function maskOf(config: MessageConfig): number {
  return (
    (config.priorityFee === undefined ? 0 : 3) |
    (config.computeUnitLimit === undefined ? 0 : 4) |
    (config.loadedAccountsDataSizeLimit === undefined ? 0 : 8) |
    (config.heapLength === undefined ? 0 : 16)
  );
}

function configValues(config: MessageConfig): Uint8Array[] {
  const values: Uint8Array[] = [];
  if (config.priorityFee !== undefined) values.push(uint64(config.priorityFee));
  for (const value of [config.computeUnitLimit, config.loadedAccountsDataSizeLimit, config.heapLength]) {
    if (value !== undefined) values.push(uint(value, 4));
  }
  return values;
}

function encodeInstruction({ programIndex, accountIndices, data }: CompiledInstruction): Uint8Array {
  return concatBytes(Uint8Array.of(programIndex), compactU16(accountIndices.length), accountIndices, compactU16(data.length), data);
}

function encodeLookup({ table, writableIndices, readonlyIndices }: TableLookup): Uint8Array {
  return concatBytes(table, compactU16(writableIndices.length), writableIndices, compactU16(readonlyIndices.length), readonlyIndices);
}

function compactU16(value: number): Uint8Array {
  if (value < 0x80) return Uint8Array.of(value);
  if (value < 0x4000) return Uint8Array.of((value & 0x7f) | 0x80, value >>> 7);
  return Uint8Array.of((value & 0x7f) | 0x80, ((value >>> 7) & 0x7f) | 0x80, value >>> 14);
}

function uint(value: number, length: 2 | 4): Uint8Array {
  const bytes = new Uint8Array(length);
  for (let index = 0; index < length; index++) bytes[index] = value >>> (8 * index);
  return bytes;
}

function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}
