/** Upgrade: a buffer replaces the ELF of a program. */
import { equalBytes, pubkeyToBase58 } from "@trireme/core";
import { sysvarIds } from "../../known-keys.ts";
import type { BorrowedAccount, InvokeContext } from "../../runtime/invoke-context.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { addLamports } from "../lamports.ts";
import { checkSysvar } from "../sysvar-check.ts";
import { deployProgram, type DeploymentRules } from "./deployment.ts";
import { assertDistinct, checkAuthority, checkSourceBuffer, isOwnedByLoader, refusal } from "./loader-checks.ts";
import { bufferHeader, loaderStateOf, programDataHeader, setLoaderState } from "./loader-state.ts";

/** Places of the accounts. */
const PROGRAM_DATA = 0;
const PROGRAM = 1;
const BUFFER = 2;
const SPILL = 3;
const RENT = 4;
const CLOCK = 5;
const AUTHORITY = 6;

/** Runs the instruction. What the programdata does not need of both balances goes to the spill account. */
export function upgrade(context: InvokeContext, rules: DeploymentRules): void {
  const { current } = context;
  current.checkAccountCount(3);
  checkSysvar(context, RENT, sysvarIds.rent);
  checkSysvar(context, CLOCK, sysvarIds.clock);
  current.checkAccountCount(7);
  checkProgram(context, current.account(PROGRAM));
  const buffer = current.account(BUFFER);
  const elfLength = checkSourceBuffer(context, buffer, AUTHORITY);
  const programData = current.account(PROGRAM_DATA);
  const required = minimumBalance(programData.dataLength);
  if (programData.dataLength < programDataHeader + elfLength) {
    throw refusal(context, "ProgramData account not large enough", "AccountDataTooSmall");
  }
  if (programData.lamports + buffer.lamports < required) {
    throw refusal(context, "Buffer account balance too low to fund upgrade", "InsufficientFunds");
  }
  checkProgramData(context, programData);

  const elf = buffer.data.slice(bufferHeader);
  deployProgram(context, rules, current.keyOf(PROGRAM), elf);
  setLoaderState(programData, { kind: "programData", slot: context.host.block.number, authority: current.keyOf(AUTHORITY) });
  // The old ELF may have been longer.
  const bytes = new Uint8Array(programData.dataLength - programDataHeader);
  bytes.set(elf);
  programData.write(programDataHeader, bytes);
  const spill = current.account(SPILL);
  assertDistinct(programData, buffer, spill);
  addLamports(spill, programData.lamports + buffer.lamports - required);
  buffer.setLamports(0n);
  programData.setLamports(required);
  buffer.resize(bufferHeader);
  context.log(`Upgraded program ${pubkeyToBase58(current.keyOf(PROGRAM))}`);
}

function checkProgram(context: InvokeContext, program: BorrowedAccount): void {
  if (!program.isWritable) throw refusal(context, "Program account not writeable", "InvalidArgument");
  if (!isOwnedByLoader(context, program)) throw refusal(context, "Program account not owned by loader", "IncorrectProgramId");
  const state = loaderStateOf(program);
  if (state.kind !== "program") throw refusal(context, "Invalid Program account", "InvalidAccountData");
  if (!equalBytes(state.programData, context.current.keyOf(PROGRAM_DATA))) {
    throw refusal(context, "Program and ProgramData account mismatch", "InvalidArgument");
  }
}

function checkProgramData(context: InvokeContext, programData: BorrowedAccount): void {
  const state = loaderStateOf(programData);
  if (state.kind !== "programData") throw refusal(context, "Invalid ProgramData account", "InvalidAccountData");
  if (state.slot === context.host.block.number) {
    throw refusal(context, "Program was deployed in this block already", "InvalidArgument");
  }
  checkAuthority(context, {
    authority: state.authority,
    index: AUTHORITY,
    immutable: "Program not upgradeable",
    incorrect: "Incorrect upgrade authority provided",
    unsigned: "Upgrade authority did not sign",
  });
}
