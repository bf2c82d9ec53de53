/** The clock sysvar: slot = block number, time = the block's. */
import { epochOf } from "./epoch-schedule.ts";
import { readEpochStart, type SysvarHost } from "./slot-record.ts";

/** The clock's account data and the struct that `sol_get_clock_sysvar` writes: both 40 bytes, the same. */
export function encodeClock(host: SysvarHost): Uint8Array {
  const { number, timestamp } = host.block;
  const epoch = epochOf(number);
  const bytes = new Uint8Array(40);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, number, true);
  view.setBigInt64(8, readEpochStart(host), true);
  view.setBigUint64(16, epoch, true);
  // The leader schedule is known one epoch ahead.
  view.setBigUint64(24, epoch + 1n, true);
  view.setBigInt64(32, timestamp, true);
  return bytes;
}
