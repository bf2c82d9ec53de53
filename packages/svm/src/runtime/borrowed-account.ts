/** An account in the hands of a program: who may change what of it (agave `transaction-context/src/instruction_accounts.rs`). */
import { isTaggedPubkey, maxAccountDataLength, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { InstructionAccount } from "./instruction-frame.ts";
import type { BorrowedAccount } from "./invoke-context.ts";
import { maxDataGrowth } from "./limits.ts";
import type { LoadedAccount } from "./loaded-account.ts";
import { isZero, samePubkey } from "./pubkey-names.ts";
import { isRentExempt } from "./rent-state.ts";

/** Sums over all accounts of a run. */
export interface AccountGrowth {
  /** Lamports made, less those that went: 0 wherever an instruction begins or ends. */
  lamportsDelta: bigint;
  /** Bytes of data grown, less those that shrank, over the transaction. */
  readonly transaction: { dataGrowth: number };
}

/** Lends an account to `program`. */
export function borrowAccount(lent: InstructionAccount, program: Pubkey, growth: AccountGrowth): ProgramAccount {
  return new ProgramAccount(lent, program, growth);
}

/** A borrowed account. What it refuses it throws as `InstructionFault`. */
export class ProgramAccount implements BorrowedAccount {
  readonly #account: LoadedAccount;
  readonly #program: Pubkey;
  readonly #growth: AccountGrowth;
  readonly isSigner: boolean;
  readonly isWritable: boolean;

  constructor({ account, isSigner, isWritable }: InstructionAccount, program: Pubkey, growth: AccountGrowth) {
    this.#account = account;
    this.#program = program;
    this.#growth = growth;
    this.isSigner = isSigner;
    this.isWritable = isWritable;
  }

  get key(): Pubkey {
    return this.#account.key;
  }

  get address() {
    return this.#account.address;
  }

  get owner(): Pubkey {
    return this.#account.owner;
  }

  get lamports(): bigint {
    return this.#account.lamports;
  }

  get executable(): boolean {
    return this.#account.executable;
  }

  get dataLength(): number {
    return this.#account.dataLength;
  }

  get data(): Uint8Array {
    return this.#account.data;
  }

  setLamports(lamports: bigint): void {
    const previous = this.#account.lamports;
    if (lamports < previous && !this.#isOwned) throw new InstructionFault("ExternalAccountLamportSpend");
    if (!this.isWritable) throw new InstructionFault("ReadonlyLamportChange");
    this.#growth.lamportsDelta += lamports - previous;
    this.#account.lamports = lamports;
  }

  setOwner(owner: Pubkey): void {
    if (!this.#isOwned || !this.isWritable || !isZero(this.#account.data)) throw new InstructionFault("ModifiedProgramId");
    if (samePubkey(this.#account.owner, owner)) return;
    this.#refuseTagged("ModifiedProgramId");
    this.#account.owner = owner.slice() as Pubkey;
  }

  setExecutable(executable: boolean): void {
    if (!isRentExempt(this.#account.lamports, this.#account.dataLength)) throw new InstructionFault("ExecutableAccountNotRentExempt");
    if (!this.#isOwned || !this.isWritable) throw new InstructionFault("ExecutableModified");
    if (this.#account.executable === executable) return;
    this.#refuseTagged("ExecutableModified");
    this.#account.executable = executable;
  }

  resize(length: number): void {
    this.checkResize(length);
    this.#grow(length);
    this.#account.resize(length);
  }

  write(offset: number, source: Uint8Array): void {
    this.checkChange();
    if (offset + source.length > this.#account.dataLength) throw new InstructionFault("AccountDataTooSmall");
    this.#account.write(offset, source);
  }

  setData(source: Uint8Array): void {
    this.checkResize(source.length);
    this.#grow(source.length);
    this.#account.replace(source, 0, source.length);
  }

  /** `length` bytes of `source` from `start` on become the data; refused only if they differ and may not. */
  takeOver(source: Uint8Array, start: number, length: number): void {
    if (this.#account.hasData(source, start, length)) return;
    this.checkResize(length);
    this.#grow(length);
    this.#account.replace(source, start, length);
  }

  /** @throws InstructionFault `ReadonlyDataModified` | `ExternalAccountDataModified` */
  checkChange(): void {
    const fault = this.#changeFault;
    if (fault !== undefined) throw new InstructionFault(fault);
  }

  /** @throws InstructionFault when the data may not have this length. */
  checkResize(length: number): void {
    const fault = this.#resizeFault(length);
    if (fault !== undefined) throw new InstructionFault(fault);
  }

  get #isOwned(): boolean {
    return samePubkey(this.#program, this.#account.owner);
  }

  get #changeFault() {
    if (!this.isWritable) return "ReadonlyDataModified" as const;
    return this.#isOwned ? undefined : ("ExternalAccountDataModified" as const);
  }

  #resizeFault(length: number) {
    const fault = this.#changeFault;
    if (fault !== undefined) return fault;
    const previous = this.#account.dataLength;
    if (length > maxAccountDataLength) return "InvalidRealloc" as const;
    if (this.#growth.transaction.dataGrowth + length - previous > maxDataGrowth) return "MaxAccountsDataAllocationsExceeded" as const;
    // Rule 3: a tagged account stays without data for ever.
    return length > previous && isTaggedPubkey(this.#account.key) ? ("InvalidRealloc" as const) : undefined;
  }

  #grow(length: number): void {
    this.#growth.transaction.dataGrowth += length - this.#account.dataLength;
  }

  /** Rule 3: a tagged account belongs to the System program and does not become a program. */
  #refuseTagged(error: "ModifiedProgramId" | "ExecutableModified"): void {
    if (isTaggedPubkey(this.#account.key)) throw new InstructionFault(error);
  }
}
