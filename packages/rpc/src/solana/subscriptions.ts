/** Notifications over a connection: what changed, as Solana's clients are told. */
import { base58 } from "@scure/base";
import type { Block, Chain, ChainEvent, Receipt } from "@trireme/chain";
import { bytesToHex, equalBytes, toAddress, type Pubkey } from "@trireme/core";
import { messageAccounts, readSolanaAccount } from "@trireme/svm";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import type { RpcContext } from "../json-rpc/rpc-method.ts";
import { decimalsIn } from "./accounts.ts";
import { findStatus } from "./find-transaction.ts";
import { formatAccount } from "./format/account.ts";
import { isSolanaTransaction, solanaId, solanaReceipt } from "./format/transaction.ts";
import type { AccountConfig } from "./parameters.ts";
import { withContext } from "./services.ts";

/** Whose logs are wanted; everybody's where `mentions` is undefined. */
export interface LogSelector {
  readonly mentions: Pubkey | undefined;
}

/** What a client can subscribe to. */
export type SolanaSubscription =
  | { readonly kind: "account"; readonly key: Pubkey; readonly config: AccountConfig }
  | { readonly kind: "program"; readonly program: Pubkey; readonly config: AccountConfig }
  | { readonly kind: "logs"; readonly selector: LogSelector }
  | { readonly kind: "signature"; readonly id: Uint8Array; readonly wantsReceived: boolean }
  | { readonly kind: "slot" }
  | { readonly kind: "root" };

/** Open subscriptions of all connections. */
export interface SolanaSubscriptions {
  /** Opens one and gives its number. @throws RpcError where the connection cannot be told anything, or has too many */
  open(subscription: SolanaSubscription, context: RpcContext): number;
  /** False when the connection has none of this number. */
  close(id: number, context: RpcContext): boolean;
  closeAll(): void;
}

type Send = (result: unknown) => void;
type Listener = (event: ChainEvent) => void | Promise<void>;

/** Makes the subscriptions of a chain. */
export function createSolanaSubscriptions(chain: Chain, limit: number): SolanaSubscriptions {
  const listeners = new Set<Listener>();
  let last = 0;
  // One event after the other: a notification reads state, and must not overtake the one before.
  let turn: Promise<void> = Promise.resolve();
  const stop = chain.subscribe((event) => {
    turn = turn.then(async () => {
      for (const listener of listeners) await listener(event);
    });
  });

  const close = (id: number, { session }: RpcContext): boolean => {
    session?.subscriptions.get(String(id))?.();
    return session?.subscriptions.delete(String(id)) ?? false;
  };

  return {
    open(subscription, context) {
      const { session } = context;
      if (session === undefined)
        throw new RpcError(rpcErrorCodes.methodNotFound, "Method not found: subscriptions need a WebSocket connection");
      if (session.subscriptions.size >= limit)
        throw new RpcError(rpcErrorCodes.limitExceeded, `expected at most ${limit} subscriptions on one connection`);
      const id = ++last;
      const method = `${subscription.kind}Notification`;
      // What happens before the client knows the number waits for the response.
      let held: unknown[] | undefined = [];
      const send: Send = (result) => {
        if (held === undefined) session.notify(method, { result, subscription: id });
        else held.push(result);
      };
      const end = (): void => {
        listeners.delete(listener);
        cancelClose();
      };
      const finish = (): void => void close(id, context);
      const listener = listenerOf(subscription, chain, send, finish);
      const cancelClose = session.onClose(() => listeners.delete(listener));
      session.subscriptions.set(String(id), end);
      listeners.add(listener);
      context.afterResponse(() => {
        const waiting = held ?? [];
        held = undefined;
        for (const result of waiting) session.notify(method, { result, subscription: id });
        // What stands in a block already is told at once.
        if (subscription.kind === "signature") void tellStatus(subscription.id, chain, send, finish);
      });
      return id;
    },
    close,
    closeAll() {
      stop();
      listeners.clear();
    },
  };
}

function listenerOf(subscription: SolanaSubscription, chain: Chain, send: Send, finish: () => void): Listener {
  switch (subscription.kind) {
    case "account":
      return accountListener(subscription.key, subscription.config, chain, send);
    case "program":
      return programListener(subscription.program, subscription.config, chain, send);
    case "logs":
      return (event) => {
        if (event.kind !== "block") return;
        for (const entry of logsOf(event.block, event.receipts, subscription.selector)) send(withContext(event.block.header.number, entry));
      };
    case "signature":
      return async (event) => {
        if (event.kind === "pending" && subscription.wantsReceived && equalBytes(solanaId(event.transaction), subscription.id))
          send(withContext(chain.head.header.number, "receivedSignature"));
        if (event.kind === "block" && event.block.transactions.some((transaction) => equalBytes(solanaId(transaction), subscription.id)))
          await tellStatus(subscription.id, chain, send, finish);
      };
    case "slot":
      return (event) => {
        if (event.kind !== "block") return;
        const { number } = event.block.header;
        send({ parent: number === 0n ? 0n : number - 1n, root: number, slot: number });
      };
    case "root":
      return (event) => {
        if (event.kind === "block") send(event.block.header.number);
      };
    default:
      return subscription satisfies never;
  }
}

/** Told once: then the subscription is over, as on Solana. */
async function tellStatus(id: Uint8Array, chain: Chain, send: Send, finish: () => void): Promise<void> {
  const status = await findStatus(chain, id);
  if (status === undefined) return;
  send(withContext(status.slot, { err: status.error ?? null }));
  finish();
}

function accountListener(key: Pubkey, config: AccountConfig, chain: Chain, send: Send): Listener {
  let shown: string | undefined;
  return async (event) => {
    if (event.kind === "pending") return;
    const view = await chain.stateAt("latest");
    if (view === undefined) return;
    const account = readSolanaAccount(key, view);
    const print =
      account === undefined
        ? "none"
        : `${account.lamports} ${bytesToHex(account.owner)} ${account.executable} ${bytesToHex(account.read())}`;
    if (shown === undefined && event.kind === "block" && !isNamed(key, event.block, event.receipts)) {
      shown = print;
      return;
    }
    if (shown === print) return;
    shown = print;
    if (account !== undefined) send(withContext(view.blockNumber, formatAccount(account, config, decimalsIn(view))));
  };
}

function programListener(program: Pubkey, config: AccountConfig, chain: Chain, send: Send): Listener {
  return async (event) => {
    if (event.kind !== "block") return;
    const view = await chain.stateAt("latest");
    if (view === undefined) return;
    for (const key of writtenKeys(event.block, event.receipts)) {
      const account = readSolanaAccount(key, view);
      if (account === undefined || !equalBytes(account.owner, program)) continue;
      send(withContext(view.blockNumber, { pubkey: base58.encode(key), account: formatAccount(account, config, decimalsIn(view)) }));
    }
  };
}

function* logsOf(block: Block, receipts: readonly Receipt[], { mentions }: LogSelector): Generator<object> {
  for (const [index, transaction] of block.transactions.entries()) {
    const receipt = receipts[index];
    if (receipt === undefined || !isSolanaTransaction(transaction)) continue;
    const { error, loadedWritable, loadedReadonly } = solanaReceipt(receipt);
    const accounts = messageAccounts(transaction.wire.message, { writable: loadedWritable, readonly: loadedReadonly });
    if (mentions !== undefined && !accounts.some(({ pubkey }) => equalBytes(pubkey, mentions))) continue;
    yield { signature: base58.encode(transaction.id), err: error ?? null, logs: receipt.programLogs };
  }
}

/** Accounts that Solana transactions of a block could write, each once. */
function writtenKeys(block: Block, receipts: readonly Receipt[]): readonly Pubkey[] {
  const keys = new Map<string, Pubkey>();
  for (const [index, transaction] of block.transactions.entries()) {
    const receipt = receipts[index];
    if (receipt === undefined || !isSolanaTransaction(transaction)) continue;
    const { loadedWritable, loadedReadonly } = solanaReceipt(receipt);
    for (const { pubkey, isWritable } of messageAccounts(transaction.wire.message, {
      writable: loadedWritable,
      readonly: loadedReadonly,
    })) {
      if (isWritable) keys.set(base58.encode(pubkey), pubkey);
    }
  }
  return [...keys.values()];
}

/** Whether a transaction of the block may have written the account: as an account of a message, or as a sender or recipient. */
function isNamed(key: Pubkey, block: Block, receipts: readonly Receipt[]): boolean {
  if (writtenKeys(block, receipts).some((written) => equalBytes(written, key))) return true;
  const address = toAddress(key);
  return receipts.some(({ from, to }) => equalBytes(from, address) || (to !== undefined && equalBytes(to, address)));
}
