/** A connection that can be told things unasked: what subscriptions hang on. */

/** One client's connection. */
export interface RpcSession {
  /** Sends a notification (`eth_subscription`). */
  notify(method: string, params: unknown): void;
  /** Runs when the connection ends. Returns the way to take the action back. */
  onClose(action: () => void): () => void;
  /** Subscriptions that are open, by id. */
  readonly subscriptions: Map<string, () => void>;
}

/** A session with its owner's side: ending it. */
export interface OwnedRpcSession extends RpcSession {
  close(): void;
}

/** Makes a session over whatever carries notifications. */
export function createRpcSession(send: (method: string, params: unknown) => void): OwnedRpcSession {
  const closing = new Set<() => void>();
  let isOpen = true;
  return {
    subscriptions: new Map(),
    notify(method, params) {
      if (isOpen) send(method, params);
    },
    onClose(action) {
      closing.add(action);
      return () => closing.delete(action);
    },
    close() {
      if (!isOpen) return;
      isOpen = false;
      for (const action of closing) action();
      closing.clear();
      this.subscriptions.clear();
    },
  };
}
