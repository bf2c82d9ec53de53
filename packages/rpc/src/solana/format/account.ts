/** Accounts on the wire. */
import { base58 } from "@scure/base";
import { pubkeyToBase58 } from "@trireme/core";
import type { SolanaAccount } from "@trireme/svm";
import { RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import type { AccountConfig } from "../parameters.ts";
import { parseProgramData } from "./program-data.ts";
import { parseTokenData } from "./token-data.ts";
import { storeAsZstd } from "./zstd.ts";

/** Data longer than this has no base58 form. */
const MAX_BASE58_DATA = 128;
/** Rent is never collected. */
const RENT_EPOCH = (1n << 64n) - 1n;

/** Looks up how many decimals a mint has. */
export type DecimalsOf = (mint: Uint8Array) => number;

/** An account, as notifications show it: data that is too long for base58 is a sentence that says so. */
export function formatAccount(account: SolanaAccount, config: AccountConfig, decimalsOf: DecimalsOf): object {
  return {
    data: formatData(account, config, decimalsOf),
    executable: account.executable,
    lamports: account.lamports,
    owner: pubkeyToBase58(account.owner),
    rentEpoch: RENT_EPOCH,
    space: account.dataLength,
  };
}

/** An account, as an answer shows it. @throws RpcError -32600 for data that is too long for base58 */
export function formatAskedAccount(account: SolanaAccount, config: AccountConfig, decimalsOf: DecimalsOf): object {
  const { encoding, dataSlice } = config;
  const length = Math.min(dataSlice?.length ?? account.dataLength, Math.max(0, account.dataLength - (dataSlice?.offset ?? 0)));
  if ((encoding === "base58" || encoding === "binary") && length > MAX_BASE58_DATA) {
    throw new RpcError(
      rpcErrorCodes.invalidRequest,
      `Encoded binary (base 58) data should be less than ${MAX_BASE58_DATA} bytes, please use Base64 encoding.`,
    );
  }
  return formatAccount(account, config, decimalsOf);
}

function formatData(account: SolanaAccount, { encoding, dataSlice }: AccountConfig, decimalsOf: DecimalsOf): unknown {
  if (encoding === "jsonParsed") {
    const parsed = parseTokenData(account, decimalsOf) ?? parseProgramData(account);
    if (parsed !== undefined) return parsed;
  }
  const data = dataSlice === undefined ? account.read() : account.read(dataSlice.offset, dataSlice.length);
  switch (encoding) {
    case "binary":
      return toBase58(data);
    case "base58":
      return [toBase58(data), "base58"];
    case "base64+zstd":
      return [Buffer.from(storeAsZstd(data)).toString("base64"), "base64+zstd"];
    case "base64":
    case "jsonParsed":
      return [Buffer.from(data).toString("base64"), "base64"];
  }
}

function toBase58(data: Uint8Array): string {
  return data.length > MAX_BASE58_DATA ? "error: data too large for bs58 encoding" : base58.encode(data);
}
