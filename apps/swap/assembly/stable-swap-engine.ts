import { keep, mark, u256 } from "@trireme/contract-as";

/** What a price depends on. */
@struct
class Market {
  /** Of the token that is sold, in its smallest units. */
  reserveIn: u64;
  /** Of the token that is bought, in its smallest units. */
  reserveOut: u64;
  /** What makes units of both tokens worth the same: 1,000 for 6 decimals beside 9. */
  scaleIn: u64;
  scaleOut: u64;
  /** A, as Curve's contracts count it: A n^(n-1) of the paper. */
  amplification: u64;
  /** Of what is bought, in 10^-10. */
  fee: u64;
}

/** A number of the market is not within its bounds. */
@error
class BadMarket {}

/** So far from balance the curve is a cliff: there is no price there. */
@error
class OutOfBalance {
  reserveIn: u256;
  reserveOut: u256;
}

const MAX_SCALE: u64 = 1_000;
const MAX_AMPLIFICATION: u64 = 1_000_000;
const FEE_DENOMINATOR: u64 = 10_000_000_000;
const MAX_RATIO: u64 = 100;

const THREE = u256.from(3);

/**
 * Prices swaps of two tokens that are worth the same by Curve's StableSwap invariant, which for two tokens and w = 2 A is
 * w (x + y) + D = w D + D^3 / (4 x y). Multiplied out it has whole numbers only, and within the bounds of a market none of them
 * passes 2^253: so Newton's method, rounded up, comes down to the exact answer, and every rounding is in favour of the pool.
 */
@contract
export class StableSwapEngine {
  /** D of the market's reserves, rounded up. */
  @pure
  invariant(market: Market): u256 {
    assertMarket(market);
    const x = scaled(market.reserveIn, market.scaleIn);
    const y = scaled(market.reserveOut, market.scaleOut);
    assertBalance(x, y);
    return invariantOf(x, y, weightOf(market));
  }

  /** What `amountIn` buys: D, the reserve that stays and the fee are rounded up, so that D never falls. */
  @pure
  quote(market: Market, amountIn: u64): u64 {
    assertMarket(market);
    const weight = weightOf(market);
    const before = scaled(market.reserveIn, market.scaleIn);
    const reserve = scaled(market.reserveOut, market.scaleOut);
    const d = invariantOf(before, reserve, weight);
    const after = before + scaled(amountIn, market.scaleIn);
    const rest = reserveAfter(after, reserve, d, weight);
    assertBalance(after, rest);
    const bought = reserve - rest;
    const fee = quotientUp(bought * u256.from(market.fee), u256.from(FEE_DENOMINATOR));
    return ((bought - fee) / u256.from(market.scaleOut)).toU64();
  }
}

function assertMarket(market: Market): void {
  const isSound =
    market.reserveIn > 0 &&
    market.reserveOut > 0 &&
    market.scaleIn - 1 < MAX_SCALE &&
    market.scaleOut - 1 < MAX_SCALE &&
    market.amplification - 1 < MAX_AMPLIFICATION &&
    market.fee <= FEE_DENOMINATOR;
  if (!isSound) new BadMarket().revert();
}

function assertBalance(x: u256, y: u256): void {
  const ratio = u256.from(MAX_RATIO);
  if (x > y * ratio || y > x * ratio) new OutOfBalance(x, y).revert();
}

function scaled(amount: u64, scale: u64): u256 {
  return u256.from(amount) * u256.from(scale);
}

function weightOf(market: Market): u256 {
  return u256.from(2 * market.amplification);
}

/** The smallest D with D^3 + 4 x y (w - 1) D >= 4 x y w (x + y). */
function invariantOf(x: u256, y: u256, weight: u256): u256 {
  const product = (x * y) << 2;
  const slope = product * (weight - u256.one);
  const target = product * weight * (x + y);
  // From above, where the function is convex, a step of Newton's rounded up never passes the root.
  let d = x + y;
  const start = mark();
  for (;;) {
    const square = d * d;
    const next = quotientUp(((square * d) << 1) + target, square * THREE + slope);
    if (next >= d) break;
    d = keep(start, next);
  }
  let less = d - u256.one;
  while ((less * less + slope) * less >= target) {
    d = less;
    less = d - u256.one;
  }
  return d;
}

/** The smallest y with 4 x w y^2 + 4 x (w x + D) y >= 4 x w D y + D^3, or `reserve` where that is not enough. */
function reserveAfter(x: u256, reserve: u256, d: u256, weight: u256): u256 {
  const steep = (x * weight) << 2;
  const plus = (x * (x * weight + d)) << 2;
  const minus = steep * d;
  const cube = d * d * d;
  if ((steep * reserve + plus) * reserve < minus * reserve + cube) return reserve;
  let y = reserve;
  const start = mark();
  for (;;) {
    const slope = steep * y;
    const next = quotientUp(slope * y + cube, (slope << 1) + plus - minus);
    if (next >= y) break;
    y = keep(start, next);
  }
  let less = y - u256.one;
  while ((steep * less + plus) * less >= minus * less + cube) {
    y = less;
    less = y - u256.one;
  }
  return y;
}

function quotientUp(dividend: u256, divisor: u256): u256 {
  return (dividend + divisor - u256.one) / divisor;
}
