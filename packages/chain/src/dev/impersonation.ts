/** Whose transactions need no signature on a development chain. */
import { addressToHex, type Address } from "@trireme/core";

/** @see createImpersonation */
export interface Impersonation {
  isImpersonated(address: Address): boolean;
  start(address: Address): void;
  stop(address: Address): void;
  /** Everybody, until it is switched off. */
  setAutomatic(enabled: boolean): void;
}

/** Nobody at first. */
export function createImpersonation(): Impersonation {
  const addresses = new Set<string>();
  let isAutomatic = false;
  return {
    isImpersonated: (address) => isAutomatic || addresses.has(addressToHex(address)),
    start: (address) => void addresses.add(addressToHex(address)),
    stop: (address) => void addresses.delete(addressToHex(address)),
    setAutomatic: (enabled) => {
      isAutomatic = enabled;
    },
  };
}
