/** Instructions of native programs for tests, and what can be wrong with one. */
import { concatBytes, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import fc from "fast-check";

/** Little-endian. */
export function u32(value: number): Uint8Array {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, value, true);
  return bytes;
}

/** Little-endian. */
export function u64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

export const signer = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: true, isWritable: true });
export const writable = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: false, isWritable: true });
export const readonly = (pubkey: Pubkey): AccountMeta => ({ pubkey, isSigner: false, isWritable: false });

/** One fault in an instruction. */
export type InstructionChange = (instruction: Instruction) => Instruction;

/** A flag, an account of `pool`, a missing account, another order, another amount, data cut short, another number. */
export function instructionChange(pool: readonly Pubkey[]): fc.Arbitrary<InstructionChange> {
  const amount = fc.oneof(fc.bigInt(0n, 3_000_000n), fc.constantFrom(0n, 2n ** 63n, 2n ** 64n - 1n));
  return fc.oneof(
    atAccount((meta) => ({ ...meta, isSigner: !meta.isSigner })),
    atAccount((meta) => ({ ...meta, isWritable: !meta.isWritable })),
    fc.constantFrom(...pool).chain((pubkey) => atAccount((meta) => ({ ...meta, pubkey }))),
    fc.constant<InstructionChange>((each) => ({ ...each, accounts: each.accounts.slice(0, -1) })),
    fc.constant<InstructionChange>((each) => ({ ...each, accounts: each.accounts.toReversed() })),
    fc.constant<InstructionChange>((each) => ({ ...each, data: each.data.slice(0, -1) })),
    amount.map<InstructionChange>((value) => (each) => ({
      ...each,
      data: concatBytes(each.data.slice(0, 4), u64(value), each.data.slice(12)),
    })),
    fc.nat(15).map<InstructionChange>((number) => (each) => ({ ...each, data: concatBytes(u32(number), each.data.slice(4)) })),
  );
}

function atAccount(change: (meta: AccountMeta) => AccountMeta): fc.Arbitrary<InstructionChange> {
  return fc.nat(7).map((place) => (each) => ({
    ...each,
    accounts: each.accounts.map((meta, index) => (index === place % each.accounts.length ? change(meta) : meta)),
  }));
}
