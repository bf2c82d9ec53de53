/** DeployWithMaxDataLen: a buffer becomes a program. */
import {
  equalBytes,
  maxAccountDataLength,
  pubkeyToBase58,
  systemProgram,
  type AccountMeta,
  type Instruction,
  type Pubkey,
} from "@trireme/core";
import { sysvarIds } from "../../known-keys.ts";
import type { BorrowedAccount, InvokeContext } from "../../runtime/invoke-context.ts";
import { findProgramAddress } from "../../runtime/program-address.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { addLamports } from "../lamports.ts";
import { checkSysvar } from "../sysvar-check.ts";
import { deployProgram, type DeploymentRules } from "./deployment.ts";
import { assertDistinct, checkSourceBuffer, refusal } from "./loader-checks.ts";
import { bufferHeader, loaderStateOf, programDataHeader, programLength, setLoaderState } from "./loader-state.ts";

/** Places of the accounts. */
const PAYER = 0;
const PROGRAM_DATA = 1;
const PROGRAM = 2;
const BUFFER = 3;
const RENT = 4;
const CLOCK = 5;
const AUTHORITY = 7;

/** Runs the instruction; `maxLength` is the longest ELF that an upgrade may bring. */
export function deployWithMaxDataLen(context: InvokeContext, rules: DeploymentRules, maxLength: bigint): void {
  const { current } = context;
  current.checkAccountCount(4);
  checkSysvar(context, RENT, sysvarIds.rent);
  checkSysvar(context, CLOCK, sysvarIds.clock);
  current.checkAccountCount(8);
  checkNewProgram(context, current.account(PROGRAM));
  const programId = current.keyOf(PROGRAM);
  const buffer = current.account(BUFFER);
  const elfLength = checkSourceBuffer(context, buffer, AUTHORITY);
  if (maxLength < BigInt(elfLength)) throw refusal(context, "Max data length is too small to hold Buffer data", "AccountDataTooSmall");
  if (maxLength + BigInt(programDataHeader) > BigInt(maxAccountDataLength)) {
    throw refusal(context, "Max data length is too large", "InvalidArgument");
  }
  const { address: derived } = findProgramAddress([programId], current.program);
  if (!equalBytes(derived, current.keyOf(PROGRAM_DATA))) {
    throw refusal(context, "ProgramData address is not derived", "InvalidArgument");
  }

  // What the buffer holds helps to pay for the programdata.
  const payer = current.account(PAYER);
  assertDistinct(buffer, payer);
  addLamports(payer, buffer.lamports);
  buffer.setLamports(0n);
  const length = programDataHeader + Number(maxLength);
  context.invoke(createProgramData(context, derived, length), [derived]);

  const elf = current.account(BUFFER).data.slice(bufferHeader);
  deployProgram(context, rules, programId, elf);
  const programData = current.account(PROGRAM_DATA);
  setLoaderState(programData, { kind: "programData", slot: context.host.block.number, authority: current.keyOf(AUTHORITY) });
  programData.write(programDataHeader, elf);
  current.account(BUFFER).resize(bufferHeader);
  const program = current.account(PROGRAM);
  setLoaderState(program, { kind: "program", programData: derived });
  program.setExecutable(true);
  context.log(`Deployed program ${pubkeyToBase58(programId)}`);
}

function checkNewProgram(context: InvokeContext, program: BorrowedAccount): void {
  if (loaderStateOf(program).kind !== "uninitialized") {
    throw refusal(context, "Program account already initialized", "AccountAlreadyInitialized");
  }
  if (program.dataLength < programLength) throw refusal(context, "Program account too small", "AccountDataTooSmall");
  if (program.lamports < minimumBalance(program.dataLength)) {
    throw refusal(context, "Program account not rent-exempt", "ExecutableAccountNotRentExempt");
  }
}

/** CreateAccount of the System program. The buffer goes with it: its lamports are in the payer already. */
function createProgramData({ current }: InvokeContext, programData: Pubkey, length: number): Instruction {
  const data = new Uint8Array(52);
  const view = new DataView(data.buffer);
  view.setBigUint64(4, minimumBalance(length), true);
  view.setBigUint64(12, BigInt(length), true);
  data.set(current.program, 20);
  const accounts: readonly AccountMeta[] = [
    { pubkey: current.keyOf(PAYER), isSigner: true, isWritable: true },
    { pubkey: programData, isSigner: true, isWritable: true },
    { pubkey: current.keyOf(BUFFER), isSigner: false, isWritable: true },
  ];
  return { program: systemProgram, accounts, data };
}
