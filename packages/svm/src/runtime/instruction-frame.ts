/** One instruction that runs: its program, its accounts with their flags, its data. */
import type { AccountMeta, Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import { borrowAccount, type AccountGrowth } from "./borrowed-account.ts";
import type { BorrowedAccount, InstructionContext } from "./invoke-context.ts";
import type { LoadedAccount } from "./loaded-account.ts";
import { placesOfSame } from "./places.ts";
import type { ProgramMachine } from "./program-machine.ts";
import { samePubkey } from "./pubkey-names.ts";

/** One account of an instruction. */
export interface InstructionAccount {
  readonly account: LoadedAccount;
  readonly isSigner: boolean;
  readonly isWritable: boolean;
  /** Place where the instruction names the account first: its own unless it is a duplicate. */
  readonly first: number;
}

/** What a frame is made of. */
export interface FrameOptions {
  readonly programAccount: LoadedAccount;
  readonly accounts: readonly InstructionAccount[];
  readonly data: Uint8Array;
  readonly stackHeight: number;
  readonly growth: AccountGrowth;
}

/** A frame on the stack of the SVM. */
export class InstructionFrame implements InstructionContext {
  readonly programAccount: LoadedAccount;
  readonly accounts: readonly InstructionAccount[];
  readonly data: Uint8Array;
  readonly stackHeight: number;
  /** Of the sBPF program that runs. */
  machine: ProgramMachine | undefined;
  readonly #growth: AccountGrowth;
  #placeOf: ((account: LoadedAccount) => number) | undefined;

  constructor({ programAccount, accounts, data, stackHeight, growth }: FrameOptions) {
    this.programAccount = programAccount;
    this.accounts = accounts;
    this.data = data;
    this.stackHeight = stackHeight;
    this.machine = undefined;
    this.#growth = growth;
  }

  get program(): Pubkey {
    return this.programAccount.key;
  }

  get accountCount(): number {
    return this.accounts.length;
  }

  checkAccountCount(expected: number): void {
    if (this.accounts.length < expected) throw new InstructionFault("MissingAccount");
  }

  keyOf(index: number): Pubkey {
    return this.#at(index).account.key;
  }

  isSigner(index: number): boolean {
    return this.#at(index).isSigner;
  }

  isWritable(index: number): boolean {
    return this.#at(index).isWritable;
  }

  hasSigner(key: Pubkey): boolean {
    return this.accounts.some(({ account, isSigner }) => isSigner && samePubkey(account.key, key));
  }

  account(index: number): BorrowedAccount {
    return borrowAccount(this.#at(index), this.program, this.#growth);
  }

  /** Place of the account among the instruction's; -1 where it is not. */
  indexOfAccount(account: LoadedAccount): number {
    return (this.#placeOf ??= placesOfSame(this.accounts.map((each) => each.account)))(account);
  }

  /** What the instruction said, for traces and receipts. */
  get metas(): readonly AccountMeta[] {
    return this.accounts.map(({ account, isSigner, isWritable }) => ({ pubkey: account.key, isSigner, isWritable }));
  }

  #at(index: number): InstructionAccount {
    const found = this.accounts[index];
    if (found === undefined) throw new InstructionFault("MissingAccount");
    return found;
  }
}
