/** The accounts that one message names, each under its canonical name (rules 1 to 3), loaded when they are first needed. */
import { equalBytes, isTaggedPubkey, weiPerLamport, type AccountMeta, type Address, type Host, type Pubkey } from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import { programIds } from "../known-keys.ts";
import { LoadedAccount, type AccountSource } from "./loaded-account.ts";
import { addressOf, samePubkey } from "./pubkey-names.ts";
import type { FixedAccounts } from "./runtime-parts.ts";

const maxLamports = (1n << 64n) - 1n;

/** A balance that the SVM cannot read: the frame halts. */
export class LamportsOverflow extends Error {}

/** The accounts of one message. */
export interface AccountTable {
  readonly accounts: readonly AccountMeta[];
  /** Place of a key; -1 where the message does not name it. */
  indexOf(key: Pubkey): number;
  /** @throws InstructionFault `MissingAccount` for a second untagged name of one address (rule 1). */
  load(index: number): LoadedAccount;
  /** Whether the key, or the untagged one behind its address, signed the message (rule 2). */
  isSigner(index: number): boolean;
  /** What was loaded so far, by index. */
  readonly loaded: readonly (LoadedAccount | undefined)[];
}

/** A table over the accounts of a message; programs that it calls are among them. */
export function createAccountTable(accounts: readonly AccountMeta[], host: Host, fixed: FixedAccounts): AccountTable {
  const loaded: (LoadedAccount | undefined)[] = accounts.map(() => undefined);
  let addresses: readonly Address[] | undefined;
  const addressesOf = (): readonly Address[] => (addresses ??= accounts.map(({ pubkey }) => addressOf(pubkey)));
  const indexOf = (key: Pubkey): number => {
    for (let index = 0; index < accounts.length; index++) if (samePubkey((accounts[index] as AccountMeta).pubkey, key)) return index;
    return -1;
  };
  return {
    accounts,
    indexOf,
    loaded,
    load(index) {
      const known = loaded[index];
      if (known !== undefined) return known;
      const { pubkey } = accounts[index] as AccountMeta;
      const account = new LoadedAccount(fixed(pubkey, host) ?? readAccount(index, accounts, addressesOf(), host), host);
      loaded[index] = account;
      return account;
    },
    isSigner(index) {
      const { pubkey, isSigner } = accounts[index] as AccountMeta;
      if (isSigner || !isTaggedPubkey(pubkey)) return isSigner;
      const address = addressOf(pubkey);
      return accounts.some((other, place) => other.isSigner && equalBytes(addressesOf()[place] as Address, address));
    },
  };
}

function readAccount(index: number, accounts: readonly AccountMeta[], addresses: readonly Address[], host: Host): AccountSource {
  const { pubkey: key } = accounts[index] as AccountMeta;
  const address = addresses[index] as Address;
  const record = host.getSvmRecord(address);
  if (!isCanonical(index, record?.pubkey, accounts, addresses)) return otherName(key, address);
  const lamports = host.getBalance(address) / weiPerLamport;
  if (lamports > maxLamports) throw new LamportsOverflow();
  if (record !== undefined) {
    const { owner, executable, dataLength } = record;
    return { key, address, owner, lamports, executable, dataLength, isReal: true, hasRecord: true };
  }
  const executable = host.getCodeSize(address) > 0 && host.kindOf(address).kind === "code";
  return { key, address, owner: programIds.system, lamports, executable, dataLength: 0, isReal: true, hasRecord: false };
}

/** Rule 1: the bound pubkey, else an untagged one of the message, else the tagged one. @throws InstructionFault `MissingAccount` */
function isCanonical(index: number, bound: Pubkey | undefined, accounts: readonly AccountMeta[], addresses: readonly Address[]): boolean {
  const { pubkey: key } = accounts[index] as AccountMeta;
  const isTagged = isTaggedPubkey(key);
  if (bound !== undefined) {
    const isBound = samePubkey(bound, key);
    if (!isBound && !isTagged) throw new InstructionFault("MissingAccount");
    return isBound;
  }
  const address = addresses[index] as Address;
  for (const [place, other] of addresses.entries()) {
    if (place === index && !isTagged) return true;
    if (!equalBytes(other, address) || isTaggedPubkey((accounts[place] as AccountMeta).pubkey)) continue;
    if (isTagged) return false;
    throw new InstructionFault("MissingAccount");
  }
  return true;
}

/** An account under the name that is not its canonical one: it can only carry a signature. */
function otherName(key: Pubkey, address: Address): AccountSource {
  return {
    key,
    address,
    owner: programIds.system,
    lamports: 0n,
    executable: false,
    dataLength: 0,
    isReal: false,
    hasRecord: false,
  };
}
