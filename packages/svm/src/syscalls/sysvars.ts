/** Sysvars that a program reads without naming their accounts, and the stake of an epoch, which nobody has. */
import type { Host } from "@trireme/core";
import { bytesPerUnit, memoryBaseCost, syscallBaseCost } from "../runtime/limits.ts";
import { encodeClock } from "../sysvars/clock.ts";
import { epochScheduleStruct } from "../sysvars/epoch-schedule.ts";
import { rentStruct } from "../sysvars/rent.ts";
import { epochRewardsStruct, readableSysvar } from "../sysvars/sysvar-account.ts";
import {
  answer,
  argument,
  consume,
  instructionFault,
  pointer,
  readPubkey,
  refuseInput,
  translateSlice,
  translateValue,
  type SvmSyscall,
} from "./guest.ts";

const twoTo64 = 2 ** 64;

/** `sol_get_*_sysvar(result)`: the struct as it lies in memory. */
function getter(size: number, encode: (host: Host) => Uint8Array, alignment = 8): SvmSyscall {
  return (machine) => {
    consume(machine, syscallBaseCost + size);
    const at = pointer(machine, 1);
    refuseInput(at);
    const offset = translateValue(machine, at, size, alignment, "store");
    machine.memory.bytes.set(encode(machine.execution.host), offset);
    answer(machine, 0);
  };
}

export const getClock: SvmSyscall = getter(40, encodeClock);
export const getEpochSchedule: SvmSyscall = getter(40, epochScheduleStruct);
export const getRent: SvmSyscall = getter(24, rentStruct);
export const getLastRestartSlot: SvmSyscall = getter(8, () => new Uint8Array(8));
export const getEpochRewards: SvmSyscall = getter(96, epochRewardsStruct, 16);

/** `sol_get_sysvar(id, result, offset, length)` (SIMD-0127): 1 past the end, 2 for what the cache does not hold. */
export const getSysvar: SvmSyscall = (machine) => {
  const [offset, length] = [argument(machine, 3), argument(machine, 4)];
  consume(machine, syscallBaseCost + Math.max(memoryBaseCost, Math.floor(length / bytesPerUnit)));
  const at = pointer(machine, 2);
  refuseInput(at);
  const result = translateSlice(machine, at, length, "store");
  const key = readPubkey(machine, pointer(machine, 1));
  if (offset + length >= twoTo64) throw instructionFault("ArithmeticOverflow");
  const data = readableSysvar(key, machine.execution.host);
  if (data === undefined) answer(machine, 2);
  else if (offset + length > data.length) answer(machine, 1);
  else {
    machine.memory.bytes.set(data.subarray(offset, offset + length), result.offset);
    answer(machine, 0);
  }
};

/** `sol_get_epoch_stake(vote account or null)`: nothing is staked. */
export const getEpochStake: SvmSyscall = (machine) => {
  const at = pointer(machine, 1);
  if (at.low === 0 && at.high === 0) {
    consume(machine, syscallBaseCost);
  } else {
    consume(machine, syscallBaseCost + memoryBaseCost);
    readPubkey(machine, at);
  }
  answer(machine, 0);
};
