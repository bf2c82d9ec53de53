/** SELFDESTRUCT: where the balance goes, and whether the account goes with it. */
import { equalBytes, type Address } from "@trireme/core";
import type { Session } from "./session.ts";

/** Before Cancun the account is removed; from EIP-6780 on only if this transaction created it. */
export function selfDestruct({ host, rules, tracer }: Session, address: Address, beneficiary: Address): void {
  const balance = host.getBalance(address);
  tracer?.selfDestruct(address, beneficiary, balance);
  const isDestroyed = !rules.keepsDestroyed || host.wasCreated(address);
  if (!equalBytes(address, beneficiary)) {
    if (balance > 0n) host.transfer(address, beneficiary, balance);
    else host.touch(beneficiary);
  } else if (isDestroyed && balance > 0n) {
    // An account that goes and names itself takes its balance with it, at once.
    host.burn(address, balance);
  }
  if (isDestroyed) host.destroy(address);
}
