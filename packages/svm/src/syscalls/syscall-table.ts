/** The syscalls that programs may call: what mainnet-beta has in August 2026. */
import { murmur3 } from "../sbpf/murmur3.ts";
import type { SyscallTable } from "../sbpf/engine.ts";
import type { ProgramMachine } from "../runtime/program-machine.ts";
import { invokeSyscall } from "./cpi.ts";
import type { SvmSyscall } from "./guest.ts";
import { blake3Syscall, keccak256Syscall, sha256Syscall } from "./hash.ts";
import { abort, log, log64, logComputeUnits, logData, logPubkey, panic } from "./log.ts";
import { allocFree, memoryCompare, memoryCopy, memoryMove, memorySet } from "./memory.ts";
import { createAddress, tryFindAddress } from "./program-address.ts";
import { getProcessedSibling, getReturnData, getStackHeight, setReturnData } from "./return-data.ts";
import { getClock, getEpochRewards, getEpochSchedule, getEpochStake, getLastRestartSlot, getRent, getSysvar } from "./sysvars.ts";

/** Syscalls by name. Curves, pairings and the like stand in `../crypto`. */
export const runtimeSyscalls: Readonly<Record<string, SvmSyscall>> = {
  abort,
  sol_panic_: panic,
  sol_log_: log,
  sol_log_64_: log64,
  sol_log_pubkey: logPubkey,
  sol_log_compute_units_: logComputeUnits,
  sol_log_data: logData,
  sol_create_program_address: createAddress,
  sol_try_find_program_address: tryFindAddress,
  sol_sha256: sha256Syscall,
  sol_keccak256: keccak256Syscall,
  sol_get_clock_sysvar: getClock,
  sol_get_epoch_schedule_sysvar: getEpochSchedule,
  sol_get_rent_sysvar: getRent,
  sol_get_last_restart_slot: getLastRestartSlot,
  sol_get_epoch_rewards_sysvar: getEpochRewards,
  sol_get_sysvar: getSysvar,
  sol_memcpy_: memoryCopy,
  sol_memmove_: memoryMove,
  sol_memset_: memorySet,
  sol_memcmp_: memoryCompare,
  sol_get_processed_sibling_instruction: getProcessedSibling,
  sol_get_stack_height: getStackHeight,
  sol_set_return_data: setReturnData,
  sol_get_return_data: getReturnData,
  sol_invoke_signed_c: invokeSyscall("c"),
  sol_invoke_signed_rust: invokeSyscall("rust"),
  sol_alloc_free_: allocFree,
  sol_get_epoch_stake: getEpochStake,
};

/** A syscall that no program can call yet. */
export interface InactiveSyscall {
  /** The feature that would bring it. */
  readonly feature: string;
  /** Where it is written already. */
  readonly syscall?: SvmSyscall;
}

/** What mainnet does not have yet: a deployment that names one of these is refused, as there. */
export const inactiveSyscalls: Readonly<Record<string, InactiveSyscall>> = {
  sol_blake3: { feature: "blake3_syscall_enabled", syscall: blake3Syscall },
  sol_sha512: { feature: "enable_sha512_syscall" },
  sol_big_mod_exp: { feature: "enable_big_mod_exp_syscall" },
  sol_remaining_compute_units: { feature: "remaining_compute_units_syscall_enabled" },
};

/** The table that engines take: names become hashes. */
export function createSyscallTable(...parts: readonly Readonly<Record<string, SvmSyscall>>[]): SyscallTable<ProgramMachine> {
  return new Map(parts.flatMap((part) => Object.entries(part).map(([name, syscall]) => [murmur3(name), syscall] as const)));
}
