/** What a program may call, with which accounts: `prepare_next_instruction` of agave's `invoke_context.rs`. */
import { equalBytes, isTaggedPubkey, type Instruction, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import type { Execution, PreparedInstruction } from "./execution.ts";
import type { InstructionAccount } from "./instruction-frame.ts";
import { addressOf, base58Of, samePubkey } from "./pubkey-names.ts";

interface Wanted {
  readonly key: Pubkey;
  /** Place in the message. */
  readonly place: number;
  /** Place where the instruction names it first. */
  readonly first: number;
  isSigner: boolean;
  isWritable: boolean;
}

/** Checks the callee's accounts against the caller's. @throws InstructionFault `MissingAccount` | `PrivilegeEscalation` */
export function prepareInvocation(execution: Execution, instruction: Instruction, signers: readonly Pubkey[]): PreparedInstruction {
  const caller = execution.current;
  const { table } = execution;
  const wanted: Wanted[] = [];
  const wantedAt = new Map<number, number>();
  const places = instruction.accounts.map(({ pubkey, isSigner, isWritable }, index) => {
    const place = table.indexOf(pubkey);
    const known = wantedAt.get(place);
    if (known !== undefined) {
      const first = wanted[known] as Wanted;
      first.isSigner ||= isSigner;
      first.isWritable ||= isWritable;
      return known;
    }
    if (place < 0) {
      execution.log(`Instruction references an unknown account ${base58Of(pubkey)}`);
      throw new InstructionFault("MissingAccount");
    }
    wantedAt.set(place, wanted.length);
    wanted.push({ key: pubkey, place, first: index, isSigner, isWritable });
    return wanted.length - 1;
  });
  const inCaller = wanted.map((each) => {
    // An account that the transaction has and the caller has not is missing without a word.
    const held = caller.accounts[indexInCaller(execution, each.place)];
    if (held === undefined) throw new InstructionFault("MissingAccount");
    if (each.isWritable && !held.isWritable) throw escalation(execution, each.key, "writable");
    if (each.isSigner && !held.isSigner && !signs(each.key, signers)) throw escalation(execution, each.key, "signer");
    return held;
  });
  const program = indexInCaller(execution, table.indexOf(instruction.program));
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

/** Where the caller has the account at this place of the message; -1 where it has not. */
function indexInCaller({ current, table }: Execution, place: number): number {
  const account = table.loaded[place];
  return account === undefined ? -1 : current.indexOfAccount(account);
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
