/** Block parameters: tags, numbers, hashes and EIP-1898 objects. */
import type { BlockTag } from "@trireme/chain";
import { bytesToHex } from "@trireme/core";
import { invalidParameter } from "../../json-rpc/rpc-error.ts";
import { optional, required, type Parameter, type Parser } from "../../json-rpc/rpc-method.ts";
import { flag, hash, quantity } from "./scalar.ts";
import { field, object } from "./structure.ts";

const TAGS = new Set(["latest", "pending", "earliest", "safe", "finalized"]);
const EXPECTED = 'a block: "latest", "pending", "earliest", "safe", "finalized", a quantity, a 32-byte hash or {blockNumber | blockHash}';

/** A number or tag, as methods that end in `ByNumber` take it. */
export const blockNumberTag: Parser<BlockTag> = (value, path) => {
  if (typeof value === "string" && TAGS.has(value)) return value as BlockTag;
  if (typeof value === "string" && /^0x(?:0|[1-9a-fA-F][0-9a-fA-F]{0,15})$/.test(value)) return BigInt(value);
  throw invalidParameter(
    path,
    'a block number: a quantity of at most 64 bits or "latest", "pending", "earliest", "safe", "finalized"',
    value,
  );
};

/**
 * Any block parameter. `requireCanonical` (EIP-1898) is read and always met: a chain keeps canonical blocks only.
 */
export const anyBlock: Parser<BlockTag> = (value, path) => {
  if (typeof value === "object" && value !== null) {
    const fields = object(value, path);
    const blockHash = field(fields, "blockHash", hash, path);
    const blockNumber = field(fields, "blockNumber", blockNumberTag, path);
    field(fields, "requireCanonical", flag, path);
    if ((blockHash === undefined) === (blockNumber === undefined)) {
      throw invalidParameter(path, "one of blockNumber and blockHash", value);
    }
    return blockHash === undefined ? (blockNumber as BlockTag) : { hash: blockHash };
  }
  if (typeof value === "string" && value.length === 66) return { hash: hash(value, path) };
  if (typeof value !== "string" || (!TAGS.has(value) && !value.startsWith("0x"))) throw invalidParameter(path, EXPECTED, value);
  return blockNumberTag(value, path);
};

/** The block that a state method reads; the newest where it is left out. */
export const blockOrLatest: Parameter<BlockTag> = optional("block", anyBlock, "latest");

/** A block that has to be given. */
export const requiredBlock: Parameter<BlockTag> = required("block", anyBlock);

/** A block hash as a tag. */
export const blockHashTag: Parser<BlockTag> = (value, path) => ({ hash: hash(value, path) });

/** How an error message names a block. */
export function blockTagName(tag: BlockTag): string {
  if (typeof tag === "bigint") return `${tag}`;
  if (typeof tag === "string") return `"${tag}"`;
  return bytesToHex(tag.hash);
}

/** Index of a transaction or uncle in a block. */
export const blockIndex: Parser<number> = (value, path) => Number(quantity(32)(value, path));
