/** Sysvars that a native instruction names among its accounts: only the key counts, the value is the block's. */
import { equalBytes, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { InvokeContext } from "../runtime/invoke-context.ts";

/** Checks that an account of the instruction is a certain sysvar. @throws InstructionFault `MissingAccount` | `InvalidArgument` */
export function checkSysvar({ current }: InvokeContext, index: number, id: Pubkey): void {
  if (index >= current.accountCount) throw new InstructionFault("MissingAccount");
  if (!equalBytes(current.keyOf(index), id)) throw new InstructionFault("InvalidArgument");
}
