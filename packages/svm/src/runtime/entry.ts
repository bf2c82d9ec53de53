/** One entry into the SVM: loads the accounts of a message, runs its instruction, and writes back what changed. */
import { type AccountMeta, type Host, type InstructionMessage, type Pubkey } from "@trireme/core";
import { sysvarIds } from "../known-keys.ts";
import type { ComputeMeter } from "../sbpf/engine.ts";
import type { VmFaultName } from "../sbpf/program-fault.ts";
import { encodeInstructions, syntheticInstruction } from "../sysvars/instructions.ts";
import { isSolanaContext } from "../transaction/solana-transaction-context.ts";
import { AccountTable } from "./account-table.ts";
import { readDataGrowth, writeDataGrowth } from "./data-growth.ts";
import { Execution } from "./execution.ts";
import type { InstructionAccount } from "./instruction-frame.ts";
import { defaultHeapLength } from "./limits.ts";
import type { AccountSource, LoadedAccount } from "./loaded-account.ts";
import { addressOf, samePubkey } from "./pubkey-names.ts";
import { rememberBefore } from "./rent-state.ts";
import type { RuntimeParts } from "./runtime-parts.ts";
import { transactionStateOf, type AccountBefore, type TransactionState } from "./transaction-state.ts";

/** An entry, ready to run once. Accounts are read when the instruction first needs them. */
export class Entry {
  /** Whether it is a top-level instruction of a Solana transaction. */
  readonly isTopLevel: boolean;
  readonly state: TransactionState;
  private readonly message: InstructionMessage;
  private readonly host: Host;
  private readonly table: AccountTable;
  private readonly execution: Execution;
  private readonly dataGrowth: number;
  private readonly judged: number;

  constructor(message: InstructionMessage, host: Host, parts: RuntimeParts, meter: ComputeMeter) {
    const { transaction } = host;
    const solana = isSolanaContext(transaction) && message.stackHeight === 1 ? transaction.solana : undefined;
    const state = transactionStateOf(transaction);
    if (solana !== undefined) state.record.instructionIndex = message.instructionIndex ?? 0;
    const fixedAccounts = (key: Pubkey) => instructionsAccount(key, message, host, state) ?? parts.fixedAccounts(key, host);
    const earlier = solana === undefined ? none : state.loaded;
    const table = new AccountTable(solana?.accounts ?? messageAccounts(message), host, fixedAccounts, earlier);
    this.isTopLevel = solana !== undefined;
    this.state = state;
    this.message = message;
    this.host = host;
    this.table = table;
    readDataGrowth(state, host);
    this.dataGrowth = state.dataGrowth;
    this.judged = state.unjudged.length;
    this.execution = new Execution({
      host,
      parts,
      meter,
      table,
      state,
      heapLength: solana?.heapLength ?? defaultHeapLength,
      stackHeight: message.stackHeight,
      depth: message.depth,
      isStatic: message.isStatic,
      instructionIndex: solana === undefined ? undefined : state.record.instructionIndex,
    });
  }

  /** Refund counter of the frames of other VMs that it called (EIP-3529). */
  get gasRefund(): bigint {
    return this.execution.gasRefund;
  }

  get vmFault(): VmFaultName | undefined {
    return this.execution.vmFault;
  }

  /** @throws InstructionFault, LamportsOverflow */
  run(): void {
    const { message, table, execution } = this;
    const programAccount = table.load(table.indexOf(message.program));
    execution.process({ programAccount, accounts: instructionAccounts(message, table, this.isTopLevel), data: message.data });
  }

  /** Puts what changed into the journal. */
  writeBack(): void {
    const { loaded } = this.table;
    const { loaded: earlier } = this.state;
    for (let index = 0; index < loaded.length; index++) {
      const account = loaded[index];
      if (account === undefined) loaded[index] = earlier[index];
      if (account?.isChanged !== true) continue;
      rememberBefore(this.state, account.beforeAt(index, !this.isTopLevel), this.host);
      account.writeBack();
    }
    writeDataGrowth(this.state, this.host);
    // What another VM entered may have written to any of them.
    this.state.loaded = this.isTopLevel ? loaded : none;
  }

  /** What the run wrote, to judge its rent; once. */
  takeWritten(): readonly AccountBefore[] {
    return this.state.unjudged.splice(this.judged);
  }

  /** Takes back what no journal undoes, after a failure. */
  undo(): void {
    this.state.dataGrowth = this.dataGrowth;
    this.takeWritten();
  }
}

const none: readonly undefined[] = [];

/** Every account once, the program among them: what a message of another VM names. A Solana transaction has it so. */
function messageAccounts({ accounts, program }: InstructionMessage): readonly AccountMeta[] {
  const unique: AccountMeta[] = [];
  for (const meta of accounts) addMeta(unique, meta);
  addMeta(unique, { pubkey: program, isSigner: false, isWritable: false });
  return unique;
}

/** Rights that an account is given in several places are its rights. */
function addMeta(unique: AccountMeta[], meta: AccountMeta): void {
  for (let place = 0; place < unique.length; place++) {
    const { pubkey, isSigner, isWritable } = unique[place] as AccountMeta;
    if (!samePubkey(pubkey, meta.pubkey)) continue;
    unique[place] = { pubkey, isSigner: isSigner || meta.isSigner, isWritable: isWritable || meta.isWritable };
    return;
  }
  unique.push(meta);
}

/** The accounts of the instruction with their flags: what is fixed or static is never writable, nor is a program that another VM calls. */
function instructionAccounts(message: InstructionMessage, table: AccountTable, isTopLevel: boolean): readonly InstructionAccount[] {
  const accounts: InstructionAccount[] = [];
  for (const named of message.accounts) {
    const place = table.indexOf(named.pubkey);
    const account = table.load(place);
    const meta = isTopLevel ? named : (table.accounts[place] as AccountMeta);
    const isCalled = !isTopLevel && samePubkey(account.key, message.program);
    const isWritable = meta.isWritable && account.isReal && !message.isStatic && !isCalled;
    const first = firstPlace(accounts, account);
    accounts.push({ account, first, isSigner: meta.isSigner || table.isSigner(place), isWritable });
  }
  return accounts;
}

/** Where an account stands in the list already, else where it will. */
function firstPlace(accounts: readonly InstructionAccount[], account: LoadedAccount): number {
  for (let index = 0; index < accounts.length; index++) if ((accounts[index] as InstructionAccount).account === account) return index;
  return accounts.length;
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
