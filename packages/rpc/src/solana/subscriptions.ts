/** Notifications over a connection: what changed, as Solana's clients are told. */
import type { Chain, ChainEvent, StateView } from "@trireme/chain";
import { bytesToHex, equalBytes, isTriremeError, pubkeyToBase58, type Pubkey } from "@trireme/core";
import { RpcError, rpcErrorCodes } from "../json-rpc/rpc-error.ts";
import type { RpcContext } from "../json-rpc/rpc-method.ts";
import type { AccountFilter } from "./account-filters.ts";
import { createAccountWatch, type AccountWatch } from "./account-watch.ts";
import { decimalsIn } from "./accounts.ts";
import { viewBlock, type BlockView } from "./block-view.ts";
import { findStatus } from "./find-transaction.ts";
import { formatAccount } from "./format/account.ts";
import { solanaId } from "./format/transaction.ts";
import type { AccountConfig } from "./parameters.ts";
import { withContext } from "./services.ts";
import { createMentionTest } from "./transaction-view.ts";

/** Whose logs are wanted; everybody's where `mentions` is undefined. */
export interface LogSelector {
  readonly mentions: Pubkey | undefined;
}

/** What a client can subscribe to. */
export type SolanaSubscription =
  | { readonly kind: "account"; readonly key: Pubkey; readonly config: AccountConfig }
  | { readonly kind: "program"; readonly program: Pubkey; readonly config: AccountConfig; readonly passes: AccountFilter }
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
/** What one subscription does with what happens; absent parts do not interest it. */
interface Listener {
  readonly start?: (state: StateView | undefined) => void;
  readonly pending?: (event: ChainEvent & { readonly kind: "pending" }) => void;
  readonly block?: (block: BlockView) => void | Promise<void>;
  /** Blocks were taken back (development): this is the state now. */
  readonly rewound?: (state: StateView) => void;
}

/** Makes the subscriptions of a chain. */
export function createSolanaSubscriptions(chain: Chain, limit: number): SolanaSubscriptions {
  const listeners = new Set<Listener>();
  let last = 0;
  let isOpen = true;
  // One event after the other: a notification reads state, and must not overtake the one before.
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (action: () => Promise<void>): void => {
    turn = turn.then(async () => {
      if (!isOpen) return;
      try {
        await action();
      } catch (error) {
        // State or blocks that are gone by now, be it because the chain was closed: there is nothing to tell.
        if (!isTriremeError(error)) throw error;
      }
    });
  };
  const stop = chain.subscribe((event) => {
    const isAwaited = event.kind === "pending" ? [...listeners].some(({ pending }) => pending !== undefined) : listeners.size > 0;
    if (isAwaited) inTurn(() => tell(event, listeners, chain));
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
        if (!listeners.has(listener)) return;
        if (held === undefined) session.notify(method, { result, subscription: id });
        else held.push(result);
      };
      const finish = (): void => void close(id, context);
      const listener = listenerOf(subscription, chain, send, finish);
      const cancelClose = session.onClose(() => listeners.delete(listener));
      session.subscriptions.set(String(id), () => {
        listeners.delete(listener);
        cancelClose();
      });
      const { number } = chain.head.header;
      listeners.add(listener);
      if (listener.start !== undefined) inTurn(async () => listener.start?.(await chain.stateAt(number)));
      context.afterResponse(() => {
        const waiting = held ?? [];
        held = undefined;
        for (const result of waiting) session.notify(method, { result, subscription: id });
        // What stands in a block already is told at once.
        if (subscription.kind === "signature") inTurn(() => tellStatus(subscription.id, chain, send, finish));
      });
      return id;
    },
    close,
    closeAll() {
      isOpen = false;
      stop();
      listeners.clear();
    },
  };
}

async function tell(event: ChainEvent, listeners: ReadonlySet<Listener>, chain: Chain): Promise<void> {
  if (event.kind === "pending") {
    for (const listener of listeners) listener.pending?.(event);
  } else if (event.kind === "block") {
    const block = await viewBlock(chain, event);
    if (block === undefined) return;
    for (const listener of listeners) await listener.block?.(block);
  } else {
    const state = await chain.stateAt("latest");
    if (state === undefined) return;
    for (const listener of listeners) listener.rewound?.(state);
  }
}

function listenerOf(subscription: SolanaSubscription, chain: Chain, send: Send, finish: () => void): Listener {
  switch (subscription.kind) {
    case "account":
      return accountListener(subscription.key, subscription.config, send);
    case "program":
      return programListener(subscription, send);
    case "logs": {
      const { mentions } = subscription.selector;
      const isMentioned = mentions === undefined ? undefined : createMentionTest(mentions);
      return {
        block(block) {
          for (const { view, value } of block.logs()) {
            if (isMentioned === undefined || isMentioned(view)) send(withContext(block.slot, value));
          }
        },
      };
    }
    case "signature": {
      const { id, wantsReceived } = subscription;
      const name = bytesToHex(id);
      const block = async (mined: BlockView): Promise<void> => {
        if (mined.ids().has(name)) await tellStatus(id, chain, send, finish);
      };
      if (!wantsReceived) return { block };
      return {
        block,
        pending({ transaction }) {
          if (equalBytes(solanaId(transaction), id)) send(withContext(chain.head.header.number, "receivedSignature"));
        },
      };
    }
    case "slot":
      return { block: ({ slot }) => send({ parent: slot === 0n ? 0n : slot - 1n, root: slot, slot }) };
    case "root":
      return { block: ({ slot }) => send(slot) };
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

function accountListener(key: Pubkey, config: AccountConfig, send: Send): Listener {
  let watch: AccountWatch | undefined;
  const look = (state: StateView, block?: BlockView): void => {
    const account = watch?.changed(state, block);
    if (account !== undefined) send(withContext(state.blockNumber, formatAccount(account, config, decimalsIn(state))));
  };
  return {
    start(state) {
      watch = createAccountWatch(key, state);
    },
    block: (block) => look(block.state, block),
    rewound: (state) => look(state),
  };
}

function programListener({ program, config, passes }: SolanaSubscription & { readonly kind: "program" }, send: Send): Listener {
  return {
    block(block) {
      for (const account of block.accounts()) {
        if (!equalBytes(account.owner, program) || !passes(account)) continue;
        const shown = formatAccount(account, config, decimalsIn(block.state));
        send(withContext(block.slot, { pubkey: pubkeyToBase58(account.key), account: shown }));
      }
    },
  };
}
