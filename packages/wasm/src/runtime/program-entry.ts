/** Entering and leaving a program: what a transaction knows of its programs changes with every frame. */
import { equalBytes, type CallMessage, type Hash } from "@trireme/core";
import { keyText, type TransactionPrograms } from "../hostio/transaction-programs.ts";
import { pagesAdded } from "../pricing/memory-pages.ts";
import type { StylusParameters } from "../pricing/stylus-parameters.ts";

/** An entered program. */
export interface ProgramEntry {
  /** Whether a frame of the same account, other than by delegate call, was open. */
  readonly isReentrant: boolean;
  /** Undoes the entry, however the frame ended: open pages go back, the most that were open stay. */
  leave(): void;
}

/** Opens the program's pages, and counts its frame. */
export function enterProgram(programs: TransactionPrograms, { recipient, scheme }: CallMessage, footprint: number): ProgramEntry {
  const { open } = programs.pages;
  programs.pages = pagesAdded(footprint, programs.pages);
  const key = keyText(recipient);
  const running = programs.running.get(key) ?? 0;
  // Frames by delegate call are not counted, but see the others.
  const isCounted = scheme === "call" || scheme === "staticcall";
  if (isCounted) programs.running.set(key, running + 1);
  return {
    isReentrant: running > (isCounted ? 0 : 1),
    leave() {
      programs.pages = { open, ever: programs.pages.ever };
      if (!isCounted) return;
      if (running === 0) programs.running.delete(key);
      else programs.running.set(key, running);
    },
  };
}

/**
 * Remembers that the program ran, and tells whether it had before (ArbOS 60). Nitro remembers over a block; here it is
 * over a transaction, so that no transaction costs more or less for the ones beside it.
 */
export function rememberProgram(programs: TransactionPrograms, codeHash: Hash, parameters: StylusParameters): boolean {
  if (parameters.arbosVersion < 60) return false;
  const { recent, last } = programs;
  if (last !== undefined && equalBytes(last, codeHash)) return true;
  const key = keyText(codeHash);
  const ranBefore = recent.delete(key);
  recent.add(key);
  if (recent.size > parameters.blockCacheSize) recent.delete(recent.keys().next().value as string);
  programs.last = recent.size === 0 ? undefined : codeHash.slice();
  return ranBefore;
}
