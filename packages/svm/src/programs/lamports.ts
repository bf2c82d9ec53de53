/** Lamports of accounts, within u64. */
import { InstructionFault } from "../errors/instruction-error.ts";
import type { BorrowedAccount } from "../runtime/invoke-context.ts";

const MAX_U64 = (1n << 64n) - 1n;

/** Adds to an account. @throws InstructionFault `ArithmeticOverflow`, and what `setLamports` throws. */
export function addLamports(account: BorrowedAccount, lamports: bigint): void {
  const sum = account.lamports + lamports;
  if (sum > MAX_U64) throw new InstructionFault("ArithmeticOverflow");
  account.setLamports(sum);
}

/** Takes from an account. @throws InstructionFault `ArithmeticOverflow`, and what `setLamports` throws. */
export function subtractLamports(account: BorrowedAccount, lamports: bigint): void {
  const rest = account.lamports - lamports;
  if (rest < 0n) throw new InstructionFault("ArithmeticOverflow");
  account.setLamports(rest);
}
