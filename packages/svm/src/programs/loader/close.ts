/** Close: an account of the loader gives its lamports back; a program is gone with its programdata. */
import { equalBytes, pubkeyToBase58, toAddress, type Pubkey } from "@trireme/core";
import type { InvokeContext } from "../../runtime/invoke-context.ts";
import { addLamports } from "../lamports.ts";
import { writeIndexedProgram } from "../program-index.ts";
import { checkAuthority, isOwnedByLoader, refusal } from "./loader-checks.ts";
import { loaderStateOf, setLoaderState, uninitializedLength, type LoaderState } from "./loader-state.ts";

/** Places of the accounts. */
const CLOSED = 0;
const RECIPIENT = 1;
const AUTHORITY = 2;
const PROGRAM = 3;

/** Runs the instruction. */
export function close(context: InvokeContext): void {
  const { current } = context;
  current.checkAccountCount(2);
  const account = current.account(CLOSED);
  if (equalBytes(account.address, current.account(RECIPIENT).address)) {
    throw refusal(context, "Recipient is the same as the account being closed", "InvalidArgument");
  }
  const state = loaderStateOf(account);
  const key = pubkeyToBase58(account.key);
  account.resize(uninitializedLength);
  switch (state.kind) {
    case "uninitialized":
      drain(context);
      context.log(`Closed Uninitialized ${key}`);
      return;
    case "buffer":
      current.checkAccountCount(3);
      closeByAuthority(context, state.authority);
      context.log(`Closed Buffer ${key}`);
      return;
    case "programData":
      current.checkAccountCount(4);
      closeProgram(context, state);
      return;
    case "program":
      throw refusal(context, "Account does not support closing", "InvalidArgument");
  }
}

function closeProgram(context: InvokeContext, state: LoaderState & { readonly kind: "programData" }): void {
  const program = context.current.account(PROGRAM);
  if (!program.isWritable) throw refusal(context, "Program account is not writable", "InvalidArgument");
  if (!isOwnedByLoader(context, program)) throw refusal(context, "Program account not owned by loader", "IncorrectProgramId");
  if (state.slot === context.host.block.number) {
    throw refusal(context, "Program was deployed in this block already", "InvalidArgument");
  }
  const programState = loaderStateOf(program);
  if (programState.kind !== "program") throw refusal(context, "Invalid Program account", "InvalidArgument");
  if (!equalBytes(programState.programData, context.current.keyOf(CLOSED))) {
    throw refusal(context, "ProgramData account does not match ProgramData account", "InvalidArgument");
  }
  closeByAuthority(context, state.authority);
  writeIndexedProgram(context.host, toAddress(program.key), undefined);
  context.log(`Closed Program ${pubkeyToBase58(program.key)}`);
}

function closeByAuthority(context: InvokeContext, authority: Pubkey | undefined): void {
  checkAuthority(context, {
    authority,
    index: AUTHORITY,
    immutable: "Account is immutable",
    incorrect: "Incorrect authority provided",
    unsigned: "Authority did not sign",
  });
  drain(context);
  setLoaderState(context.current.account(CLOSED), { kind: "uninitialized" });
}

function drain({ current }: InvokeContext): void {
  const account = current.account(CLOSED);
  addLamports(current.account(RECIPIENT), account.lamports);
  account.setLamports(0n);
}
