/** The accounts that one message names, each under its canonical name (rules 1 to 3), loaded when they are first needed. */
import {
  emptyBytes,
  equalBytes,
  isTaggedPubkey,
  weiPerLamport,
  type AccountMeta,
  type Address,
  type Host,
  type Pubkey,
  type SvmRecord,
} from "@trireme/core";
import { InstructionFault } from "../errors/instruction-error.ts";
import { programIds } from "../known-keys.ts";
import { LoadedAccount, type AccountSource } from "./loaded-account.ts";
import { placesOf } from "./places.ts";
import { addressOf, samePubkey } from "./pubkey-names.ts";
import { rememberBefore } from "./rent-state.ts";
import type { FixedAccounts } from "./runtime-parts.ts";
import type { TransactionState } from "./transaction-state.ts";

const maxLamports = (1n << 64n) - 1n;

/** A balance that the SVM cannot read: the frame halts. */
export class LamportsOverflow extends Error {}

/** The accounts of one message; programs that it calls are among them. A class: one is made for every instruction. */
export class AccountTable {
  readonly accounts: readonly AccountMeta[];
  /** What was loaded so far, by index. */
  readonly loaded: (LoadedAccount | undefined)[];
  private readonly host: Host;
  private readonly fixed: FixedAccounts;
  private earlier: readonly (LoadedAccount | undefined)[];
  private addresses: readonly Address[] | undefined;
  private placeOf: ((key: Uint8Array) => number) | undefined;
  private untaggedOf: ((address: Uint8Array) => number) | undefined;

  /** `earlier`: the same accounts as an earlier instruction left them; nothing else has written since. */
  constructor(accounts: readonly AccountMeta[], host: Host, fixed: FixedAccounts, earlier: readonly (LoadedAccount | undefined)[]) {
    this.accounts = accounts;
    this.loaded = accounts.map(nothing);
    this.host = host;
    this.fixed = fixed;
    this.earlier = earlier;
    this.addresses = undefined;
    this.placeOf = undefined;
    this.untaggedOf = undefined;
  }

  /** Place of a key; -1 where the message does not name it. */
  indexOf(key: Pubkey): number {
    return (this.placeOf ??= placesOf(this.accounts.map(({ pubkey }) => pubkey)))(key);
  }

  /** @throws InstructionFault `MissingAccount` for a second untagged name of one address (rule 1). */
  load(index: number): LoadedAccount {
    const known = this.loaded[index];
    if (known !== undefined) return known;
    const { accounts, host } = this;
    const { pubkey } = accounts[index] as AccountMeta;
    const account = new LoadedAccount(this.fixed(pubkey, host) ?? this.#read(index), host);
    const before = this.earlier[index];
    if (before !== undefined) account.takeDataOf(before);
    this.loaded[index] = account;
    return account;
  }

  /** Puts what changed into the journal before a call leaves for another VM (rule 6). `isMarked`: see `AccountBefore`. */
  flush(state: TransactionState, isMarked: boolean): void {
    for (let index = 0; index < this.loaded.length; index++) {
      const account = this.loaded[index];
      if (account?.isChanged !== true) continue;
      rememberBefore(state, account.beforeAt(index, isMarked), this.host);
      account.flush();
    }
    // What other VMs write, no earlier instruction has read.
    this.earlier = [];
  }

  /** Has the rent of an account judged that another VM takes value from (rule 11). */
  remember(account: LoadedAccount, state: TransactionState, isMarked: boolean): void {
    rememberBefore(state, account.beforeAt(this.loaded.indexOf(account), isMarked), this.host);
  }

  /**
   * Reads a loaded account again after a call by other VMs. Gives the lamports that came, less those that went.
   * @throws InstructionFault `AccountBorrowFailed` when the name is no longer the account's (rule 1), LamportsOverflow
   */
  reload(index: number): bigint {
    const source = this.#read(index);
    if (!source.isReal) throw new InstructionFault("AccountBorrowFailed");
    return (this.loaded[index] as LoadedAccount).reload(source);
  }

  addressAt(index: number): Address {
    return this.#addressesOf()[index] as Address;
  }

  /** Whether the key, or the untagged one behind its address, signed the message (rule 2). */
  isSigner(index: number): boolean {
    const { pubkey, isSigner } = this.accounts[index] as AccountMeta;
    if (isSigner || !isTaggedPubkey(pubkey)) return isSigner;
    const address = addressOf(pubkey);
    const addresses = this.#addressesOf();
    return this.accounts.some((other, place) => other.isSigner && equalBytes(addresses[place] as Address, address));
  }

  #read(index: number): AccountSource {
    const { pubkey: key } = this.accounts[index] as AccountMeta;
    const address = this.addressAt(index);
    const record = this.host.getSvmRecord(address);
    return this.#isCanonical(index, record?.pubkey) ? readAccount(key, address, record, this.host) : otherName(key, address);
  }

  /** Rule 1: the bound pubkey, else an untagged one of the message, else the tagged one. @throws InstructionFault `MissingAccount` */
  #isCanonical(index: number, bound: Pubkey | undefined): boolean {
    const { pubkey: key } = this.accounts[index] as AccountMeta;
    const isTagged = isTaggedPubkey(key);
    if (bound === undefined) {
      const untagged = this.#untaggedAt(this.addressAt(index));
      if (isTagged || untagged === index) return isTagged ? untagged < 0 : true;
    } else if (isTagged || samePubkey(bound, key)) return samePubkey(bound, key);
    throw new InstructionFault("MissingAccount");
  }

  /** Place of the first untagged name of an address; -1 where there is none. */
  #untaggedAt(address: Address): number {
    const addresses = this.#addressesOf();
    const untagged = () =>
      addresses.map((each, index) => (isTaggedPubkey((this.accounts[index] as AccountMeta).pubkey) ? emptyBytes : each));
    return (this.untaggedOf ??= placesOf(untagged()))(address);
  }

  #addressesOf(): readonly Address[] {
    return (this.addresses ??= this.accounts.map(({ pubkey }) => addressOf(pubkey)));
  }
}

function nothing(): undefined {
  return undefined;
}

function readAccount(key: Pubkey, address: Address, record: SvmRecord | undefined, host: Host): AccountSource {
  const lamports = host.getBalance(address) / weiPerLamport;
  if (lamports > maxLamports) throw new LamportsOverflow();
  if (record !== undefined) {
    const { owner, executable, dataLength } = record;
    return { key, address, owner, lamports, executable, dataLength, isReal: true, hasRecord: true };
  }
  const executable = host.getCodeSize(address) > 0 && host.kindOf(address).kind === "code";
  return { key, address, owner: programIds.system, lamports, executable, dataLength: 0, isReal: true, hasRecord: false };
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
