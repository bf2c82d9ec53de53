import { keep, mark, require, revert, u256 } from "@trireme/contract-as";

/** The invariant does not settle. */
@error
class NotConverging {
  rounds: u32;
}

const ROUNDS: u32 = 255;
const FEE_DENOMINATOR = u256.parse("10000000000");

/**
 * Prices swaps between assets that are worth the same, by the StableSwap invariant:
 * A n^n sum(x) + D = A D n^n + D^(n+1) / (n^n prod(x)). Both unknowns are found by Newton's method in whole numbers.
 */
@contract
export class StableSwap {
  /** The invariant D of a pool: its value when the balances are equal. */
  @pure
  invariant(balances: Array<u256>, amplification: u256): u256 {
    return invariantOf(balances, amplification);
  }

  /** What `amount` of asset `from` buys of asset `to`; the fee is in 10^-10. */
  @pure
  quote(balances: Array<u256>, amplification: u256, fee: u256, from: u32, to: u32, amount: u256): u256 {
    require(<i32>from < balances.length && <i32>to < balances.length && from != to, "no such pair");
    const after = balanceAfter(balances, amplification, from, to, balances[from] + amount);
    // One less in favour of the pool: the balance was rounded.
    if (after >= balances[to]) return u256.zero;
    const output = balances[to] - after - u256.one;
    return output - (output * fee) / FEE_DENOMINATOR;
  }
}

function invariantOf(balances: Array<u256>, amplification: u256): u256 {
  const count = u256.from(balances.length);
  let sum = u256.zero;
  for (let index = 0; index < balances.length; index++) sum = sum + balances[index];
  if (sum.isZero) return sum;
  const weight = amplification * count;
  let d = sum;
  const start = mark();
  for (let round: u32 = 0; round < ROUNDS; round++) {
    let product = d;
    for (let index = 0; index < balances.length; index++) product = (product * d) / (balances[index] * count);
    const before = d;
    d = ((weight * sum + product * count) * d) / ((weight - u256.one) * d + (count + u256.one) * product);
    if (isSettled(before, d)) return d;
    d = keep(start, d);
  }
  new NotConverging(ROUNDS).revert();
  return d;
}

/** The balance of asset `to` that keeps the invariant when the balance of `from` becomes `balance`. */
function balanceAfter(balances: Array<u256>, amplification: u256, from: u32, to: u32, balance: u256): u256 {
  const count = u256.from(balances.length);
  const d = invariantOf(balances, amplification);
  const weight = amplification * count;
  let sum = u256.zero;
  let c = d;
  for (let index: u32 = 0; index < <u32>balances.length; index++) {
    if (index == to) continue;
    const value = index == from ? balance : balances[index];
    if (value.isZero) revert("empty pool");
    sum = sum + value;
    c = (c * d) / (value * count);
  }
  c = (c * d) / (weight * count);
  const b = sum + d / weight;
  let y = d;
  const start = mark();
  for (let round: u32 = 0; round < ROUNDS; round++) {
    const before = y;
    y = (y * y + c) / ((y << 1) + b - d);
    if (isSettled(before, y)) return y;
    y = keep(start, y);
  }
  new NotConverging(ROUNDS).revert();
  return y;
}

function isSettled(before: u256, after: u256): bool {
  return before > after ? before - after <= u256.one : after - before <= u256.one;
}
