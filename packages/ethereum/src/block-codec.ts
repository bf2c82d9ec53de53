/** Blocks as bytes: rlp([header, transactions, ommers, withdrawals]). */
import { concatBytes, TriremeError } from "@trireme/core";
import { headerFromRlp, headerToRlp, type BlockHeader } from "./block-header.ts";
import { decodeRlp, encodeRlp, readList, type RlpItem } from "./rlp.ts";
import { withdrawalFromRlp, withdrawalToRlp, type Withdrawal } from "./withdrawal.ts";

/** A block's parts; transactions are the bytes that their formats decode. */
export interface EncodedBlock {
  readonly header: BlockHeader;
  readonly transactions: readonly Uint8Array[];
  /** From Shanghai on. */
  readonly withdrawals: readonly Withdrawal[] | undefined;
}

/** RLP of a block without ommers. */
export function encodeBlock(block: EncodedBlock): Uint8Array {
  // A legacy transaction stands in the list as a list of its own, a typed one as a byte string.
  const transactions = block.transactions.map((raw) => (isLegacy(raw) ? decodeRlp(raw) : raw));
  const parts: RlpItem[] = [headerToRlp(block.header), transactions, []];
  if (block.withdrawals !== undefined) parts.push(block.withdrawals.map(withdrawalToRlp));
  return encodeRlp(parts);
}

/** @throws TriremeError `INVALID_ENCODING`; `NOT_SUPPORTED` for a block with ommers */
export function decodeBlock(bytes: Uint8Array): EncodedBlock {
  const parts = readList(decodeRlp(bytes), "a block");
  if (parts.length !== 3 && parts.length !== 4) {
    throw new TriremeError("INVALID_ENCODING", `expected a block of 3 or 4 parts (withdrawals from Shanghai on), got ${parts.length}`);
  }
  const header = headerFromRlp(parts[0]);
  const ommers = readList(parts[2], "ommers").length;
  if (ommers > 0) throw new TriremeError("NOT_SUPPORTED", `expected a block without ommers, got ${ommers}`);
  return {
    header,
    transactions: readList(parts[1], "transactions").map((item) => (item instanceof Uint8Array ? concatBytes(item) : encodeRlp(item))),
    withdrawals: parts.length === 4 ? readList(parts[3], "withdrawals").map(withdrawalFromRlp) : undefined,
  };
}

function isLegacy(raw: Uint8Array): boolean {
  return (raw[0] ?? 0) >= 0xc0;
}
