/** One block as subscriptions see it: whatever several of them ask for is worked out once. */
import { base58 } from "@scure/base";
import type { Block, Chain, Receipt, StateView } from "@trireme/chain";
import { bytesToHex, equalBytes, systemProgram, toAddress, type Pubkey } from "@trireme/core";
import { messageAccounts, readSolanaAccount, readSolanaAccountAt, type SolanaAccount, type SolanaTransaction } from "@trireme/svm";
import { isSolanaTransaction, solanaId, solanaReceipt } from "./format/transaction.ts";

/** What logsNotification says of a transaction, and whom it names. */
export interface LogEntry {
  readonly accounts: ReadonlySet<string>;
  readonly value: { readonly signature: string; readonly err: unknown; readonly logs: readonly string[] };
}

/** A block and the state after it. */
export interface BlockView {
  readonly slot: bigint;
  readonly state: StateView;
  /** Ids of its transactions of both dialects, as hex. */
  ids(): ReadonlySet<string>;
  /** Whether an account (its address as hex) may differ from before: a Solana transaction names it writable, or another dialect's ran. */
  mayHaveWritten(address: string): boolean;
  /** Accounts that its transactions could write, as the block left them. */
  accounts(): readonly SolanaAccount[];
  logs(): readonly LogEntry[];
}

/** Views a block; undefined when its state is gone. */
export async function viewBlock(chain: Chain, block: Block, receipts: readonly Receipt[]): Promise<BlockView | undefined> {
  const slot = block.header.number;
  const state = await chain.stateAt(slot);
  if (state === undefined) return undefined;
  // What data another dialect's transaction wrote, no receipt says.
  const hasOtherDialects = !block.transactions.every(isSolanaTransaction);
  const keys = once(() => [...writtenKeys(block, receipts).values()]);
  const written = once(() => new Set<string>(keys().map((key) => bytesToHex(toAddress(key)))));
  return {
    slot,
    state,
    mayHaveWritten: (address) => hasOtherDialects || written().has(address),
    ids: once(() => new Set(block.transactions.map((transaction) => bytesToHex(solanaId(transaction))))),
    accounts: once(() => [...readWritten(keys(), state), ...readTouched(block, receipts, state)]),
    logs: once(() => logsOf(block, receipts)),
  };
}

/** Pubkeys that Solana transactions could write, each once. A failed one writes its fee payer, and the nonce that it advances. */
function writtenKeys(block: Block, receipts: readonly Receipt[]): ReadonlyMap<string, Pubkey> {
  const keys = new Map<string, Pubkey>();
  for (const [index, transaction] of block.transactions.entries()) {
    const receipt = receipts[index];
    if (receipt === undefined || !isSolanaTransaction(transaction)) continue;
    for (const key of writtenBy(transaction, receipt)) keys.set(bytesToHex(key), key);
  }
  return keys;
}

function writtenBy({ wire }: SolanaTransaction, receipt: Receipt): readonly Pubkey[] {
  const { error, loadedWritable, loadedReadonly } = solanaReceipt(receipt);
  const accounts = messageAccounts(wire.message, { writable: loadedWritable, readonly: loadedReadonly });
  const keys = accounts.filter(({ isWritable }) => isWritable).map(({ pubkey }) => pubkey);
  if (error === undefined) return keys;
  const [first] = wire.message.instructions;
  const nonce = first === undefined ? undefined : accounts[first.accountIndices[0] ?? -1];
  const callsSystem = first !== undefined && equalBytes(wire.message.staticAccounts[first.programIndex] as Pubkey, systemProgram);
  return callsSystem && nonce?.isWritable === true ? [keys[0] as Pubkey, nonce.pubkey] : keys.slice(0, 1);
}

function readWritten(keys: readonly Pubkey[], state: StateView): readonly SolanaAccount[] {
  return keys.flatMap((key) => readSolanaAccount(key, state) ?? []);
}

/** What other dialects' receipts name. */
function readTouched(block: Block, receipts: readonly Receipt[], state: StateView): readonly SolanaAccount[] {
  const named = receipts.filter((_, index) => !isSolanaTransaction(block.transactions[index] as never));
  return named
    .flatMap(({ from, to }) => [from, ...(to === undefined ? [] : [to])])
    .flatMap((address) => readSolanaAccountAt(address, state) ?? []);
}

function logsOf(block: Block, receipts: readonly Receipt[]): readonly LogEntry[] {
  return block.transactions.flatMap((transaction, index) => {
    const receipt = receipts[index];
    if (receipt === undefined || !isSolanaTransaction(transaction)) return [];
    const { error, loadedWritable, loadedReadonly } = solanaReceipt(receipt);
    const { staticAccounts } = transaction.wire.message;
    const accounts = new Set([...staticAccounts, ...loadedWritable, ...loadedReadonly].map((key) => bytesToHex(key)));
    return [{ accounts, value: { signature: base58.encode(transaction.id), err: error ?? null, logs: receipt.programLogs } }];
  });
}

function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => (made ??= { value: make() }).value;
}
