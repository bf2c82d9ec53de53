/** Between ink and gas at a chain's ink price. Both are whole numbers below 2^53, or `Infinity` for what saturated. */

/** The least ink that no frame can have: beyond it a number is not exact. */
export const inkLimit = 2 ** 53;

/** Ink for gas. At 2^53 or more, which no frame can pay, it saturates to `Infinity`. */
export function inkFromGas(gas: number, inkPrice: number): number {
  const ink = gas * inkPrice;
  return ink < inkLimit ? ink : Infinity;
}

/** Gas that ink is worth, rounded down: ink below one gas is lost. */
export function gasFromInk(ink: number, inkPrice: number): number {
  return Math.floor(ink / inkPrice);
}

/** Gas that a frame can use: all of it, but no more than keeps its ink below 2^53. */
export function frameGas(gas: bigint, inkPrice: number): number {
  const most = Math.floor((inkLimit - 1) / inkPrice);
  return gas > BigInt(most) ? most : Number(gas);
}
