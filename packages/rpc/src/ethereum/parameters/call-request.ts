/** The object that eth_call, eth_estimateGas and eth_sendTransaction take. */
import type { CallRequest } from "@trireme/chain";
import { equalBytes } from "@trireme/core";
import type { AccessListEntry, Authorization } from "@trireme/ethereum";
import { recoverAuthority } from "@trireme/ethereum";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import type { Parser } from "../../json-rpc/rpc-method.ts";
import { address, data, hash, quantity } from "./scalar.ts";
import { defined, field, list, object } from "./structure.ts";

/** Entries of a list in one request: more than fit a block's gas. */
const MAX_ENTRIES = 10_000;

/** A call request with the fields that only transactions have. */
export interface TransactionRequest extends CallRequest {
  readonly chainId?: bigint;
  /** EIP-2718 type that the client asks for. */
  readonly type?: number;
}

/** Reads a transaction object; `input` and `data` are two names of one field. */
export const transactionRequest: Parser<TransactionRequest> = (value, path) => {
  const fields = object(value, path);
  const input = field(fields, "input", data(), path);
  const older = field(fields, "data", data(), path);
  if (input !== undefined && older !== undefined && !equalBytes(input, older)) {
    throw invalidParameter(path, '"data" and "input" that are equal, or one of them', { data: fields["data"], input: fields["input"] });
  }
  const gasPrice = field(fields, "gasPrice", quantity(), path);
  const maxFeePerGas = field(fields, "maxFeePerGas", quantity(), path);
  const maxPriorityFeePerGas = field(fields, "maxPriorityFeePerGas", quantity(), path);
  if (gasPrice !== undefined && (maxFeePerGas !== undefined || maxPriorityFeePerGas !== undefined)) {
    throw invalidParameter(path, "gasPrice, or maxFeePerGas and maxPriorityFeePerGas", "both");
  }
  const type = field(fields, "type", quantity(8), path);
  return defined({
    from: field(fields, "from", address, path),
    to: field(fields, "to", address, path),
    gas: field(fields, "gas", quantity(64), path),
    gasPrice,
    maxFeePerGas,
    maxPriorityFeePerGas,
    value: field(fields, "value", quantity(), path),
    data: input ?? older,
    nonce: field(fields, "nonce", quantity(64), path),
    accessList: field(fields, "accessList", list(accessListEntry, MAX_ENTRIES), path),
    blobVersionedHashes: field(fields, "blobVersionedHashes", list(hash, 128), path),
    maxFeePerBlobGas: field(fields, "maxFeePerBlobGas", quantity(), path),
    authorizationList: field(fields, "authorizationList", list(authorization, MAX_ENTRIES), path),
    chainId: field(fields, "chainId", quantity(), path),
    type: type === undefined ? undefined : Number(type),
  });
};

const accessListEntry: Parser<AccessListEntry> = (value, path) => {
  const fields = object(value, path);
  return {
    address: address(fields["address"], `${path}.address`),
    storageKeys: field(fields, "storageKeys", list(data(32), MAX_ENTRIES), path) ?? [],
  };
};

const authorization: Parser<Authorization> = (value, path) => {
  const fields = object(value, path);
  const yParity = field(fields, "yParity", quantity(8), path) ?? field(fields, "v", quantity(8), path) ?? 0n;
  const tuple = {
    chainId: quantity()(fields["chainId"], `${path}.chainId`),
    address: address(fields["address"], `${path}.address`),
    nonce: quantity(64)(fields["nonce"], `${path}.nonce`),
    yParity: Number(yParity),
    // Libraries pad r and s to 32 bytes here.
    r: BigInt(`0x${paddedHex(fields["r"], `${path}.r`)}`),
    s: BigInt(`0x${paddedHex(fields["s"], `${path}.s`)}`),
  };
  return { ...tuple, authority: recoverAuthority(tuple) };
};

const paddedHex: Parser<string> = (value, path) => {
  if (typeof value !== "string" || !/^0x[0-9a-fA-F]{1,64}$/.test(value))
    throw invalidParameter(path, "0x and at most 64 hexadecimal digits", value);
  return value.slice(2);
};
