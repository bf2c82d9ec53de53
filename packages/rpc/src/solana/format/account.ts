/** Accounts on the wire. */
import { base58 } from "@scure/base";
import { pubkeyToBase58 } from "@trireme/core";
import type { SolanaAccount } from "@trireme/svm";
import { RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import type { AccountConfig } from "../parameters.ts";
import { parseTokenData } from "./token-data.ts";

/** Data longer than this has no base58 form. */
const MAX_BASE58_DATA = 128;
/** Rent is never collected. */
const RENT_EPOCH = (1n << 64n) - 1n;

/** An account; `decimalsOf` looks a mint up, for parsed token accounts. */
export function formatAccount(account: SolanaAccount, config: AccountConfig, decimalsOf: (mint: Uint8Array) => number): unknown {
  return {
    data: formatData(account, config, decimalsOf),
    executable: account.executable,
    lamports: account.lamports,
    owner: pubkeyToBase58(account.owner),
    rentEpoch: RENT_EPOCH,
    space: account.dataLength,
  };
}

function formatData(account: SolanaAccount, { encoding, dataSlice }: AccountConfig, decimalsOf: (mint: Uint8Array) => number): unknown {
  if (encoding === "jsonParsed") {
    const parsed = parseTokenData(account, decimalsOf);
    if (parsed !== undefined) return parsed;
  }
  const data = dataSlice === undefined ? account.read() : account.read(dataSlice.offset, dataSlice.length);
  if (encoding === "base58") {
    if (data.length > MAX_BASE58_DATA) {
      throw new RpcError(
        rpcErrorCodes.invalidRequest,
        `Encoded binary (base 58) data should be less than ${MAX_BASE58_DATA} bytes, please use Base64 encoding.`,
      );
    }
    return [base58.encode(data), "base58"];
  }
  if (encoding === "base64+zstd")
    throw new RpcError(
      rpcErrorCodes.invalidParams,
      "invalid encoding: expected base58, base64 or jsonParsed, got base64+zstd, which this node does not have",
    );
  return [Buffer.from(data).toString("base64"), "base64"];
}
