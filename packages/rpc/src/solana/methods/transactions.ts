/** getTransaction, getSignatureStatuses, getSignaturesForAddress, getFeeForMessage, getTransactionCount */
import { base58 } from "@scure/base";
import type { Chain } from "@trireme/chain";
import { equalBytes, type Pubkey } from "@trireme/core";
import { encodeWire, feeOfWire } from "@trireme/svm";
import { field, list } from "../../ethereum/parameters/structure.ts";
import { invalidParameter, RpcError, rpcErrorCodes } from "../../json-rpc/rpc-error.ts";
import { required } from "../../json-rpc/rpc-method.ts";
import { findLocated, findStatus } from "../find-transaction.ts";
import { formatMemos } from "../format/memo.ts";
import { formatTransaction } from "../format/transaction.ts";
import {
  boolean,
  optionalConfig,
  optionalTransactionConfig,
  pubkey,
  signature,
  text,
  transactionBytes,
  transactionEncoding,
  unsigned,
} from "../parameters.ts";
import { createMentionTest, viewedId, viewTransaction } from "../transaction-view.ts";
import { createTurns } from "../turns.ts";
import { headState, solanaMethod, withContext } from "../services.ts";

export const getTransaction = solanaMethod(
  [required("signature", signature), optionalTransactionConfig],
  async ({ chain }, [id, { fields }]) => {
    const encoding = field(fields, "encoding", transactionEncoding, "config") ?? "json";
    const maxVersion = field(fields, "maxSupportedTransactionVersion", unsigned, "config");
    const found = await findLocated(chain, id);
    if (found === undefined) return null;
    return formatTransaction(viewTransaction(found.transaction, found.receipt, found.block), found.block, encoding, maxVersion);
  },
);

export const getSignatureStatuses = solanaMethod(
  [required("signatures", list(signature, 10_000)), optionalConfig],
  async ({ chain, limits }, [ids, { fields, minContextSlot }]) => {
    await headState(chain, minContextSlot);
    if (ids.length > limits.signatureStatuses)
      throw new RpcError(rpcErrorCodes.invalidParams, `Too many inputs provided; max ${limits.signatureStatuses}`);
    field(fields, "searchTransactionHistory", boolean, "config");
    const statuses = await Promise.all(
      ids.map(async (id) => {
        const status = await findStatus(chain, id);
        if (status === undefined) return null;
        const { slot, error } = status;
        return {
          slot,
          confirmations: null,
          err: error ?? null,
          status: error === undefined ? { Ok: null } : { Err: error },
          confirmationStatus: "finalized",
        };
      }),
    );
    return withContext(chain.head.header.number, statuses);
  },
);

/** Newest first. Looks through blocks: there is no index by address. */
export const getSignaturesForAddress = solanaMethod(
  [required("address", pubkey), optionalConfig],
  async ({ chain, limits }, [address, { fields, minContextSlot }]) => {
    await headState(chain, minContextSlot);
    const limit = field(fields, "limit", unsigned, "config") ?? limits.signatures;
    if (limit < 1 || limit > limits.signatures) throw invalidParameter("config.limit", `1 to ${limits.signatures}`, limit);
    const before = field(fields, "before", signature, "config");
    const until = field(fields, "until", signature, "config");
    const found: object[] = [];
    let isAfterBefore = before === undefined;
    for await (const { id, entry } of transactionsNaming(chain, address, limits.searchedBlocks)) {
      if (until !== undefined && equalBytes(id, until)) break;
      if (isAfterBefore) found.push(entry);
      else isAfterBefore = equalBytes(id, before as Uint8Array);
      if (found.length === limit) break;
    }
    return found;
  },
);

async function* transactionsNaming(
  chain: Chain,
  address: Pubkey,
  blocks: number,
): AsyncGenerator<{ readonly id: Uint8Array; readonly entry: object }> {
  const turns = createTurns();
  const isMentioned = createMentionTest(address);
  const head = chain.head.header.number;
  for (let number = head; number >= 0n && head - number < BigInt(blocks); number--) {
    await turns();
    const block = await chain.getBlock(number);
    if (block === undefined || block.transactions.length === 0) continue;
    const receipts = (await chain.getReceipts(number)) ?? [];
    for (const [index, transaction] of [...block.transactions.entries()].reverse()) {
      const receipt = receipts[index];
      if (receipt === undefined) continue;
      const view = viewTransaction(transaction, receipt, block);
      if (!isMentioned(view)) continue;
      const id = viewedId(view);
      const entry = {
        signature: base58.encode(id),
        slot: number,
        err: view.outcome.error ?? null,
        memo: formatMemos(view.message),
        blockTime: block.header.timestamp,
        confirmationStatus: "finalized",
      };
      yield { id, entry };
    }
  }
}

export const getFeeForMessage = solanaMethod([required("message", text), optionalConfig], async ({ chain }, [value, config]) => {
  const view = await headState(chain, config.minContextSlot);
  const messageBytes = transactionBytes(value, "base64", "params[0] (message)");
  const count = messageBytes[0] === 0x80 || messageBytes[0] === 0x81 ? messageBytes[1] : messageBytes[0];
  const signatures = Array.from({ length: count ?? 0 }, () => new Uint8Array(64));
  const fee = feeOfWire(encodeWire(signatures, messageBytes), view);
  if (fee === "malformed") throw invalidParameter("params[0] (message)", "a message", value);
  return withContext(view.blockNumber, fee ?? null);
});

export const getTransactionCount = solanaMethod([optionalConfig], async ({ chain, countTransactions }, [{ minContextSlot }]) => {
  await headState(chain, minContextSlot);
  return countTransactions();
});
