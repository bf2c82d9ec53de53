/** Whether a message's accounts and programs can be loaded: Agave's account loader. */
import { pubkeyFromBytes, type Host, type Pubkey } from "@trireme/core";
import type { SolanaTransactionError } from "../errors/transaction-error.ts";
import { programIds, sysvarIds } from "../known-keys.ts";
import { fixedForm } from "../programs/native-programs.ts";
import { addressOf, samePubkey } from "../runtime/pubkey-names.ts";
import type { SolanaMessage } from "./solana-message.ts";
import type { MessageAccount } from "./solana-transaction.ts";

/** Bytes that an account counts beside its data (SIMD-0186). */
const ACCOUNT_OVERHEAD = 64;
/** Bytes that a lookup table counts, whatever its length. */
const TABLE_SIZE = 8248;
const PROGRAM_ACCOUNT_LENGTH = 36;

const loaders = [programIds.nativeLoader, programIds.loaderV1, programIds.loaderV2, programIds.loaderV3, programIds.loaderV4];

/** Why a transaction is charged and not run, or undefined. */
export function checkLoading(
  message: SolanaMessage,
  accounts: readonly MessageAccount[],
  limit: number,
  host: Host,
): SolanaTransactionError | undefined {
  let size = TABLE_SIZE * message.lookups.length;
  const programData: Pubkey[] = [];
  for (const account of accounts) {
    size += sizeOf(account, accounts, programData, host);
    if (size > limit) return "MaxLoadedAccountsDataSizeExceeded";
  }
  for (const { programIndex } of message.instructions) {
    const error = checkProgram(message.staticAccounts[programIndex] as Pubkey, host);
    if (error !== undefined) return error;
  }
  return undefined;
}

/** Where a program account is read to, and the key in it that names its programdata. */
const programState = new Uint8Array(PROGRAM_ACCOUNT_LENGTH);
const programDataKey = pubkeyFromBytes(programState.subarray(4));

/** Bytes that loading an account counts; adds programdata to `counted`, which counts once. */
function sizeOf({ pubkey, address }: MessageAccount, accounts: readonly MessageAccount[], counted: Pubkey[], host: Host): number {
  if (samePubkey(pubkey, sysvarIds.instructions)) return 0;
  const fixed = fixedForm(pubkey);
  if (fixed !== undefined) return ACCOUNT_OVERHEAD + fixed.dataLength;
  const record = host.getSvmRecord(address);
  if (record === undefined) return host.getBalance(address) > 0n ? ACCOUNT_OVERHEAD : 0;
  const size = ACCOUNT_OVERHEAD + record.dataLength;
  if (!record.executable || record.dataLength !== PROGRAM_ACCOUNT_LENGTH || !samePubkey(record.owner, programIds.loaderV3)) return size;
  host.readAccountData(address, 0, programState);
  if (accounts.some((other) => samePubkey(other.pubkey, programDataKey))) return size;
  if (counted.some((other) => samePubkey(other, programDataKey))) return size;
  counted.push(pubkeyFromBytes(programDataKey.slice()));
  const data = host.getSvmRecord(addressOf(programDataKey));
  return data === undefined ? size : size + ACCOUNT_OVERHEAD + data.dataLength;
}

function checkProgram(key: Pubkey, host: Host): SolanaTransactionError | undefined {
  const fixed = fixedForm(key);
  if (fixed !== undefined) return fixed.executable ? undefined : "InvalidProgramForExecution";
  const address = addressOf(key);
  const record = host.getSvmRecord(address);
  if (record === undefined) {
    if (host.kindOf(address).kind === "code") return undefined;
    return host.getBalance(address) > 0n ? "InvalidProgramForExecution" : "ProgramAccountNotFound";
  }
  if (!samePubkey(record.pubkey, key)) return "ProgramAccountNotFound";
  return loaders.some((loader) => samePubkey(loader, record.owner)) ? undefined : "InvalidProgramForExecution";
}
