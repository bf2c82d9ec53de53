/** Token balances of a message's accounts, as `getTransaction` shows them. */
import { equalBytes, pubkeyFromBase58, pubkeyFromBytes, toAddress, type Host, type Pubkey } from "@trireme/core";
import type { MessageAccount } from "./solana-transaction.ts";
import type { TokenBalance } from "./solana-receipt.ts";

const tokenPrograms: readonly Pubkey[] = [
  pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"),
  pubkeyFromBase58("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"),
];
/** Length of a token account; an account of Token-2022 with extensions is longer and says its type in the next byte. */
const ACCOUNT_LENGTH = 165;
const ACCOUNT_TYPE = 2;
const MINT_DECIMALS_OFFSET = 44;

/** Reads the balances as they stand. */
export function tokenBalances(accounts: readonly MessageAccount[], host: Host): readonly TokenBalance[] {
  const balances: TokenBalance[] = [];
  for (const [accountIndex, { pubkey }] of accounts.entries()) {
    const balance = tokenBalance(pubkey, host);
    if (balance !== undefined) balances.push({ accountIndex, ...balance });
  }
  return balances;
}

function tokenBalance(key: Pubkey, host: Host): Omit<TokenBalance, "accountIndex"> | undefined {
  const address = toAddress(key);
  const record = host.getSvmRecord(address);
  if (record === undefined || record.dataLength < ACCOUNT_LENGTH) return undefined;
  const program = tokenPrograms.find((id) => equalBytes(id, record.owner));
  if (program === undefined) return undefined;
  const data = new Uint8Array(Math.min(record.dataLength, ACCOUNT_LENGTH + 1));
  host.readAccountData(address, 0, data);
  if (data.length > ACCOUNT_LENGTH && data[ACCOUNT_LENGTH] !== ACCOUNT_TYPE) return undefined;
  // Byte 108 is the state: 0 is an account that nobody has initialized.
  if (data[108] === 0) return undefined;
  const mint = pubkeyFromBytes(data.slice(0, 32));
  const amount = new DataView(data.buffer).getBigUint64(64, true);
  return { mint, owner: pubkeyFromBytes(data.slice(32, 64)), program, amount, decimals: decimalsOf(mint, host) };
}

function decimalsOf(mint: Pubkey, host: Host): number {
  const address = toAddress(mint);
  const record = host.getSvmRecord(address);
  if (record === undefined || record.dataLength <= MINT_DECIMALS_OFFSET) return 0;
  const decimals = new Uint8Array(1);
  host.readAccountData(address, MINT_DECIMALS_OFFSET, decimals);
  return decimals[0] as number;
}
