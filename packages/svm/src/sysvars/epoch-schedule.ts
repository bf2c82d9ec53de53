/** The epoch schedule: epochs of mainnet's length from block 0 on, without a warm-up. */

/** Slots of an epoch. */
export const slotsPerEpoch = 432_000n;

/** The epoch that a slot lies in. */
export function epochOf(slot: bigint): bigint {
  return slot / slotsPerEpoch;
}

/** The sysvar's account data, 33 bytes. */
export function encodeEpochSchedule(): Uint8Array {
  const bytes = new Uint8Array(33);
  writeLengths(bytes);
  return bytes;
}

/** The struct that `sol_get_epoch_schedule_sysvar` writes: the same fields, the flag padded to 8 bytes. */
export function epochScheduleStruct(): Uint8Array {
  const bytes = new Uint8Array(40);
  writeLengths(bytes);
  return bytes;
}

/** Slots per epoch and the leader schedule's lead; warm-up flag, first normal epoch and slot stay 0. */
function writeLengths(bytes: Uint8Array): void {
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, slotsPerEpoch, true);
  view.setBigUint64(8, slotsPerEpoch, true);
}
