/** What every instruction that changes code does: verify it by the rules of a deployment, and note it in the index. */
import { toAddress, type Pubkey } from "@trireme/core";
import type { InvokeContext } from "../../runtime/invoke-context.ts";
import { loadProgram } from "../../sbpf/load-program.ts";
import { programHash, writeIndexedProgram } from "../program-index.ts";
import { refusal } from "./loader-checks.ts";

/** Hashes of the syscalls that a program may call. */
export interface DeploymentRules {
  readonly syscalls: { has(hash: number): boolean };
}

/** `sol_alloc_free_`: old programs have it, new ones may not. */
const allocFree = 0x83f00e8f;

/**
 * Makes `elf` what runs under an id from the next slot on. Verification only: translation is off the path of a
 * deployment (rule 26).
 * @throws InstructionFault `InvalidAccountData`, the reason in the log.
 */
export function deployProgram(context: InvokeContext, rules: DeploymentRules, program: Pubkey, elf: Uint8Array): void {
  const syscalls = { has: (hash: number) => hash !== allocFree && rules.syscalls.has(hash) };
  const result = loadProgram(elf, { syscalls, rejectBroken: true });
  if (result.kind === "invalid") throw refusal(context, result.error.message, "InvalidAccountData");
  writeIndexedProgram(context.host, toAddress(program), programHash(elf));
}
