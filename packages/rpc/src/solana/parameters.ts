/** Parsers of Solana's parameters. */
import { base58 } from "@scure/base";
import { isTriremeError, pubkeyFromBase58, type Pubkey } from "@trireme/core";
import { field, object, type Fields } from "../ethereum/parameters/structure.ts";
import { invalidParameter } from "../json-rpc/rpc-error.ts";
import { optional, type Parameter, type Parser } from "../json-rpc/rpc-method.ts";

/** How account data is shown; `binary` is base58 without its name, as the first clients read it. */
export type AccountEncoding = "binary" | "base58" | "base64" | "base64+zstd" | "jsonParsed";
/** How transactions are shown. */
export type TransactionEncoding = "json" | "jsonParsed" | "base58" | "base64";

const accountEncodings = ["binary", "base58", "base64", "base64+zstd", "jsonParsed"] as const;
const commitments = ["processed", "confirmed", "finalized", "recent", "single", "singleGossip", "root", "max"] as const;

/** base58 of 32 bytes. */
export const pubkey: Parser<Pubkey> = (value, path) => {
  if (typeof value !== "string") throw invalidParameter(path, "a pubkey: base58 of 32 bytes", value);
  try {
    return pubkeyFromBase58(value);
  } catch (error) {
    if (isTriremeError(error)) throw invalidParameter(path, "a pubkey: base58 of 32 bytes", value);
    throw error;
  }
};

/** base58 of 64 bytes. */
export const signature: Parser<Uint8Array> = (value, path) => {
  const bytes = typeof value === "string" && value.length <= 88 ? decodeBase58(value) : undefined;
  if (bytes?.length !== 64) throw invalidParameter(path, "a signature: base58 of 64 bytes", value);
  return bytes;
};

/** A slot, or any other integer that is not negative. */
export const unsigned: Parser<number> = (value, path) => {
  if (typeof value !== "number" || !Number.isSafeInteger(value) || value < 0) throw invalidParameter(path, "an integer from 0", value);
  return value;
};

export const boolean: Parser<boolean> = (value, path) => {
  if (typeof value !== "boolean") throw invalidParameter(path, "true or false", value);
  return value;
};

/** One of a few words. */
export function oneOf<const T extends string>(words: readonly T[]): Parser<T> {
  return (value, path) => {
    const word = words.find((candidate) => candidate === value);
    if (word === undefined) throw invalidParameter(path, `one of ${words.join(", ")}`, value);
    return word;
  };
}

/** Text of whatever encoding. */
export const text: Parser<string> = (value, path) => {
  if (typeof value !== "string") throw invalidParameter(path, "text", value);
  return value;
};

/** Encodings of transactions that clients send. */
export const wireEncoding = oneOf(["base58", "base64"]);

/** Encodings of transactions that clients read. */
export const transactionEncoding: Parser<TransactionEncoding> = oneOf(["json", "jsonParsed", "base58", "base64"]);

/** Level at which something counts as done; all of them are the durable head here. */
export const commitment = oneOf(commitments);

/** Fields that most configurations have. */
export interface CommonConfig {
  readonly fields: Fields;
  readonly minContextSlot: number | undefined;
}

/** A configuration object: its commitment is checked, its other fields are the method's. */
export const config: Parser<CommonConfig> = (value, path) => {
  // Old clients pass the commitment alone.
  if (typeof value === "string") {
    commitment(value, path);
    return emptyConfig;
  }
  const fields = object(value, path);
  field(fields, "commitment", commitment, path);
  return { fields, minContextSlot: field(fields, "minContextSlot", unsigned, path) };
};

const emptyConfig: CommonConfig = { fields: {}, minContextSlot: undefined };

/** The configuration at the end of a method's parameters. */
export const optionalConfig: Parameter<CommonConfig> = optional("config", config, emptyConfig);

/** The same where old clients pass the encoding of transactions alone. */
export const optionalTransactionConfig: Parameter<CommonConfig> = optional(
  "config",
  (value, path) =>
    typeof value === "string" ? { fields: { encoding: transactionEncoding(value, path) }, minContextSlot: undefined } : config(value, path),
  emptyConfig,
);

/** How an account is to be shown. */
export interface AccountConfig {
  readonly encoding: AccountEncoding;
  readonly dataSlice: { readonly offset: number; readonly length: number } | undefined;
}

/** Reads `encoding` and `dataSlice`. */
export function accountConfig({ fields }: CommonConfig, otherwise: AccountEncoding = "binary", path = "config"): AccountConfig {
  const encoding = field(fields, "encoding", oneOf(accountEncodings), path) ?? otherwise;
  const slice = field(fields, "dataSlice", object, path);
  const dataSlice =
    slice === undefined
      ? undefined
      : { offset: unsigned(slice["offset"], `${path}.dataSlice.offset`), length: unsigned(slice["length"], `${path}.dataSlice.length`) };
  return { encoding, dataSlice };
}

/** Bytes of a transaction or message: base58, or base64 where the configuration says so. */
export function transactionBytes(value: string, encoding: "base58" | "base64", path: string): Uint8Array {
  const bytes = encoding === "base64" ? decodeBase64(value) : decodeBase58(value);
  if (bytes === undefined) throw invalidParameter(path, `${encoding} text`, value);
  return bytes;
}

/** The longest text whose decoding is bearable: base58 is quadratic. */
const MAX_BASE58 = 8_192;

function decodeBase58(text: string): Uint8Array | undefined {
  if (text.length > MAX_BASE58) return undefined;
  try {
    return base58.decode(text);
  } catch {
    return undefined;
  }
}

function decodeBase64(text: string): Uint8Array | undefined {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? Uint8Array.from(Buffer.from(text, "base64")) : undefined;
}

/** base58 of so many bytes. */
export function bytesOf<T extends Uint8Array>(length: number, what: string): Parser<T> {
  return (value, path) => {
    const bytes = typeof value === "string" ? decodeBase58(value) : undefined;
    if (bytes?.length !== length) throw invalidParameter(path, `${what}: base58 of ${length} bytes`, value);
    return bytes as T;
  };
}
