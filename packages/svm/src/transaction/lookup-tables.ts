/** Address lookup tables: the addresses that a version 0 message takes from the state. */
import { equalBytes, pubkeyFromBytes, toAddress, type Host, type Pubkey } from "@trireme/core";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { programIds } from "../known-keys.ts";
import type { LoadedAddresses } from "./message-accounts.ts";
import type { TableLookup } from "./solana-message.ts";

/** Bytes before the addresses of a table. */
const META_LENGTH = 56;
/** Slots for which a table that is being deactivated can still be used: as long as `SlotHashes` knows its slot. */
const COOLDOWN = 512n;
const NEVER = (1n << 64n) - 1n;

/** Result of looking addresses up. */
export type LookupResult =
  | { readonly kind: "resolved"; readonly loaded: LoadedAddresses }
  | { readonly kind: "invalid"; readonly error: SolanaTransactionError };

/** Resolves all lookups of a message; what a table was extended by in this very slot is not there yet. */
export function resolveLookups(lookups: readonly TableLookup[], host: Host): LookupResult {
  const writable: Pubkey[] = [];
  const readonly: Pubkey[] = [];
  for (const lookup of lookups) {
    const table = readTable(lookup.table, host);
    if (typeof table === "string") return { kind: "invalid", error: table };
    for (const [indices, target] of [
      [lookup.writableIndices, writable],
      [lookup.readonlyIndices, readonly],
    ] as const) {
      for (const index of indices) {
        if (index >= table.activeLength) return { kind: "invalid", error: "InvalidAddressLookupTableIndex" };
        target.push(pubkeyFromBytes(table.data.slice(META_LENGTH + 32 * index, META_LENGTH + 32 * index + 32)));
      }
    }
  }
  return { kind: "resolved", loaded: { writable, readonly } };
}

type Table = { readonly data: Uint8Array; readonly activeLength: number };

function readTable(
  key: Pubkey,
  host: Host,
): Table | "AddressLookupTableNotFound" | "InvalidAddressLookupTableOwner" | "InvalidAddressLookupTableData" {
  const address = toAddress(key);
  const record = host.getSvmRecord(address);
  if (record === undefined || !equalBytes(record.pubkey, key)) return "AddressLookupTableNotFound";
  if (!equalBytes(record.owner, programIds.addressLookupTable)) return "InvalidAddressLookupTableOwner";
  if (record.dataLength < META_LENGTH || (record.dataLength - META_LENGTH) % 32 !== 0) return "InvalidAddressLookupTableData";
  const data = new Uint8Array(record.dataLength);
  host.readAccountData(address, 0, data);
  const view = new DataView(data.buffer);
  if (view.getUint32(0, true) !== 1) return "InvalidAddressLookupTableData";
  const slot = host.block.number;
  const deactivation = view.getBigUint64(4, true);
  if (deactivation !== NEVER && deactivation + COOLDOWN < slot) return "AddressLookupTableNotFound";
  const isExtendedNow = view.getBigUint64(12, true) >= slot;
  return { data, activeLength: isExtendedNow ? (data[20] as number) : (data.length - META_LENGTH) / 32 };
}
