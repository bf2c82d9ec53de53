/** `eth_call`'s state overrides: what an account is taken to be for one call. */
import { addressToHex, bytesToHex, hexToBytes, TriremeError, type Address } from "@trireme/core";
import { precompileAddresses } from "@trireme/ethereum";
import type { Journal } from "@trireme/state";
import type { AccountOverride } from "../chain.ts";

/**
 * Applies overrides as a transaction before the call, so that the call sees the values as original ones.
 * @throws TriremeError `INVALID_ARGUMENT` for a slot that is not 32 bytes, or `state` and `stateDiff` together; `NOT_SUPPORTED` for `movePrecompileTo`
 */
export function applyOverrides(overrides: readonly (readonly [Address, AccountOverride])[], journal: Journal): void {
  if (overrides.length === 0) return;
  journal.beginTransaction();
  for (const [address, override] of overrides) applyOverride(address, override, journal);
  journal.endTransaction();
}

/** Of the newest rules: nobody puts a contract where a precompile will be. */
const precompiles: ReadonlySet<string> = new Set(precompileAddresses("osaka").map(addressToHex));

function applyOverride(address: Address, override: AccountOverride, journal: Journal): void {
  const { balance, nonce, code, state, stateDiff, movePrecompileTo } = override;
  if (movePrecompileTo !== undefined) {
    if (!precompiles.has(addressToHex(address))) {
      throw new TriremeError("INVALID_ARGUMENT", `account ${addressToHex(address)} is not a precompile`, {
        details: { code: "notAPrecompile" },
      });
    }
    throw new TriremeError(
      "NOT_SUPPORTED",
      `${bytesToHex(address)}: expected no movePrecompileTo, for precompiles do not move on this chain`,
    );
  }
  if (state !== undefined && stateDiff !== undefined) {
    throw new TriremeError("INVALID_ARGUMENT", `${bytesToHex(address)}: expected state or stateDiff, got both`);
  }
  if (nonce !== undefined) journal.setNonce(address, nonce);
  if (code !== undefined) journal.setCode(address, code);
  if (balance !== undefined) journal.setBalance(address, balance);
  if (state !== undefined) journal.clearStorage(address);
  for (const [key, value] of state ?? stateDiff ?? []) journal.setStorage(address, slotKey(address, key), slotValue(address, value));
}

function slotKey(address: Address, hex: string): Uint8Array {
  if (/^0x[0-9a-fA-F]{64}$/.test(hex)) return hexToBytes(hex);
  throw new TriremeError(
    "INVALID_ARGUMENT",
    `${bytesToHex(address)}: expected a slot of 0x and 64 hexadecimal digits, got ${JSON.stringify(hex.slice(0, 80))}`,
  );
}

function slotValue(address: Address, value: Uint8Array): Uint8Array {
  if (value.length === 32) return value;
  throw new TriremeError("INVALID_ARGUMENT", `${bytesToHex(address)}: expected a slot's value of 32 bytes, got ${value.length}`);
}
