/** Accounts of a message: who signs, who may be written. */
import type { Pubkey } from "@trireme/core";
import { programIds, sysvarIds } from "../known-keys.ts";
import { createBytesMap } from "../programs/bytes-map.ts";
import { addressOf, includesPubkey } from "../runtime/pubkey-names.ts";
import type { CompiledInstruction, SolanaMessage } from "./solana-message.ts";
import type { MessageAccount } from "./solana-transaction.ts";

/** Addresses that lookup tables give, in message order. */
export interface LoadedAddresses {
  readonly writable: readonly Pubkey[];
  readonly readonly: readonly Pubkey[];
}

/** Keys that can never be written: native programs and sysvars. */
const reserved = createBytesMap<true>([...Object.values(programIds), ...Object.values(sysvarIds)].map((key) => [key, true] as const));

/** All accounts of a message. Reserved keys and programs that it calls are read-only, unless the upgradeable loader is named. */
export function messageAccounts(message: SolanaMessage, loaded: LoadedAddresses): readonly MessageAccount[] {
  const { requiredSignatures, readonlySigned, readonlyUnsigned, staticAccounts, instructions } = message;
  const firstReadonlySigned = requiredSignatures - readonlySigned;
  const firstReadonly = staticAccounts.length - readonlyUnsigned;
  const firstLoadedReadonly = staticAccounts.length + loaded.writable.length;
  const keys = message.lookups.length === 0 ? staticAccounts : [...staticAccounts, ...loaded.writable, ...loaded.readonly];
  const keepsPrograms = includesPubkey(keys, programIds.loaderV3);
  return keys.map((pubkey, index) => {
    const isSigner = index < requiredSignatures;
    const isAsked =
      index >= staticAccounts.length ? index < firstLoadedReadonly : isSigner ? index < firstReadonlySigned : index < firstReadonly;
    const isWritable = isAsked && reserved.get(pubkey) === undefined && (keepsPrograms || !isCalled(instructions, index));
    return { pubkey, address: addressOf(pubkey), isSigner, isWritable };
  });
}

function isCalled(instructions: readonly CompiledInstruction[], index: number): boolean {
  for (const { programIndex } of instructions) if (programIndex === index) return true;
  return false;
}
