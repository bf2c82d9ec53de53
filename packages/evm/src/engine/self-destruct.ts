/** SELFDESTRUCT: where the balance goes, and whether the account goes with it. */
import { delegationTarget, equalBytes, type Address } from "@trireme/core";
import { frameEnd } from "./ethereumjs.ts";
import type { GuardedHost } from "./guarded-host.ts";
import { frameEnds } from "./halt-reason.ts";
import type { Session } from "./session.ts";

/**
 * Before Cancun the account is removed; from EIP-6780 on only if this transaction created it. An account whose own code
 * is another VM's, and which only borrows the code that runs here, reverts (go-ethereum of Arbitrum, core/vm/instructions.go).
 */
export function selfDestruct({ host, rules, tracer }: Session, address: Address, beneficiary: Address): void {
  if (isOfAnotherVm(host, address)) throw frameEnd(frameEnds.revert);
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

/** A delegation (EIP-7702) is a wallet's, whatever it points to. */
function isOfAnotherVm(host: GuardedHost, address: Address): boolean {
  const owner = host.kindOf(address);
  return owner.kind === "code" && owner.environment !== "evm" && delegationTarget(host.getCode(address)) === undefined;
}
