/** What a native program or a syscall sees of the instruction that runs. Implemented in this folder; native programs stand in `../programs`. */
import type { Address, Host, Instruction, Pubkey } from "@trireme/core";
import type { ComputeMeter } from "../sbpf/engine.ts";

/** One account of the instruction that runs, under Solana's rules of who may write what. Every setter throws `InstructionFault`. */
export interface BorrowedAccount {
  readonly key: Pubkey;
  readonly address: Address;
  readonly isSigner: boolean;
  readonly isWritable: boolean;
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly executable: boolean;
  readonly dataLength: number;
  /** All data: read only, valid until the next write. */
  readonly data: Uint8Array;
  setLamports(lamports: bigint): void;
  setOwner(owner: Pubkey): void;
  setExecutable(executable: boolean): void;
  /** Zero-fills or truncates; counts towards the growth of the transaction. */
  resize(length: number): void;
  /** Writes within `dataLength`; `AccountDataTooSmall` beyond it. */
  write(offset: number, source: Uint8Array): void;
  /** Replaces the data, its length included. */
  setData(source: Uint8Array): void;
}

/** The instruction that runs. Indices count its own accounts, duplicates included. */
export interface InstructionContext {
  readonly program: Pubkey;
  readonly data: Uint8Array;
  readonly accountCount: number;
  /** 1 at top level. */
  readonly stackHeight: number;
  /** Throws `MissingAccount`. */
  checkAccountCount(expected: number): void;
  keyOf(index: number): Pubkey;
  isSigner(index: number): boolean;
  isWritable(index: number): boolean;
  /** Whether an account of the instruction with this key signed. */
  hasSigner(key: Pubkey): boolean;
  /** Throws `MissingAccount` past the end. */
  account(index: number): BorrowedAccount;
}

/** A call that leaves the SVM. Places count the accounts of the instruction that runs. */
export interface ContractCall {
  /** Place of the contract; undefined where the instruction's own program is the contract. */
  readonly contract: number | undefined;
  /** Place of the first account that the contract is given: the sender, if it may be one (rule 5). */
  readonly firstAccount: number;
  readonly input: Uint8Array;
  /** In wei. */
  readonly value: bigint;
  /** Gas at most; undefined for all that may go. */
  readonly gasLimit: bigint | undefined;
  /** Whether a failure is told in the return data and does not fail the instruction. */
  readonly isTry: boolean;
  readonly isStatic: boolean;
}

/** Everything around the instruction that runs. */
export interface InvokeContext {
  readonly host: Host;
  readonly meter: ComputeMeter;
  readonly current: InstructionContext;
  /** Takes units. @throws InstructionFault `ComputationalBudgetExceeded`, the meter then at 0. */
  consume(units: number): void;
  /** A line in Solana's form: `Program log: ...`, dropped past 10,000 bytes. */
  log(line: string): void;
  /** Calls a contract of another VM. @throws InstructionFault when it fails, unless it is a try. */
  callContract(call: ContractCall): void;
  /** CPI of a native program: `signers` sign beside the accounts that signed already. */
  invoke(instruction: Instruction, signers: readonly Pubkey[]): void;
}

/** A program of the chain itself. Takes its units first. @throws InstructionFault */
export type NativeProgram = (context: InvokeContext) => void;
