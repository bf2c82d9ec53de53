/** The System program's own errors, as `Custom` numbers. */
import { InstructionFault } from "../../errors/instruction-error.ts";

const numbers = {
  AccountAlreadyInUse: 0,
  ResultWithNegativeLamports: 1,
  InvalidProgramId: 2,
  InvalidAccountDataLength: 3,
  MaxSeedLengthExceeded: 4,
  AddressWithSeedMismatch: 5,
  NonceNoRecentBlockhashes: 6,
  NonceBlockhashNotExpired: 7,
  NonceUnexpectedBlockhashValue: 8,
} as const;

/** The fault of a `SystemError`, to be thrown. */
export function systemError(name: keyof typeof numbers): InstructionFault {
  return new InstructionFault({ Custom: numbers[name] });
}
