/** getRecentPrioritizationFees */
import type { Chain } from "@trireme/chain";
import { bytesToHex, equalBytes, type Pubkey } from "@trireme/core";
import { messageAccounts, programIds, type SolanaTransaction } from "@trireme/svm";
import { list } from "../../ethereum/parameters/structure.ts";
import { optional } from "../../json-rpc/rpc-method.ts";
import { pubkey } from "../parameters.ts";
import { solanaMethod } from "../services.ts";
import { isSolanaTransaction, solanaReceipt } from "../transaction-view.ts";
import { createTurns } from "../turns.ts";

/** Slots that it tells about, as Agave does. */
const SLOTS = 150n;
const MICRO_LAMPORTS = 1_000_000n;
const SET_COMPUTE_UNIT_PRICE = 3;

/** For each recent slot the lowest price of a compute unit, in micro-lamports, that was enough to write all these accounts. */
export const getRecentPrioritizationFees = solanaMethod([optional("accounts", list(pubkey, 128), [])], async ({ chain }, [accounts]) => {
  const turns = createTurns();
  const head = chain.head.header.number;
  const fees: object[] = [];
  for (let slot = head < SLOTS ? 0n : head - SLOTS + 1n; slot <= head; slot++) {
    await turns();
    fees.push({ slot, prioritizationFee: await lowestPrice(chain, slot, accounts) });
  }
  return fees;
});

/** The block's lowest price, or the lowest among those that write one of the accounts where that is higher. */
async function lowestPrice(chain: Chain, slot: bigint, accounts: readonly Pubkey[]): Promise<bigint> {
  const transactions = (await chain.getBlock(slot))?.transactions ?? [];
  const receipts = transactions.length === 0 ? [] : ((await chain.getReceipts(slot)) ?? []);
  const wanted = new Map(accounts.map((key): [string, bigint | undefined] => [bytesToHex(key), undefined]));
  let lowest: bigint | undefined;
  for (const [index, transaction] of transactions.entries()) {
    const receipt = receipts[index];
    if (!isSolanaTransaction(transaction) || receipt === undefined) continue;
    const price = unitPrice(transaction);
    lowest = lower(lowest, price);
    if (wanted.size === 0) continue;
    const { loadedWritable, loadedReadonly } = solanaReceipt(receipt);
    for (const { pubkey: key, isWritable } of messageAccounts(transaction.wire.message, {
      writable: loadedWritable,
      readonly: loadedReadonly,
    })) {
      const name = bytesToHex(key);
      if (isWritable && wanted.has(name)) wanted.set(name, lower(wanted.get(name), price));
    }
  }
  return [...wanted.values()].reduce<bigint>((most, price) => (price !== undefined && price > most ? price : most), lowest ?? 0n);
}

function lower(known: bigint | undefined, price: bigint): bigint {
  return known === undefined || price < known ? price : known;
}

/** What a transaction offers for a compute unit: asked for by an instruction, or by its configuration as a sum. */
function unitPrice({ wire, budget }: SolanaTransaction): bigint {
  const { version, instructions, staticAccounts } = wire.message;
  if (version === 1) return budget.computeUnitLimit === 0 ? 0n : (budget.priorityFee * MICRO_LAMPORTS) / BigInt(budget.computeUnitLimit);
  const request = instructions.find(
    ({ programIndex, data }) =>
      data[0] === SET_COMPUTE_UNIT_PRICE &&
      data.length >= 9 &&
      equalBytes(staticAccounts[programIndex] as Pubkey, programIds.computeBudget),
  );
  return request === undefined ? 0n : new DataView(request.data.buffer, request.data.byteOffset).getBigUint64(1, true);
}
