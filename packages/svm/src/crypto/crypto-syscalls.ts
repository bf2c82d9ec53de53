/** Syscalls of curves, pairings and algebraic hashes that mainnet-beta has. */
import type { SvmSyscall } from "../syscalls/guest.ts";
import { altBn128Compression, altBn128GroupOperation } from "./alt-bn128-syscalls.ts";
import { decompress, groupOperation, multiscalarMultiply, pairingMap, validatePoint } from "./curve-syscalls.ts";
import { poseidonSyscall } from "./poseidon-syscall.ts";
import { secp256k1Recover } from "./secp256k1-recover-syscall.ts";

/** Syscalls by name. */
export const cryptoSyscalls: Readonly<Record<string, SvmSyscall>> = {
  sol_secp256k1_recover: secp256k1Recover,
  sol_curve_validate_point: validatePoint,
  sol_curve_group_op: groupOperation,
  sol_curve_multiscalar_mul: multiscalarMultiply,
  sol_curve_decompress: decompress,
  sol_curve_pairing_map: pairingMap,
  sol_alt_bn128_group_op: altBn128GroupOperation,
  sol_alt_bn128_compression: altBn128Compression,
  sol_poseidon: poseidonSyscall,
};
