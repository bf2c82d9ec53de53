/** Accounts of a message: who signs, who may be written. */
import { equalBytes, type Pubkey } from "@trireme/core";
import { programIds, sysvarIds } from "../known-keys.ts";
import type { SolanaMessage } from "./solana-message.ts";
import type { MessageAccount } from "./solana-transaction.ts";

/** Addresses that lookup tables give, in message order. */
export interface LoadedAddresses {
  readonly writable: readonly Pubkey[];
  readonly readonly: readonly Pubkey[];
}

const reserved: ReadonlySet<string> = new Set([...Object.values(programIds), ...Object.values(sysvarIds)].map(nameOf));

/** Whether a key can never be written: native programs and sysvars. */
function isReservedKey(key: Pubkey): boolean {
  return reserved.has(nameOf(key));
}

/** All accounts of a message. Reserved keys and programs that it calls are read-only, unless the upgradeable loader is named. */
export function messageAccounts(message: SolanaMessage, loaded: LoadedAddresses): readonly MessageAccount[] {
  const { requiredSignatures, readonlySigned, readonlyUnsigned, staticAccounts, instructions } = message;
  const firstReadonlySigned = requiredSignatures - readonlySigned;
  const firstReadonly = staticAccounts.length - readonlyUnsigned;
  const called = new Set(instructions.map(({ programIndex }) => programIndex));
  const keys = [...staticAccounts, ...loaded.writable, ...loaded.readonly];
  const keepsPrograms = keys.some((key) => equalBytes(key, programIds.loaderV3));
  const firstLoadedReadonly = staticAccounts.length + loaded.writable.length;
  return keys.map((pubkey, index) => {
    const isSigner = index < requiredSignatures;
    const isAsked =
      index >= staticAccounts.length ? index < firstLoadedReadonly : isSigner ? index < firstReadonlySigned : index < firstReadonly;
    const isDemoted = (called.has(index) && !keepsPrograms) || isReservedKey(pubkey);
    return { pubkey, isSigner, isWritable: isAsked && !isDemoted };
  });
}

function nameOf(key: Pubkey): string {
  return String.fromCharCode(...key);
}
