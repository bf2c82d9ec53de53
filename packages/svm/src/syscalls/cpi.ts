/** `sol_invoke_signed_c` and `sol_invoke_signed_rust`: a call to another program of Solana's. */
import type { Instruction, Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import { instructionErrorText } from "../errors/instruction-error-text.ts";
import { programIds } from "../known-keys.ts";
import { leadsOut } from "../runtime/contract-call.ts";
import { deserializeParameters } from "../runtime/deserialize-parameters.ts";
import { bytesPerUnit } from "../runtime/limits.ts";
import { prepareInvocation } from "../runtime/prepare-invocation.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import { base58Of, samePubkey } from "../runtime/pubkey-names.ts";
import { ProgramFault } from "../sbpf/program-fault.ts";
import { giveToCaller, takeFromCaller, translateAccounts, type SharedAccount } from "./cpi-accounts.ts";
import { readInstruction, readSigners, type CallAbi } from "./cpi-instruction.ts";
import { answer, argument, consume, pointer, syscallFault, type SvmSyscall } from "./guest.ts";

const cost = 946;

/** `(instruction, infos, number of infos, signers' seeds, number of signers)`. An error of the callee ends the caller. */
export function invokeSyscall(abi: CallAbi): SvmSyscall {
  return (machine) => {
    try {
      invoke(machine, abi);
    } catch (error) {
      if (!(error instanceof InstructionFault)) throw error;
      throw new ProgramFault({ kind: "instruction", error: error.error, message: instructionErrorText(error.error) });
    }
    answer(machine, 0);
  };
}

function invoke(machine: ProgramMachine, abi: CallAbi): void {
  const { execution, frame } = machine;
  consume(machine, cost);
  const instruction = readInstruction(machine, pointer(machine, 1), abi);
  const signers = readSigners(machine, pointer(machine, 4), argument(machine, 5), frame.program);
  assertCallable(instruction);
  const callee = prepareInvocation(execution, instruction, signers);
  const shared = translateAccounts(machine, callee, pointer(machine, 2), argument(machine, 3), abi);
  for (const account of shared) takeFromCaller(machine, account);
  const isWayOut = leadsOut(callee.programAccount);
  if (isWayOut) takeOthers(machine, shared);
  execution.process(callee);
  for (const account of shared) {
    if (!account.isWritable) continue;
    // Rule 13: what comes back from another VM is read anew, and paid for.
    if (isWayOut) consume(machine, Math.floor(account.held.account.dataLength / bytesPerUnit));
    giveToCaller(machine, account);
  }
}

/** Rule 6: other VMs see all that the caller has done, in accounts that it does not pass on as well. What is compared is paid for. */
function takeOthers(machine: ProgramMachine, shared: readonly SharedAccount[]): void {
  const { execution, frame, memory, serialized, isAligned } = machine;
  const known = new Set(shared.map(({ held }) => held.account));
  for (const { account, isWritable } of frame.accounts) {
    if (known.has(account)) continue;
    if (isWritable) consume(machine, Math.floor(account.dataLength / bytesPerUnit));
    else known.add(account);
  }
  deserializeParameters(frame, memory, serialized, isAligned, execution.growth, known);
}

/** Loaders cannot be called, but for what the upgradeable one does with programs that are there already; nor can precompiles. */
function assertCallable({ program, data }: Instruction): void {
  const isManagement = samePubkey(programIds.loaderV3, program) && !managed.has(data[0] ?? -1);
  if (isManagement || closed.some((id) => samePubkey(id, program))) {
    throw syscallFault("ProgramNotSupported", `Program ${base58Of(program)} not supported by inner instructions`);
  }
}

/** Upgrade, SetAuthority, Close, SetAuthorityChecked: the first byte of the instruction. */
const managed: ReadonlySet<number> = new Set([3, 4, 5, 7]);

/** Nobody calls these from a program. */
const closed: readonly Pubkey[] = [
  programIds.nativeLoader,
  programIds.loaderV1,
  programIds.loaderV2,
  programIds.ed25519,
  programIds.secp256k1,
  programIds.secp256r1,
];
