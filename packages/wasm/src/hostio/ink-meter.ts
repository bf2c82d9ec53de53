/** Paying in ink, the way host functions do: what cannot be paid exhausts the meter and ends the program. */
import { gasFromInk, inkFromGas, inkLimit } from "../pricing/ink.ts";
import { outOfInkSignal } from "./signal.ts";

/** A meter of less than 2^53 ink. An instrumented module carries one. */
export interface InkMeter {
  /** Pays and answers 1; or, where less is left, sets the ink to 0 and the status to exhausted and answers 0. */
  readonly buy: (ink: number) => number;
  readonly inkLeft: () => number;
}

/** What pays: a meter, and the price of a gas in ink. */
export interface InkAccount {
  readonly meter: InkMeter;
  readonly inkPrice: number;
}

/** @throws the out-of-ink signal. */
export function buyInk({ meter }: InkAccount, ink: number): void {
  if (meter.buy(ink < inkLimit ? ink : inkLimit) === 0) throw outOfInkSignal;
}

/** @throws the out-of-ink signal. */
export function buyGas(account: InkAccount, gas: number): void {
  if (gas > 0) buyInk(account, inkFromGas(gas, account.inkPrice));
}

/** Demands that so much gas is left, and takes nothing. @throws the out-of-ink signal. */
export function requireGas(account: InkAccount, gas: number): void {
  if (account.meter.inkLeft() < inkFromGas(gas, account.inkPrice)) buyInk(account, inkLimit);
}

/** Gas left, rounded down. */
export function gasLeft({ meter, inkPrice }: InkAccount): number {
  return gasFromInk(meter.inkLeft(), inkPrice);
}
