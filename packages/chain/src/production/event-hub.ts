/** Tells listeners what changed at the head. */
import type { ChainEvent } from "../chain.ts";

/** Listeners are called in the order in which they came, after the change is durable and visible. */
export interface EventHub {
  emit(event: ChainEvent): void;
  subscribe(listener: (event: ChainEvent) => void): () => void;
}

/** Calls a listener. One that throws does not stop the chain: its error surfaces as an uncaught one. */
export function callListener<Event>(listener: (event: Event) => void, event: Event): void {
  try {
    listener(event);
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
  }
}

/** A listener that throws stops neither the chain nor other listeners: its error surfaces as an uncaught one. */
export function createEventHub(): EventHub {
  const listeners = new Set<{ readonly call: (event: ChainEvent) => void }>();
  return {
    emit: (event) => {
      for (const listener of listeners) callListener(listener.call, event);
    },
    subscribe: (listener) => {
      // Wrapped, so that a function subscribed twice is two listeners.
      const entry = { call: listener };
      listeners.add(entry);
      return () => listeners.delete(entry);
    },
  };
}
