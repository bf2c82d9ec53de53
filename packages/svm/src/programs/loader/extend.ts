/** ExtendProgram: room for a longer ELF. */
import { equalBytes, maxAccountDataLength, systemProgram, type Instruction, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../../errors/instruction-error.ts";
import type { BorrowedAccount, InvokeContext } from "../../runtime/invoke-context.ts";
import { minimumBalance } from "../../sysvars/rent.ts";
import { deployProgram, type DeploymentRules } from "./deployment.ts";
import { assertDistinct, isOwnedByLoader, refusal } from "./loader-checks.ts";
import { loaderStateOf, programDataHeader, setLoaderState } from "./loader-state.ts";

/** Places of the accounts; the System program and the payer are there only if lamports are missing. */
const PROGRAM_DATA = 0;
const PROGRAM = 1;
const PAYER = 3;
/** SIMD-0431. */
const LEAST_BYTES = 10_240;

/** Runs the instruction. */
export function extendProgram(context: InvokeContext, rules: DeploymentRules, additional: number): void {
  const { current, host } = context;
  if (additional === 0) throw refusal(context, "Additional bytes must be greater than 0", "InvalidInstructionData");
  const programData = current.account(PROGRAM_DATA);
  if (!isOwnedByLoader(context, programData)) throw refusal(context, "ProgramData owner is invalid", "InvalidAccountOwner");
  if (!programData.isWritable) throw refusal(context, "ProgramData is not writable", "InvalidArgument");
  checkProgram(context, programData, current.account(PROGRAM));
  const length = programData.dataLength + additional;
  checkLength(context, programData.dataLength, additional);
  const state = loaderStateOf(programData);
  if (state.kind !== "programData") throw refusal(context, "ProgramData state is invalid", "InvalidAccountData");
  if (state.slot === host.block.number) throw refusal(context, "Program was extended in this block already", "InvalidArgument");
  const { authority } = state;
  if (authority === undefined) {
    throw refusal(context, "Cannot extend ProgramData accounts that are not upgradeable", "Immutable");
  }
  const missing = minimumBalance(length) - programData.lamports;
  if (missing > 0n) {
    if (current.accountCount <= PAYER) throw new InstructionFault("MissingAccount");
    context.invoke(transferOf(current.keyOf(PAYER), programData.key, missing), []);
  }
  const extended = current.account(PROGRAM_DATA);
  extended.resize(length);
  deployProgram(context, rules, current.keyOf(PROGRAM), extended.data.subarray(programDataHeader));
  setLoaderState(extended, { kind: "programData", slot: host.block.number, authority });
  context.log(`Extended ProgramData account by ${additional} bytes`);
}

function checkProgram(context: InvokeContext, programData: BorrowedAccount, program: BorrowedAccount): void {
  assertDistinct(programData, program);
  if (!program.isWritable) throw refusal(context, "Program account is not writable", "InvalidArgument");
  if (!isOwnedByLoader(context, program)) throw refusal(context, "Program account not owned by loader", "InvalidAccountOwner");
  const state = loaderStateOf(program);
  if (state.kind !== "program") throw refusal(context, "Invalid Program account", "InvalidAccountData");
  if (!equalBytes(state.programData, programData.key)) {
    throw refusal(context, "Program account does not match ProgramData account", "InvalidArgument");
  }
}

function checkLength(context: InvokeContext, previous: number, additional: number): void {
  const length = previous + additional;
  if (length > maxAccountDataLength) {
    const line = `Extended ProgramData length of ${length} bytes exceeds max account data length of ${maxAccountDataLength} bytes`;
    throw refusal(context, line, "InvalidRealloc");
  }
  if (additional < LEAST_BYTES && additional !== maxAccountDataLength - previous) {
    const line = `ExtendProgram requires a minimum of ${LEAST_BYTES} additional bytes or to extend to maximum size, but only ${additional} were requested`;
    throw refusal(context, line, "InvalidArgument");
  }
}

function transferOf(payer: Pubkey, programData: Pubkey, lamports: bigint): Instruction {
  const data = new Uint8Array(12);
  data[0] = 2;
  new DataView(data.buffer).setBigUint64(4, lamports, true);
  const accounts = [
    { pubkey: payer, isSigner: true, isWritable: true },
    { pubkey: programData, isSigner: false, isWritable: true },
  ];
  return { program: systemProgram, accounts, data };
}
