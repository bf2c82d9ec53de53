/** Bytes of accounts that a transaction loads, as simulations show them (SIMD-0186). */
import { equalBytes, type Pubkey } from "@trireme/core";
import { programIds, readSolanaAccount, sysvarIds, type AccountSite, type LoadedAddresses, type SolanaMessage } from "@trireme/svm";
import { accountKeys } from "./format/message.ts";

/** Bytes that an account counts beside its data. */
const ACCOUNT_OVERHEAD = 64;
/** Bytes that a lookup table counts, whatever its length. */
const TABLE_SIZE = 8_248;
const PROGRAM_LENGTH = 36;

/** The size in the state that a transaction finds. The data of a program of loader v3 counts once, named or not. */
export function loadedAccountsSize(message: SolanaMessage, loaded: LoadedAddresses, site: AccountSite): number {
  let size = TABLE_SIZE * message.lookups.length;
  const keys = [...accountKeys(message, loaded)];
  // The list grows while it is walked: by the data of programs.
  for (const key of keys) {
    const account = readSolanaAccount(key, site);
    if (account === undefined || equalBytes(key, sysvarIds.instructions)) continue;
    size += ACCOUNT_OVERHEAD + account.dataLength;
    if (!account.executable || account.dataLength !== PROGRAM_LENGTH || !equalBytes(account.owner, programIds.loaderV3)) continue;
    const programData = account.read(4) as Pubkey;
    if (!keys.some((other) => equalBytes(other, programData))) keys.push(programData);
  }
  return size;
}
