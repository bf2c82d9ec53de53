/** StableSwap by another way than the engine's: exact inequalities in bigint, solved by bisection. */

/** What the engine calls a market. */
export interface MarketNumbers {
  readonly reserveIn: bigint;
  readonly reserveOut: bigint;
  readonly scaleIn: bigint;
  readonly scaleOut: bigint;
  readonly amplification: bigint;
  /** 10^-10 */
  readonly fee: bigint;
}

/** A price, or the name of the error. */
export type ModelAnswer = bigint | "BadMarket" | "OutOfBalance";

/** True when D of the reserves is at least `d`: w (x + y) + d <= w d + d^3 / (4 x y) turned round, times 4 x y. */
export function reachesInvariant(x: bigint, y: bigint, w: bigint, d: bigint): boolean {
  return d ** 3n + 4n * x * y * (w - 1n) * d <= 4n * x * y * w * (x + y);
}

/** D of a market's reserves, rounded up. */
export function modelInvariant(market: MarketNumbers): ModelAnswer {
  if (!isSound(market)) return "BadMarket";
  const [x, y, w] = scaled(market);
  return isBalanced(x, y) ? invariantOf(x, y, w) : "OutOfBalance";
}

/** What `amount` buys. */
export function modelQuote(market: MarketNumbers, amount: bigint): ModelAnswer {
  if (!isSound(market)) return "BadMarket";
  const [before, reserve, w] = scaled(market);
  const d = invariantOf(before, reserve, w);
  const x = before + amount * market.scaleIn;
  const rest = smallest(reserve, (y) => y > 0n && reachesInvariant(x, y, w, d));
  if (!isBalanced(x, rest)) return "OutOfBalance";
  const bought = reserve - rest;
  const fee = (bought * market.fee + 10n ** 10n - 1n) / 10n ** 10n;
  return (bought - fee) / market.scaleOut;
}

/** The reserves after a sale, the sold token's first. */
export function afterSale(market: MarketNumbers, amountIn: bigint, amountOut: bigint): MarketNumbers {
  return { ...market, reserveIn: market.reserveIn + amountIn, reserveOut: market.reserveOut - amountOut };
}

/** The same market seen from the other token. */
export function reversed({ reserveIn, reserveOut, scaleIn, scaleOut, ...rest }: MarketNumbers): MarketNumbers {
  return { reserveIn: reserveOut, reserveOut: reserveIn, scaleIn: scaleOut, scaleOut: scaleIn, ...rest };
}

/** Reserves in one unit, and w = 2 A. */
export function scaled({ reserveIn, reserveOut, scaleIn, scaleOut, amplification }: MarketNumbers): readonly [bigint, bigint, bigint] {
  return [reserveIn * scaleIn, reserveOut * scaleOut, 2n * amplification];
}

function invariantOf(x: bigint, y: bigint, w: bigint): bigint {
  // The largest D that the reserves reach, and one more where it is not theirs exactly.
  const above = smallest(x + y + 1n, (d) => !reachesInvariant(x, y, w, d));
  const floor = above - 1n;
  const isExact = floor ** 3n + 4n * x * y * (w - 1n) * floor === 4n * x * y * w * (x + y);
  return isExact ? floor : above;
}

/** The smallest number from 0 to `most` for which a monotonous condition holds; `most` where none below does. */
function smallest(most: bigint, holds: (value: bigint) => boolean): bigint {
  let [low, high] = [0n, most];
  while (low < high) {
    const middle = (low + high) / 2n;
    if (holds(middle)) high = middle;
    else low = middle + 1n;
  }
  return low;
}

function isSound({ reserveIn, reserveOut, scaleIn, scaleOut, amplification, fee }: MarketNumbers): boolean {
  const isWithin = (value: bigint, most: bigint) => value >= 1n && value <= most;
  const scales = isWithin(scaleIn, 1_000n) && isWithin(scaleOut, 1_000n);
  return reserveIn > 0n && reserveOut > 0n && scales && isWithin(amplification, 1_000_000n) && fee <= 10n ** 10n;
}

function isBalanced(x: bigint, y: bigint): boolean {
  return x <= 100n * y && y <= 100n * x;
}
