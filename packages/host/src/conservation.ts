/** Rule 10: wei are neither made nor lost; what leaves the accounts was burnt. */
import { TriremeError } from "@trireme/core";

/** Sums over all accounts, in wei, before and after. */
export interface ConservationCheck {
  readonly before: bigint;
  readonly after: bigint;
  /** Base fees, blob fees and what SELFDESTRUCT burnt. */
  readonly burnt: bigint;
  /** Withdrawals, rewards, what a developer set; 0 when absent. */
  readonly issued?: bigint;
}

/** Sum of the balances, in wei. */
export function totalBalance(accounts: Iterable<{ readonly balance: bigint }>): bigint {
  let total = 0n;
  for (const { balance } of accounts) total += balance;
  return total;
}

/** @throws TriremeError `HOST_FAULT` unless after = before + issued - burnt. */
export function assertConserved({ before, after, burnt, issued = 0n }: ConservationCheck): void {
  const expected = before + issued - burnt;
  if (after !== expected)
    throw new TriremeError("HOST_FAULT", `expected ${expected} wei in all accounts, got ${after} (${after - expected} wei too many)`);
}
