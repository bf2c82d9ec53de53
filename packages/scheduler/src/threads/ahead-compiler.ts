/** Compiles what the next blocks will run, between blocks: one account in each turn of the thread in which no block came. */
import type { Address, BlockContext } from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import { createJournal, type StateReader } from "@trireme/state";
import type { AheadTask } from "./thread-protocol.ts";

/** Accounts that wait at most: what is named later is compiled when it is called. */
const mostWaiting = 256;

/** @see createAheadCompiler */
export interface AheadCompiler {
  /** Takes what is to be compiled; comes back at once. */
  add(task: AheadTask): void;
  /** A block came: what waits was meant for it. So nobody keeps a thread from blocks for longer than one program takes. */
  forget(): void;
}

/** Makes the compiler of a thread. `state` is the head's, which may change while it is read. */
export function createAheadCompiler(executor: HostExecutor, state: StateReader): AheadCompiler {
  const waiting: { readonly address: Address; readonly context: BlockContext }[] = [];
  let isUnderWay = false;
  const compileNext = (): void => {
    const next = waiting.shift();
    isUnderWay = next !== undefined;
    if (next === undefined) return;
    try {
      executor.compileAhead(next.address, createJournal(state), next.context);
    } catch {
      // It shows in nothing (rule 26): whoever calls the account finds out what is wrong with it.
    }
    setImmediate(compileNext);
  };
  return {
    add({ addresses, context }) {
      for (const address of addresses) if (waiting.length < mostWaiting) waiting.push({ address, context });
      if (isUnderWay) return;
      isUnderWay = true;
      setImmediate(compileNext);
    },
    forget() {
      waiting.length = 0;
    },
  };
}
