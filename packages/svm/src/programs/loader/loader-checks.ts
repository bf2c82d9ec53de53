/** Checks that several loader instructions make, with Agave's log lines. */
import { equalBytes, type Pubkey } from "@trireme/core";
import { InstructionFault, type InstructionErrorName } from "../../errors/instruction-error.ts";
import type { BorrowedAccount, InvokeContext } from "../../runtime/invoke-context.ts";
import { bufferHeader, loaderStateOf } from "./loader-state.ts";

/** Logs a line and gives the fault to throw. */
export function refusal(context: InvokeContext, line: string, error: InstructionErrorName): InstructionFault {
  context.log(line);
  return new InstructionFault(error);
}

/** Whether the loader that runs owns the account. */
export function isOwnedByLoader({ current }: InvokeContext, account: BorrowedAccount): boolean {
  return equalBytes(account.owner, current.program);
}

/** Two accounts that are written together must be two. @throws InstructionFault `AccountBorrowFailed` */
export function assertDistinct(...accounts: readonly BorrowedAccount[]): void {
  for (const [index, { address }] of accounts.entries()) {
    if (accounts.slice(index + 1).some((other) => equalBytes(other.address, address))) throw new InstructionFault("AccountBorrowFailed");
  }
}

/** Whose word counts, and how the log names who is missing. */
export interface AuthorityCheck {
  readonly authority: Pubkey | undefined;
  /** Place of the account that should be it. */
  readonly index: number;
  readonly immutable: string;
  readonly incorrect: string;
  readonly unsigned: string;
}

/** @throws InstructionFault `Immutable` | `IncorrectAuthority` | `MissingRequiredSignature` */
export function checkAuthority(context: InvokeContext, { authority, index, immutable, incorrect, unsigned }: AuthorityCheck): void {
  if (authority === undefined) throw refusal(context, immutable, "Immutable");
  if (!equalBytes(authority, context.current.keyOf(index))) throw refusal(context, incorrect, "IncorrectAuthority");
  if (!context.current.isSigner(index)) throw refusal(context, unsigned, "MissingRequiredSignature");
}

/** A buffer whose bytes may become a program, by its authority at `authorityIndex`; gives the length of its ELF. */
export function checkSourceBuffer(context: InvokeContext, buffer: BorrowedAccount, authorityIndex: number): number {
  if (!buffer.isWritable) throw refusal(context, "Buffer account not writeable", "InvalidArgument");
  if (!isOwnedByLoader(context, buffer)) throw refusal(context, "Buffer account not owned by loader", "IncorrectProgramId");
  const state = loaderStateOf(buffer);
  if (state.kind !== "buffer") throw refusal(context, "Invalid Buffer account", "InvalidArgument");
  if (state.authority === undefined || !equalBytes(state.authority, context.current.keyOf(authorityIndex))) {
    throw refusal(context, "Buffer and upgrade authority don't match", "IncorrectAuthority");
  }
  if (!context.current.isSigner(authorityIndex)) throw refusal(context, "Upgrade authority did not sign", "MissingRequiredSignature");
  if (buffer.dataLength <= bufferHeader) throw refusal(context, "Buffer account too small", "InvalidAccountData");
  return buffer.dataLength - bufferHeader;
}
