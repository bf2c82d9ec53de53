/** What reading and writing a slot costs in Ethereum's gas since London: EIP-2200, EIP-2929 and EIP-3529. */
export const storageGas = {
  warmRead: 100n,
  coldRead: 2_100n,
  set: 20_000n,
  reset: 2_900n,
  clearRefund: 4_800n,
  /** A write is refused where no more than this is left: a call's stipend. */
  stipend: 2_300n,
} as const;

/** Gas of a write to a warm slot, from what stood there before the transaction and what stands there now. */
export function slotWriteGas(original: bigint, current: bigint, value: bigint): bigint {
  if (value === current || original !== current) return storageGas.warmRead;
  return original === 0n ? storageGas.set : storageGas.reset;
}

/** What a write adds to the refund counter; negative where an earlier clearing is undone. */
export function slotWriteRefund(original: bigint, current: bigint, value: bigint): bigint {
  if (value === current) return 0n;
  let refund = 0n;
  if (original !== 0n && current === 0n) refund -= storageGas.clearRefund;
  if (original !== 0n && value === 0n) refund += storageGas.clearRefund;
  // Back to where it was: what the first change cost beyond a warm access comes back.
  if (value === original) refund += (original === 0n ? storageGas.set : storageGas.reset) - storageGas.warmRead;
  return refund;
}
