/** Address lookup tables and memos. */
import { pubkeyFromBase58, systemProgram, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import { findProgramAddress } from "../runtime/program-address.ts";
import { instructionOf, keyOf, payer, rentOf, sol } from "./token-flow.mts";
import { readonly, signer, uint64, writable, writableSigner } from "./token-instructions.mts";
import type { TwinWorlds } from "./twin-worlds.mts";

/** Memo of loader v2, and the old one of loader v1. */
export const memos: readonly Pubkey[] = [
  pubkeyFromBase58("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"),
  pubkeyFromBase58("Memo1UhkJRfHyvLMcVucJwxXeuD728EqVDDwQDxFMNo"),
];

/** Bytes before the addresses of a table. */
const tableStart = 56;

/** Makes, extends, freezes, deactivates and closes tables. */
export function playLookupTableFlow(twins: TwinWorlds): void {
  twins.setAccount({ key: payer, lamports: 100n * sol });
  const send = (...instructions: readonly Instruction[]): void => void twins.send(payer, ...instructions);
  const authority = keyOf(40);
  const tableOf = (slot: bigint, by = authority) => findProgramAddress([by, uint64(slot)], programIds.addressLookupTable);
  const invoke = (accounts: readonly AccountMeta[], tag: number, ...data: readonly (number | Uint8Array)[]) =>
    instructionOf(programIds.addressLookupTable, accounts, Uint8Array.of(tag, 0, 0, 0), ...data);
  const create = (slot: bigint, bump?: number, by = authority) => {
    const { address, bump: found } = tableOf(slot, by);
    return invoke([writable(address), readonly(by), writableSigner(payer), readonly(systemProgram)], 0, uint64(slot), bump ?? found);
  };
  const extend = (table: Pubkey, count: number, by = signer(authority)) => {
    const addresses = Array.from({ length: count }, (_, index) => keyOf(50 + index));
    const accounts = [writable(table), by, writableSigner(payer), readonly(systemProgram)];
    return invoke(accounts, 2, uint64(BigInt(count)), ...addresses);
  };
  const simple = (table: Pubkey, tag: number, ...rest: readonly AccountMeta[]) =>
    invoke([writable(table), signer(authority), ...rest], tag);
  const [first, second] = [tableOf(1n).address, tableOf(2n).address];
  send(create(1n));
  send(create(1n));
  send(create(7n));
  send(create(2n, 0));
  send(extend(first, 5), extend(first, 2));
  send(extend(first, 0));
  send(extend(first, 3, signer(keyOf(41))));
  send(extend(first, 3, readonly(authority)));
  send(create(2n), extend(second, 1));
  send(simple(second, 1));
  send(extend(second, 1));
  send(simple(first, 4, writable(payer)));
  send(simple(first, 3));
  send(simple(first, 3));
  send(simple(first, 4, writable(payer)));
  send(invoke([writable(first)], 9));
  // One that was deactivated in a slot that the slot hashes do not have.
  const old = keyOf(42);
  const data = new Uint8Array(tableStart + 64);
  data.set([1, 0, 0, 0, ...uint64(1000n)]);
  data.set([1, ...authority], 21);
  const lamports = rentOf(BigInt(data.length));
  twins.setAccount({ key: old, owner: programIds.addressLookupTable, lamports, data });
  send(simple(old, 4, writable(old)));
  send(simple(old, 4, writable(payer)));
}

/** Memos of all kinds of text, with and without signers. */
export function playMemoFlow(twins: TwinWorlds): void {
  twins.setAccount({ key: payer, lamports: 100n * sol });
  const texts = [new Uint8Array(0), "Ahoj, světe 🚣", "a".repeat(566), Uint8Array.of(0xff, 0xfe), Uint8Array.of(0x61, 0xf0, 0x9f, 0x9a)];
  for (const program of memos) {
    for (const text of texts) {
      const data = typeof text === "string" ? new TextEncoder().encode(text) : text;
      for (const accounts of [[], [signer(keyOf(41))], [signer(payer), readonly(keyOf(41))]])
        twins.send(payer, { program, accounts, data });
    }
  }
}
