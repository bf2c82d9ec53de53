/** A transaction by whichever of its ids. */
import type { Hash } from "@trireme/core";
import { hash } from "../ethereum/parameters/scalar.ts";
import { invalidParameter } from "../json-rpc/rpc-error.ts";
import type { Parser } from "../json-rpc/rpc-method.ts";
import { hashOfSolanaId } from "../solana/find-transaction.ts";
import { signature } from "../solana/parameters.ts";

/** An Ethereum hash or a Solana id, as the hash under which the chain finds it. */
export const transactionKey: Parser<Hash> = (value, path) => {
  if (typeof value === "string" && value.startsWith("0x")) return hash(value, path);
  try {
    return hashOfSolanaId(signature(value, path));
  } catch {
    throw invalidParameter(path, "the id of a transaction: 32 bytes in hexadecimal, or base58 of 64 bytes", value);
  }
};
