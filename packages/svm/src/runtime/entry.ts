/** One entry into the SVM: loads the accounts of a message, runs its instruction, and writes back what changed. */
import { type AccountMeta, type Host, type InstructionMessage, type Pubkey } from "@trireme/core";
import { sysvarIds } from "../known-keys.ts";
import type { ComputeMeter } from "../sbpf/engine.ts";
import type { VmFaultName } from "../sbpf/program-fault.ts";
import { encodeInstructions, syntheticInstruction } from "../sysvars/instructions.ts";
import { isSolanaContext } from "../transaction/solana-transaction-context.ts";
import { createAccountTable, type AccountTable } from "./account-table.ts";
import { Execution } from "./execution.ts";
import type { InstructionAccount } from "./instruction-frame.ts";
import { defaultHeapLength } from "./limits.ts";
import type { AccountSource } from "./loaded-account.ts";
import { addressOf, samePubkey } from "./pubkey-names.ts";
import { rememberBefore } from "./rent-state.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { transactionStateOf, type TransactionState } from "./transaction-state.ts";

/** An entry, ready to run once. */
export interface Entry {
  /** Whether it is a top-level instruction of a Solana transaction. */
  readonly isTopLevel: boolean;
  readonly state: TransactionState;
  readonly vmFault: VmFaultName | undefined;
  /** @throws InstructionFault, LamportsOverflow */
  run(): void;
  /** Puts what changed into the journal. */
  writeBack(): void;
  /** Takes back what no journal undoes, after a failure. */
  undo(): void;
}

/** Makes the entry of a message. Accounts are read when the instruction first needs them. */
export function createEntry(message: InstructionMessage, host: Host, parts: RuntimeParts, meter: ComputeMeter): Entry {
  const { transaction } = host;
  const solana = isSolanaContext(transaction) && message.stackHeight === 1 ? transaction.solana : undefined;
  const isTopLevel = solana !== undefined;
  const state = transactionStateOf(transaction);
  if (isTopLevel) state.record.instructionIndex = message.instructionIndex ?? 0;
  const { dataGrowth } = state;
  const fixedAccounts = (key: Pubkey) => instructionsAccount(key, message, host, state) ?? parts.fixedAccounts(key, host);
  const table = createAccountTable(solana?.accounts ?? messageAccounts(message), host, fixedAccounts);
  const execution = new Execution({
    host,
    parts,
    meter,
    table,
    heapLength: solana?.heapLength ?? defaultHeapLength,
    stackHeight: message.stackHeight,
    depth: message.depth,
    isStatic: message.isStatic,
    instructionIndex: isTopLevel ? state.record.instructionIndex : undefined,
  });
  return {
    isTopLevel,
    state,
    get vmFault() {
      return execution.vmFault;
    },
    run() {
      const programAccount = table.load(table.indexOf(message.program));
      execution.process({ programAccount, accounts: instructionAccounts(message, table, isTopLevel), data: message.data });
    },
    writeBack() {
      table.loaded.forEach((account, index) => {
        if (account === undefined || !account.isChanged) return;
        rememberBefore(state, { key: account.key, index, ...account.before, isMarked: !isTopLevel }, host);
        account.writeBack();
      });
    },
    undo() {
      state.dataGrowth = dataGrowth;
    },
  };
}

/** Every account once, the program among them: what a message of another VM names. A Solana transaction has it so. */
function messageAccounts({ accounts, program }: InstructionMessage): readonly AccountMeta[] {
  const unique: AccountMeta[] = [];
  for (const meta of [...accounts, { pubkey: program, isSigner: false, isWritable: false }]) {
    const place = unique.findIndex(({ pubkey }) => samePubkey(pubkey, meta.pubkey));
    const known = unique[place];
    if (known === undefined) unique.push(meta);
    else {
      const { pubkey, isSigner, isWritable } = known;
      unique[place] = { pubkey, isSigner: isSigner || meta.isSigner, isWritable: isWritable || meta.isWritable };
    }
  }
  return unique;
}

/** The accounts of the instruction with their flags: what is fixed or static is never writable, nor is a program that another VM calls. */
function instructionAccounts(message: InstructionMessage, table: AccountTable, isTopLevel: boolean): readonly InstructionAccount[] {
  const places = message.accounts.map(({ pubkey }) => table.indexOf(pubkey));
  return places.map((place, index) => {
    const account = table.load(place);
    const meta = (isTopLevel ? message.accounts[index] : table.accounts[place]) as AccountMeta;
    const isCalled = !isTopLevel && samePubkey(account.key, message.program);
    const isWritable = meta.isWritable && account.isReal && !message.isStatic && !isCalled;
    return { account, first: places.indexOf(place), isSigner: meta.isSigner || table.isSigner(place), isWritable };
  });
}

/** The instructions sysvar: of the transaction, or of the one instruction that another VM made (rule 17). */
function instructionsAccount(key: Pubkey, message: InstructionMessage, host: Host, state: TransactionState): AccountSource | undefined {
  if (!samePubkey(key, sysvarIds.instructions)) return undefined;
  const { instructions } = host.transaction;
  const data = encodeInstructions(
    instructions ?? [syntheticInstruction(message)],
    instructions === undefined ? 0 : state.record.instructionIndex,
  );
  return {
    key,
    address: addressOf(key),
    owner: sysvarIds.owner,
    lamports: 0n,
    executable: false,
    dataLength: data.length,
    readFixed: () => data,
    isReal: false,
    hasRecord: false,
  };
}
