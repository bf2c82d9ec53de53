/** Instructions by which a face moves tokens; of SPL Token, Token-2022 and the Associated Token Account program. */
import { pubkeyFromBase58, type AccountMeta, type Instruction, type Pubkey } from "@trireme/core";
import { programIds } from "../known-keys.ts";
import type { Mint } from "./mint.ts";

export const associatedTokenProgram: Pubkey = pubkeyFromBase58("ATokenGPvbdGVxr1b2hvZbsiqW5xWH25efTNsLJA8knL");

const CREATE_IDEMPOTENT = 1;
const TRANSFER_CHECKED = 12;

/** Opens the token account of an owner; `payer` signs and pays its rent. */
export function createAssociated({ key, program }: Mint, payer: Pubkey, account: Pubkey, owner: Pubkey): Instruction {
  const accounts = [
    meta(payer, "writableSigner"),
    meta(account, "writable"),
    meta(owner),
    meta(key),
    meta(programIds.system),
    meta(program),
  ];
  return { program: associatedTokenProgram, accounts, data: Uint8Array.of(CREATE_IDEMPOTENT) };
}

/** Moves tokens out of an account whose owner signs. `amount` fits u64. */
export function transferChecked(mint: Mint, from: Pubkey, to: Pubkey, owner: Pubkey, amount: bigint): Instruction {
  const data = new Uint8Array(10);
  data[0] = TRANSFER_CHECKED;
  new DataView(data.buffer).setBigUint64(1, amount, true);
  data[9] = mint.decimals;
  return { program: mint.program, accounts: [meta(from, "writable"), meta(mint.key), meta(to, "writable"), meta(owner, "signer")], data };
}

function meta(pubkey: Pubkey, role: "readonly" | "writable" | "signer" | "writableSigner" = "readonly"): AccountMeta {
  return { pubkey, isSigner: role === "signer" || role === "writableSigner", isWritable: role === "writable" || role === "writableSigner" };
}
