/** The filter object of eth_getLogs, eth_newFilter and eth_subscribe. */
import type { BlockTag } from "@trireme/chain";
import type { Address, Hash } from "@trireme/core";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import type { Parser } from "../../json-rpc/rpc-method.ts";
import { blockNumberTag } from "./block-tag.ts";
import { address, data, hash } from "./scalar.ts";
import { field, list, object } from "./structure.ts";

/** Which logs are wanted, whatever their block. */
export interface LogCriteria {
  /** Any of these; none given means any at all. */
  readonly addresses: readonly Address[];
  /** By position: any of these; an empty list means any topic. Positions past the end are free. */
  readonly topics: readonly (readonly Uint8Array[])[];
}

/** A filter: criteria, and the blocks to look at. */
export interface LogFilter extends LogCriteria {
  readonly range: { readonly blockHash: Hash } | { readonly from: BlockTag; readonly to: BlockTag };
}

const MAX_ALTERNATIVES = 1_000;

/** Reads a filter object; left-out bounds are the newest block. */
export const logFilter: Parser<LogFilter> = (value, path) => {
  const fields = object(value, path);
  const blockHash = field(fields, "blockHash", hash, path);
  const from = field(fields, "fromBlock", blockNumberTag, path);
  const to = field(fields, "toBlock", blockNumberTag, path);
  if (blockHash !== undefined && (from !== undefined || to !== undefined)) {
    throw invalidParameter(path, "blockHash, or fromBlock and toBlock", "both");
  }
  return {
    ...logCriteria(value, path),
    range: blockHash === undefined ? { from: from ?? "latest", to: to ?? "latest" } : { blockHash },
  };
};

/** Reads `address` and `topics` alone. */
export const logCriteria: Parser<LogCriteria> = (value, path) => {
  const fields = object(value, path);
  return {
    addresses: field(fields, "address", oneOrMore(address), path) ?? [],
    topics: field(fields, "topics", list(topic, 4), path) ?? [],
  };
};

const topic: Parser<readonly Uint8Array[]> = (value, path) => {
  if (value === null || value === undefined) return [];
  if (!Array.isArray(value)) return [data(32)(value, path)];
  // A null among alternatives is a wildcard, as geth has it.
  return value.includes(null) ? [] : list(data(32), MAX_ALTERNATIVES)(value, path);
};

function oneOrMore<T>(item: Parser<T>): Parser<readonly T[]> {
  return (value, path) => (Array.isArray(value) ? list(item, MAX_ALTERNATIVES)(value, path) : [item(value, path)]);
}
