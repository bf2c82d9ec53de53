/** The rent sysvar: what an account must hold to stay. Figures of mainnet after SIMD-0194. */

/** Lamports per byte, the overhead of an account included. */
const LAMPORTS_PER_BYTE = 6960;
/** Bytes that every account counts beside its data. */
const ACCOUNT_OVERHEAD = 128;
const EXEMPTION_THRESHOLD = 1;
const BURN_PERCENT = 50;

/** Lamports that keep an account of `dataLength` bytes of data. */
export function minimumBalance(dataLength: number): bigint {
  return BigInt((ACCOUNT_OVERHEAD + dataLength) * LAMPORTS_PER_BYTE);
}

/** The sysvar's account data, 17 bytes. */
export function encodeRent(): Uint8Array {
  return rentStruct().slice(0, 17);
}

/** The struct that `sol_get_rent_sysvar` writes: the account data, padded to 24 bytes. */
export function rentStruct(): Uint8Array {
  const bytes = new Uint8Array(24);
  const view = new DataView(bytes.buffer);
  view.setBigUint64(0, BigInt(LAMPORTS_PER_BYTE), true);
  view.setFloat64(8, EXEMPTION_THRESHOLD, true);
  bytes[16] = BURN_PERCENT;
  return bytes;
}
