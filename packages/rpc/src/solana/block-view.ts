/** One block as subscriptions see it: whatever several of them ask for is worked out once. */
import { base58 } from "@scure/base";
import type { Block, Chain, ChainEvent, Receipt, StateView } from "@trireme/chain";
import {
  bytesToHex,
  equalBytes,
  isTaggedPubkey,
  pubkeyOf,
  systemProgram,
  toAddress,
  type Address,
  type Hex,
  type Pubkey,
  type Transaction,
} from "@trireme/core";
import { readSolanaAccount, type SolanaAccount } from "@trireme/svm";
import { solanaId } from "./format/transaction.ts";
import { isSolanaTransaction, viewedAccounts, viewedId, viewTransaction, type TransactionView } from "./transaction-view.ts";

/** What logsNotification says of a transaction, and the transaction itself. */
export interface LogEntry {
  readonly view: TransactionView;
  readonly value: { readonly signature: string; readonly err: unknown; readonly logs: readonly string[] };
}

/** A block and the state after it. */
export interface BlockView {
  readonly slot: bigint;
  readonly state: StateView;
  /** Ids of its transactions of both dialects, as hex. */
  ids(): ReadonlySet<string>;
  /** Whether an account (its address as hex) differs from before, whoever changed it. */
  hasChanged(address: Hex): boolean;
  /** Accounts that differ from before, and those that a Solana transaction wrote to, as the block left them. */
  accounts(): readonly SolanaAccount[];
  /** Of transactions of both dialects. */
  logs(): readonly LogEntry[];
}

/** Views a block; undefined when its state is gone. */
export async function viewBlock(chain: Chain, event: ChainEvent & { readonly kind: "block" }): Promise<BlockView | undefined> {
  const { block, receipts } = event;
  const slot = block.header.number;
  const state = await chain.stateAt(slot);
  if (state === undefined) return undefined;
  const changed = once(() => new Map(event.changedAccounts().map((address) => [bytesToHex(address), address])));
  const views = once(() => viewAll(block, receipts));
  return {
    slot,
    state,
    hasChanged: (address) => changed().has(address),
    ids: once(() => new Set(block.transactions.map((transaction) => bytesToHex(solanaId(transaction))))),
    accounts: once(() => readAccounts([...changed().values(), ...writtenBySolana(block, views())], views(), state)),
    logs: once(() => views().map(logEntry)),
  };
}

function viewAll(block: Block, receipts: readonly Receipt[]): readonly TransactionView[] {
  return block.transactions.map((transaction, index) => viewTransaction(transaction, receipts[index] as Receipt, block));
}

function logEntry(view: TransactionView): LogEntry {
  return { view, value: { signature: base58.encode(viewedId(view)), err: view.outcome.error ?? null, logs: view.logMessages() } };
}

/** What Solana transactions could write: told even if it is as before, as on Solana. */
function writtenBySolana(block: Block, views: readonly TransactionView[]): readonly Address[] {
  return views
    .filter((_, index) => isSolanaTransaction(block.transactions[index] as Transaction))
    .flatMap(writtenBy)
    .map(toAddress);
}

/** A failed one writes its fee payer, and the nonce that it advances. */
function writtenBy(view: TransactionView): readonly Pubkey[] {
  const { message, outcome } = view;
  const accounts = viewedAccounts(view);
  const keys = accounts.filter(({ isWritable }) => isWritable).map(({ pubkey }) => pubkey);
  if (outcome.error === undefined) return keys;
  const [first] = message.instructions;
  const nonce = first === undefined ? undefined : accounts[first.accountIndices[0] ?? -1];
  const callsSystem = first !== undefined && equalBytes(message.staticAccounts[first.programIndex] as Pubkey, systemProgram);
  return callsSystem && nonce?.isWritable === true ? [keys[0] as Pubkey, nonce.pubkey] : keys.slice(0, 1);
}

/** Each account once, under the name that is bound to it, else under the one that a transaction of the block has for it. */
function readAccounts(addresses: readonly Address[], views: readonly TransactionView[], state: StateView): readonly SolanaAccount[] {
  const wanted = new Map(addresses.map((address) => [bytesToHex(address), pubkeyOf(address, state.getAccount(address)?.svm?.pubkey)]));
  for (const key of views.flatMap(({ message, outcome }) => [...message.staticAccounts, ...outcome.loadedWritable])) {
    const address = bytesToHex(toAddress(key));
    const known = wanted.get(address);
    if (known !== undefined && isTaggedPubkey(known)) wanted.set(address, key);
  }
  return [...wanted.values()].flatMap((key) => readSolanaAccount(key, state) ?? []);
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
