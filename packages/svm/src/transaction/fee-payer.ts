/** Whether the fee payer can pay. */
import { systemProgram, weiPerLamport, type Address, type Host, type Pubkey } from "@trireme/core";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { decodeNonceState, nonceStateLength } from "../programs/system/nonce-state.ts";
import { addressOf, samePubkey } from "../runtime/pubkey-names.ts";
import { minimumBalance } from "../sysvars/rent.ts";

const MAX_LAMPORTS = (1n << 64n) - 1n;

/** Why `payer` cannot pay `fee` lamports, or undefined: Agave's `validate_fee_payer`. */
export function checkFeePayer(payer: Pubkey, fee: bigint, host: Host): SolanaTransactionError | undefined {
  const address = addressOf(payer);
  const lamports = host.getBalance(address) / weiPerLamport;
  if (lamports === 0n) return "AccountNotFound";
  if (lamports > MAX_LAMPORTS) return "InvalidAccountForFee";
  const record = host.getSvmRecord(address);
  const dataLength = record?.dataLength ?? 0;
  // Code without a record is a contract's: it pays for nothing here.
  if (record === undefined && host.getCodeSize(address) > 0) return "InvalidAccountForFee";
  if (record !== undefined) {
    if (!samePubkey(record.owner, systemProgram) || !samePubkey(record.pubkey, payer)) return "InvalidAccountForFee";
    if (dataLength !== 0 && !isNonceAccount(address, dataLength, host)) return "InvalidAccountForFee";
  }
  const minimum = minimumBalance(dataLength);
  const spendable = dataLength === 0 ? lamports : lamports - minimum;
  if (spendable < fee) return "InsufficientFundsForFee";
  const left = lamports - fee;
  // What pays stays rent exempt or goes to zero, whatever it was before (agave `check_static_account_rent_state_transition`).
  return left === 0n || left >= minimum ? undefined : { InsufficientFundsForRent: { account_index: 0 } };
}

function isNonceAccount(address: Address, dataLength: number, host: Host): boolean {
  if (dataLength !== nonceStateLength) return false;
  const data = new Uint8Array(dataLength);
  host.readAccountData(address, 0, data);
  return decodeNonceState(data)?.data !== undefined;
}
