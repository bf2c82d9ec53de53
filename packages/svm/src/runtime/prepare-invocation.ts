/** What a program may call, with which accounts: `prepare_next_instruction` of agave's `invoke_context.rs`. */
import { equalBytes, isTaggedPubkey, type Instruction, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { Execution, PreparedInstruction } from "./execution.ts";
import type { InstructionAccount, InstructionFrame } from "./instruction-frame.ts";
import { addressOf, base58Of, samePubkey } from "./pubkey-names.ts";

interface Wanted {
  readonly key: Pubkey;
  /** Place where the instruction names it first. */
  readonly first: number;
  isSigner: boolean;
  isWritable: boolean;
}

/** Checks the callee's accounts against the caller's. @throws InstructionFault `MissingAccount` | `PrivilegeEscalation` */
export function prepareInvocation(execution: Execution, instruction: Instruction, signers: readonly Pubkey[]): PreparedInstruction {
  const caller = execution.current;
  const wanted: Wanted[] = [];
  const places = instruction.accounts.map(({ pubkey, isSigner, isWritable }, index) => {
    const known = wanted.findIndex(({ key }) => samePubkey(key, pubkey));
    if (known >= 0) {
      const first = wanted[known] as Wanted;
      first.isSigner ||= isSigner;
      first.isWritable ||= isWritable;
      return known;
    }
    if (execution.table.indexOf(pubkey) < 0) {
      execution.log(`Instruction references an unknown account ${base58Of(pubkey)}`);
      throw new InstructionFault("MissingAccount");
    }
    wanted.push({ key: pubkey, first: index, isSigner, isWritable });
    return wanted.length - 1;
  });
  const inCaller = wanted.map((each) => {
    // An account that the transaction has and the caller has not is missing without a word.
    const held = caller.accounts[indexInCaller(caller, each.key)];
    if (held === undefined) throw new InstructionFault("MissingAccount");
    if (each.isWritable && !held.isWritable) throw escalation(execution, each.key, "writable");
    if (each.isSigner && !held.isSigner && !signs(each.key, signers)) throw escalation(execution, each.key, "signer");
    return held;
  });
  const program = indexInCaller(caller, instruction.program);
  if (program < 0) {
    execution.log(`Unknown program ${base58Of(instruction.program)}`);
    throw new InstructionFault("MissingAccount");
  }
  return {
    programAccount: (caller.accounts[program] as InstructionAccount).account,
    accounts: places.map((place) => {
      const { first, isSigner, isWritable } = wanted[place] as Wanted;
      return { account: (inCaller[place] as InstructionAccount).account, first, isSigner, isWritable };
    }),
    data: instruction.data,
  };
}

function indexInCaller(caller: InstructionFrame, key: Pubkey): number {
  return caller.accounts.findIndex(({ account }) => samePubkey(account.key, key));
}

/** Rule 2: who signs for an untagged pubkey signs for the tagged name of its address. */
function signs(key: Pubkey, signers: readonly Pubkey[]): boolean {
  if (signers.some((signer) => samePubkey(signer, key))) return true;
  return isTaggedPubkey(key) && signers.some((signer) => equalBytes(addressOf(signer), addressOf(key)));
}

function escalation(execution: Execution, key: Pubkey, what: "writable" | "signer"): InstructionFault {
  execution.log(`${base58Of(key)}'s ${what} privilege escalated`);
  return new InstructionFault("PrivilegeEscalation");
}
