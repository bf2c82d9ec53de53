/** What a message asks for once all of its accounts are known: worked out once, for every time that it is run. */
import type { Address, Instruction, InstructionMessage, Pubkey } from "@trireme/core";
import { createBytesMap } from "../programs/bytes-map.ts";
import { messageAccounts, type LoadedAddresses } from "./message-accounts.ts";
import type { SolanaMessage } from "./solana-message.ts";
import type { MessageAccount } from "./solana-transaction.ts";

/** Accounts and frames of a message. */
export interface MessagePlan {
  readonly accounts: readonly MessageAccount[];
  readonly loaded: LoadedAddresses;
  readonly instructions: readonly Instruction[];
  readonly frames: readonly InstructionMessage[];
  /** Whether an account is named twice. */
  readonly hasDuplicates: boolean;
}

/** Plans a sanitized message; `gas` is what its frames have together. */
export function planMessage(message: SolanaMessage, loaded: LoadedAddresses, sender: Address, gas: bigint): MessagePlan {
  const accounts = messageAccounts(message, loaded);
  const instructions = message.instructions.map(({ programIndex, accountIndices, data }): Instruction => {
    const metas: MessageAccount[] = [];
    for (const index of accountIndices) metas.push(accounts[index] as MessageAccount);
    return { program: message.staticAccounts[programIndex] as Pubkey, accounts: metas, data };
  });
  const frames = instructions.map(({ program, accounts: metas, data }, instructionIndex): InstructionMessage => ({
    kind: "instruction",
    program,
    accounts: metas,
    data,
    sender,
    gas,
    depth: 0,
    isStatic: false,
    stackHeight: 1,
    instructionIndex,
  }));
  return { accounts, loaded, instructions, frames, hasDuplicates: hasDuplicates(accounts) };
}

function hasDuplicates(accounts: readonly MessageAccount[]): boolean {
  const seen = createBytesMap<true>();
  for (const { pubkey } of accounts) {
    if (seen.get(pubkey) !== undefined) return true;
    seen.set(pubkey, true);
  }
  return false;
}
