/** State and block overrides of eth_call and its relatives. */
import type { AccountOverride, CallOptions } from "@trireme/chain";
import { addressFromHex, bytesToHex, type Address, type BlockContext } from "@trireme/core";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import type { Parser } from "../../json-rpc/rpc-method.ts";
import { address, data, looseQuantity, quantity } from "./scalar.ts";
import { defined, field, object } from "./structure.ts";

/** Reads `{ address: { balance, nonce, code, state, stateDiff, movePrecompileToAddress } }`. */
export const stateOverrides: Parser<NonNullable<CallOptions["stateOverrides"]>> = (value, path) =>
  Object.entries(object(value, path)).map(([key, override]): readonly [Address, AccountOverride] => {
    address(key, `${path}: key`);
    return [addressFromHex(key), accountOverride(override, `${path}.${key}`)];
  });

const accountOverride: Parser<AccountOverride> = (value, path) => {
  const fields = object(value, path);
  const state = field(fields, "state", slots, path);
  const stateDiff = field(fields, "stateDiff", slots, path);
  if (state !== undefined && stateDiff !== undefined) throw invalidParameter(path, "one of state and stateDiff", "both");
  return defined({
    balance: field(fields, "balance", looseQuantity(), path),
    nonce: field(fields, "nonce", quantity(64), path),
    code: field(fields, "code", data(), path),
    state,
    stateDiff,
    movePrecompileTo: field(fields, "movePrecompileToAddress", address, path),
  });
};

/** Slots by lower-case hexadecimal key of 32 bytes. */
const slots: Parser<ReadonlyMap<string, Uint8Array>> = (value, path) =>
  new Map(
    Object.entries(object(value, path)).map(([key, word]) => [
      bytesToHex(data(32)(key, `${path}: key`)),
      data(32)(word, `${path}.${key.slice(0, 66)}`),
    ]),
  );

/** Reads geth's block overrides: number, difficulty, time, gasLimit, feeRecipient, prevRandao, baseFeePerGas, blobBaseFee. */
export const blockOverrides: Parser<Partial<BlockContext>> = (value, path) => {
  const fields = object(value, path);
  return defined({
    number: field(fields, "number", quantity(64), path),
    difficulty: field(fields, "difficulty", quantity(), path),
    timestamp: field(fields, "time", quantity(64), path) ?? field(fields, "timestamp", quantity(64), path),
    gasLimit: field(fields, "gasLimit", quantity(64), path),
    coinbase: field(fields, "feeRecipient", address, path) ?? field(fields, "coinbase", address, path),
    prevRandao: field(fields, "prevRandao", data(32), path) ?? field(fields, "random", data(32), path),
    baseFeePerGas: field(fields, "baseFeePerGas", quantity(), path) ?? field(fields, "baseFee", quantity(), path),
    blobBaseFee: field(fields, "blobBaseFee", quantity(), path),
  });
};
