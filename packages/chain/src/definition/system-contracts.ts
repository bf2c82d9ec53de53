/** The contracts that the protocol itself calls, as accounts of genesis. */
import { isAtLeast, type Hardfork } from "@trireme/core";
import { beaconRootsContract, historyStorageContract } from "@trireme/ethereum";
import type { GenesisAccount } from "./chain-definition.ts";

/**
 * The system contracts that a chain of this hardfork has in genesis: EIP-4788 and EIP-2935. Those of EIP-7002 and
 * EIP-7251 are left out, since without a consensus layer their requests go nowhere; a genesis may bring them itself.
 */
export function systemContractAccounts(hardfork: Hardfork): readonly GenesisAccount[] {
  return (
    [beaconRootsContract, historyStorageContract]
      .filter(({ since }) => isAtLeast(hardfork, since))
      // Nonce 1: they were deployed by a transaction (EIP-161).
      .map(({ address, code }) => ({ address, code, nonce: 1n, balance: 0n, storage: [] }))
  );
}
