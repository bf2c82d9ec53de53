/** Token balances of a message's accounts, as `getTransaction` shows them. */
import { pubkeyFromBytes, type Address, type Host, type Pubkey } from "@trireme/core";
import { tokenProgramIds } from "../known-keys.ts";
import { addressOf, samePubkey } from "../runtime/pubkey-names.ts";
import type { MessageAccount } from "./solana-transaction.ts";
import type { TokenBalance } from "./solana-receipt.ts";

/** Length of a token account; an account of Token-2022 with extensions is longer and says its type in the next byte. */
const ACCOUNT_LENGTH = 165;
const ACCOUNT_TYPE = 2;
const MINT_DECIMALS_OFFSET = 44;

/** Reads the balances as they stand; keys that are in `known` too, the balances before, are not copied again. */
export function tokenBalances(
  accounts: readonly MessageAccount[],
  host: Host,
  known: readonly TokenBalance[] = [],
): readonly TokenBalance[] {
  const balances: TokenBalance[] = [];
  // Who pays mostly owns what is moved.
  const payer = accounts[0]?.pubkey;
  for (let index = 0; index < accounts.length; index++) {
    const { address } = accounts[index] as MessageAccount;
    const balance = tokenBalance(index, address, host, known[balances.length], balances.at(-1), payer);
    if (balance !== undefined) balances.push(balance);
  }
  return balances;
}

/** Where accounts are read to: no host keeps what it fills. */
const buffer = new Uint8Array(ACCOUNT_LENGTH + 1);
const view = new DataView(buffer.buffer);
const shorter = buffer.subarray(0, ACCOUNT_LENGTH);
const decimal = new Uint8Array(1);

function tokenBalance(
  accountIndex: number,
  address: Address,
  host: Host,
  known: TokenBalance | undefined,
  previous: TokenBalance | undefined,
  payer: Pubkey | undefined,
): TokenBalance | undefined {
  const record = host.getSvmRecord(address);
  if (record === undefined || record.dataLength < ACCOUNT_LENGTH) return undefined;
  const program = tokenProgramIds.find((id) => samePubkey(id, record.owner));
  if (program === undefined) return undefined;
  const isExtended = record.dataLength > ACCOUNT_LENGTH;
  host.readAccountData(address, 0, isExtended ? buffer : shorter);
  if (isExtended && buffer[ACCOUNT_LENGTH] !== ACCOUNT_TYPE) return undefined;
  // Byte 108 is the state: 0 is an account that nobody has initialized.
  if (buffer[108] === 0) return undefined;
  const mint = keyAt(0, (known ?? previous)?.mint);
  const owner = keyAt(32, known?.owner ?? payer);
  const amount = view.getBigUint64(64, true);
  // Accounts of one message are mostly of one mint.
  const decimals = previous?.mint === mint ? previous.decimals : decimalsOf(mint, host);
  return { accountIndex, mint, owner, program, amount, decimals };
}

/** The key at `offset` of the buffer: `known` itself where it is the same. */
function keyAt(offset: number, known: Pubkey | undefined): Pubkey {
  if (known === undefined) return pubkeyFromBytes(buffer.slice(offset, offset + 32));
  for (let index = 0; index < 32; index++) {
    if (known[index] !== buffer[offset + index]) return pubkeyFromBytes(buffer.slice(offset, offset + 32));
  }
  return known;
}

function decimalsOf(mint: Pubkey, host: Host): number {
  const address = addressOf(mint);
  const record = host.getSvmRecord(address);
  if (record === undefined || record.dataLength <= MINT_DECIMALS_OFFSET) return 0;
  host.readAccountData(address, MINT_DECIMALS_OFFSET, decimal);
  return decimal[0] as number;
}
