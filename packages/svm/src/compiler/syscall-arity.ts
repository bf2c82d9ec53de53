/** How many of r1 to r5 a syscall reads: what it does not read need not be kept for it. */
import { murmur3 } from "../sbpf/murmur3.ts";

const arities: Readonly<Record<string, number>> = {
  abort: 0,
  sol_panic_: 5,
  sol_log_: 2,
  sol_log_64_: 5,
  sol_log_pubkey: 1,
  sol_log_compute_units_: 0,
  sol_log_data: 2,
  sol_sha256: 3,
  sol_keccak256: 3,
  sol_blake3: 3,
  sol_memcpy_: 3,
  sol_memmove_: 3,
  sol_memset_: 3,
  sol_memcmp_: 4,
  sol_set_return_data: 2,
  sol_get_return_data: 3,
  sol_get_stack_height: 0,
  sol_get_clock_sysvar: 1,
  sol_get_rent_sysvar: 1,
  sol_get_epoch_schedule_sysvar: 1,
  sol_alloc_free_: 2,
  sol_get_last_restart_slot: 1,
  sol_get_epoch_rewards_sysvar: 1,
  sol_get_epoch_stake: 1,
  sol_get_sysvar: 4,
  sol_create_program_address: 4,
  sol_try_find_program_address: 5,
  sol_secp256k1_recover: 4,
  sol_curve_validate_point: 3,
};

const arityByHash = new Map(Object.entries(arities).map(([name, arity]) => [murmur3(name), arity]));

/** Registers that the syscall with this hash reads, from r1 on; all five unless it is known to take fewer. */
export function syscallArity(hash: number): number {
  return arityByHash.get(hash) ?? 5;
}
