/** The price of a program's data: it rises with the bytes that were activated lately (nitro, arbos/programs/data_pricer.go). */

/** The pricer's state; u32 each, but for the time. */
export interface DataPricer {
  /** Bytes activated, less what time has taken off. */
  readonly demand: number;
  /** Bytes that each second takes off. */
  readonly bytesPerSecond: number;
  /** Unix seconds. */
  readonly lastUpdateTime: number;
  /** Wei per byte without demand. */
  readonly minPrice: number;
  /** Bytes of demand that raise the price by the factor e. */
  readonly inertia: number;
}

/** A chain's first state: 2^40 bytes in a year of 8760 hours. */
export const initialDataPricer: DataPricer = {
  demand: 0,
  bytesPerSecond: Math.floor(Math.floor(2 ** 40 / (365 * 24)) / 3600),
  lastUpdateTime: 1_421_388_000,
  minPrice: 82_928_201,
  inertia: 21_360_419,
};

const maxU32 = 0xffff_ffff;
const maxU64 = 2n ** 64n - 1n;
const maxI64 = 2n ** 63n - 1n;
const bips = 10_000n;
/** Terms of the series for e^x. */
const terms = 12n;

/** The fee in wei for `bytes` more at `time` (Unix seconds), and the state afterwards. */
export function priceData(pricer: DataPricer, bytes: number, time: number): { readonly fee: bigint; readonly pricer: DataPricer } {
  const { demand, bytesPerSecond, lastUpdateTime, minPrice, inertia } = pricer;
  // In nitro the difference of times is unsigned: a time before the last one is a very long time.
  const elapsed = time < lastUpdateTime ? maxU32 : Math.min(maxU32, time - lastUpdateTime);
  const credit = Math.min(maxU32, bytesPerSecond * elapsed);
  const demandAfter = Math.min(maxU32, Math.max(0, demand - credit) + bytes);
  const exponent = (bips * BigInt(demandAfter)) / BigInt(inertia);
  const perByte = saturate(BigInt(minPrice) * expBips(exponent)) / bips;
  return { fee: saturate(perByte * BigInt(bytes)), pricer: { ...pricer, demand: demandAfter, lastUpdateTime: time } };
}

/** e^x in units of 1/10,000, x too: Maclaurin's series, each product capped at 64 bits. */
function expBips(x: bigint): bigint {
  let result = bips + x / terms;
  for (let i = terms - 1n; i > 0n; i--) result = bips + saturate(result * x) / (i * bips);
  return result > maxI64 ? maxI64 : result;
}

function saturate(value: bigint): bigint {
  return value > maxU64 ? maxU64 : value;
}
