/**
 * Name and symbol of a mint: Token-2022's own metadata, else what Metaplex' Token Metadata says, else made of the mint's key.
 * A text counts only where it is UTF-8 of 1 to 256 bytes, the zeros that pad it left out.
 */
import { equalBytes, pubkeyFromBase58, pubkeyToBase58, rethrowStackOverflow, toAddress, type Address, type Pubkey } from "@trireme/core";
import { spendOnAccount } from "../gateway/gas-frame.ts";
import { isZero, samePubkey } from "../runtime/pubkey-names.ts";
import { readData, type FaceFrame } from "./face-frame.ts";
import { extensionTypes, findExtension } from "./mint-extensions.ts";
import { findAddress } from "./token-account.ts";

/** Which text is asked for; they stand in this order in both layouts. */
export type TokenText = "name" | "symbol";

const metaplex = pubkeyFromBase58("metaqbxxUerdq28cj1RbAWkYQm3ybzjb6a8bt518x1s");
const nativeMint = pubkeyFromBase58("So11111111111111111111111111111111111111112");
const native2022Mint = pubkeyFromBase58("9pan9bMn5HatX4EJdBwg9VgCa7Uz5HL8N1m5D3NdXej9");

const MAX_LENGTH = 256;
const METADATA_V1 = 4;
const utf8 = new TextEncoder();
const strict = new TextDecoder("utf-8", { fatal: true });
const metaplexSeed = utf8.encode("metadata");

/** UTF-8. @throws OutOfGas */
export function readText(frame: FaceFrame, text: TokenText): Uint8Array {
  return ownText(frame, text) ?? metaplexText(frame, text) ?? utf8.encode(madeText(frame.mint.key, text));
}

/** The metadata in the mint itself, unless the mint points elsewhere. */
function ownText(frame: FaceFrame, text: TokenText): Uint8Array | undefined {
  const { mint } = frame;
  const value = findExtension(frame, extensionTypes.tokenMetadata);
  if (value === undefined) return undefined;
  const pointer = findExtension(frame, extensionTypes.metadataPointer);
  // An authority, then the account that holds the metadata.
  if (pointer !== undefined && !samePubkey(readData(frame, mint.address, pointer.offset + 32, 32), mint.key)) return undefined;
  return textAfterKeys(frame, mint.address, value.offset, value.offset + value.length, text);
}

function metaplexText(frame: FaceFrame, text: TokenText): Uint8Array | undefined {
  const { host, mint } = frame;
  const address = toAddress(findAddress(frame, [metaplexSeed, metaplex, mint.key], metaplex));
  spendOnAccount(frame, address);
  const record = host.getSvmRecord(address);
  if (record === undefined || !samePubkey(record.owner, metaplex) || record.dataLength < 65) return undefined;
  const head = readData(frame, address, 0, 65);
  if (head[0] !== METADATA_V1 || !equalBytes(head.subarray(33), mint.key)) return undefined;
  return textAfterKeys(frame, address, 1, record.dataLength, text);
}

/** Both layouts: an authority, the mint, then texts with their lengths, the name before the symbol. */
function textAfterKeys(frame: FaceFrame, address: Address, start: number, end: number, text: TokenText): Uint8Array | undefined {
  let offset = start + 64;
  let length = 0;
  for (const place of ["name", "symbol"] as const) {
    if (offset + 4 > end) return undefined;
    length = new DataView(readData(frame, address, offset, 4).buffer).getUint32(0, true);
    offset += 4;
    if (offset + length > end) return undefined;
    if (place === text) break;
    offset += length;
  }
  return length > MAX_LENGTH ? undefined : cleanText(readData(frame, address, offset, length));
}

function cleanText(padded: Uint8Array): Uint8Array | undefined {
  let end = padded.length;
  while (end > 0 && isZero(padded.subarray(end - 1, end))) end--;
  const text = padded.subarray(0, end);
  if (end === 0) return undefined;
  try {
    strict.decode(text);
  } catch (error) {
    rethrowStackOverflow(error);
    return undefined;
  }
  return text;
}

function madeText(mint: Pubkey, text: TokenText): string {
  if (samePubkey(mint, nativeMint) || samePubkey(mint, native2022Mint)) return text === "name" ? "Wrapped SOL" : "SOL";
  const base58 = pubkeyToBase58(mint);
  return text === "name" ? `SPL Token ${base58}` : `SPL-${base58.slice(0, 4)}`;
}
