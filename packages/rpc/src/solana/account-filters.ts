/** Filters over accounts: of getProgramAccounts and programSubscribe. */
import { base58 } from "@scure/base";
import { equalBytes } from "@trireme/core";
import type { SolanaAccount } from "@trireme/svm";
import { field, list, object, type Fields } from "../ethereum/parameters/structure.ts";
import { invalidParameter } from "../json-rpc/rpc-error.ts";
import type { Parser } from "../json-rpc/rpc-method.ts";
import { isTokenAccountState } from "./format/token-data.ts";
import { unsigned } from "./parameters.ts";

/** Whether an account is wanted. */
export type AccountFilter = (account: SolanaAccount) => boolean;

/** Most bytes that a memcmp filter compares. */
const MAX_MEMCMP = 128;

/** Reads `filters` of a configuration: an account has to pass each. */
export function accountFilters(fields: Fields, limit: number): AccountFilter {
  const filters = field(fields, "filters", list(filter, limit), "config") ?? [];
  return (account) => filters.every((passes) => passes(account));
}

/** `{ dataSize }`, `{ memcmp: { offset, bytes, encoding? } }` or `"tokenAccountState"`. */
const filter: Parser<AccountFilter> = (value, path) => {
  if (value === "tokenAccountState") return isTokenAccountState;
  const fields = object(value, path);
  if ("tokenAccountState" in fields) return isTokenAccountState;
  const dataSize = field(fields, "dataSize", unsigned, path);
  if (dataSize !== undefined) return ({ dataLength }) => dataLength === dataSize;
  const memcmp = field(fields, "memcmp", object, path);
  if (memcmp === undefined) throw invalidParameter(path, "a filter: { dataSize } or { memcmp }", value);
  const offset = unsigned(memcmp["offset"], `${path}.memcmp.offset`);
  const bytes = memcmpBytes(memcmp, `${path}.memcmp.bytes`);
  return (account) => equalBytes(account.read(offset, bytes.length), bytes);
};

function memcmpBytes({ bytes, encoding }: Fields, path: string): Uint8Array {
  const decoded = Array.isArray(bytes) ? bytesOfNumbers(bytes) : typeof bytes === "string" ? decode(bytes, encoding) : undefined;
  if (decoded === undefined || decoded.length > MAX_MEMCMP) {
    throw invalidParameter(path, `${encoding === "base64" ? "base64" : "base58"} of at most ${MAX_MEMCMP} bytes`, bytes);
  }
  return decoded;
}

function decode(text: string, encoding: unknown): Uint8Array | undefined {
  if (text.length > 2 * MAX_MEMCMP) return undefined;
  if (encoding === "base64") return Uint8Array.from(Buffer.from(text, "base64"));
  try {
    return base58.decode(text);
  } catch {
    return undefined;
  }
}

function bytesOfNumbers(numbers: readonly unknown[]): Uint8Array | undefined {
  const isBytes =
    numbers.length <= MAX_MEMCMP && numbers.every((item) => Number.isInteger(item) && (item as number) >= 0 && (item as number) < 256);
  return isBytes ? Uint8Array.from(numbers as readonly number[]) : undefined;
}
