/** What a message asks for once all of its accounts are known: worked out once, for every time that it is run. */
import type { Instruction, InstructionMessage, Pubkey } from "@trireme/core";
import { createBytesMap } from "../programs/bytes-map.ts";
import { samePubkey } from "../runtime/pubkey-names.ts";
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
export function planMessage(message: SolanaMessage, loaded: LoadedAddresses, gas: bigint): MessagePlan {
  const accounts = messageAccounts(message, loaded);
  const [payer] = accounts as readonly [MessageAccount, ...MessageAccount[]];
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
    sender: payer.address,
    gas,
    depth: 0,
    isStatic: false,
    stackHeight: 1,
    instructionIndex,
  }));
  return { accounts, loaded, instructions, frames, hasDuplicates: hasDuplicates(accounts) };
}

/** So few accounts are compared with each other sooner than a map of them is made. */
const fewAccounts = 12;

function hasDuplicates(accounts: readonly MessageAccount[]): boolean {
  if (accounts.length > fewAccounts) return hasDuplicatesAmongMany(accounts);
  for (let index = 1; index < accounts.length; index++) {
    const { pubkey } = accounts[index] as MessageAccount;
    for (let before = 0; before < index; before++) if (samePubkey((accounts[before] as MessageAccount).pubkey, pubkey)) return true;
  }
  return false;
}

function hasDuplicatesAmongMany(accounts: readonly MessageAccount[]): boolean {
  const seen = createBytesMap<true>();
  for (const { pubkey } of accounts) {
    if (seen.get(pubkey) !== undefined) return true;
    seen.set(pubkey, true);
  }
  return false;
}
