/** Moving lamports. */
import { equalBytes, pubkeyToBase58 } from "@trireme/core";
import { InstructionFault } from "../../errors/instruction-error.ts";
import type { InvokeContext } from "../../runtime/invoke-context.ts";
import { addLamports, subtractLamports } from "../lamports.ts";
import { createWithSeed, type SeedDerivation } from "./seed-address.ts";
import { systemError } from "./system-error.ts";

/** From one account of the instruction, which has to sign, to another. */
export function transfer(context: InvokeContext, from: number, to: number, lamports: bigint): void {
  const { current } = context;
  if (!current.isSigner(from)) {
    context.log(`Transfer: \`from\` account ${pubkeyToBase58(current.keyOf(from))} must sign`);
    throw new InstructionFault("MissingRequiredSignature");
  }
  move(context, from, to, lamports);
}

/** From account 0, derived from account 1, which has to sign, to account 2. */
export function transferWithSeed(context: InvokeContext, lamports: bigint, { seed, owner }: Omit<SeedDerivation, "base">): void {
  const { current } = context;
  current.checkAccountCount(3);
  const base = current.keyOf(1);
  if (!current.isSigner(1)) {
    context.log(`Transfer: 'from' account ${pubkeyToBase58(base)} must sign`);
    throw new InstructionFault("MissingRequiredSignature");
  }
  const derived = createWithSeed({ base, seed, owner });
  const from = current.keyOf(0);
  if (!equalBytes(from, derived)) {
    context.log(`Transfer: 'from' address ${pubkeyToBase58(from)} does not match derived address ${pubkeyToBase58(derived)}`);
    throw systemError("AddressWithSeedMismatch");
  }
  move(context, 0, 2, lamports);
}

function move(context: InvokeContext, fromIndex: number, toIndex: number, lamports: bigint): void {
  const from = context.current.account(fromIndex);
  if (from.dataLength > 0) {
    context.log("Transfer: `from` must not carry data");
    throw new InstructionFault("InvalidArgument");
  }
  if (lamports > from.lamports) {
    context.log(`Transfer: insufficient lamports ${from.lamports}, need ${lamports}`);
    throw systemError("ResultWithNegativeLamports");
  }
  subtractLamports(from, lamports);
  addLamports(context.current.account(toIndex), lamports);
}
