/** What a program's r0 means: `ProgramError` of solana-sdk. */
import type { InstructionError, InstructionErrorName } from "../errors/instruction-error.ts";

/** Errors by the number in the high half of r0, from 2 on; 1 is Custom(0). */
const builtin: readonly InstructionErrorName[] = [
  "InvalidArgument",
  "InvalidInstructionData",
  "InvalidAccountData",
  "AccountDataTooSmall",
  "InsufficientFunds",
  "IncorrectProgramId",
  "MissingRequiredSignature",
  "AccountAlreadyInitialized",
  "UninitializedAccount",
  "NotEnoughAccountKeys",
  "AccountBorrowFailed",
  "MaxSeedLengthExceeded",
  "InvalidSeeds",
  "BorshIoError",
  "AccountNotRentExempt",
  "UnsupportedSysvar",
  "IllegalOwner",
  "MaxAccountsDataAllocationsExceeded",
  "InvalidRealloc",
  "MaxInstructionTraceLengthExceeded",
  "BuiltinProgramsMustConsumeComputeUnits",
  "InvalidAccountOwner",
  "ArithmeticOverflow",
  "Immutable",
  "IncorrectAuthority",
];

/** The error of an `exit` with r0 = `high:low`; undefined for 0, which is success. */
export function errorOfProgram(low: number, high: number): InstructionError | undefined {
  if (high === 0) return low === 0 ? undefined : { Custom: low };
  if (low !== 0) return "InvalidError";
  if (high === 1) return { Custom: 0 };
  return builtin[high - 2] ?? "InvalidError";
}
