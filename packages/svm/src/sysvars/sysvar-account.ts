/** Sysvars as accounts, and as the bytes that syscalls copy: functions of the block (rule 17). */
import { type Pubkey, type TransactionContext } from "@trireme/core";
import { createBytesMap, type BytesMap } from "../programs/bytes-map.ts";
import { sysvarIds } from "../known-keys.ts";
import { encodeClock } from "./clock.ts";
import { encodeEpochSchedule } from "./epoch-schedule.ts";
import { encodeRecentBlockhashes, recentBlockhashesLength } from "./recent-blockhashes.ts";
import { encodeRent } from "./rent.ts";
import { encodeSlotHashes, slotHashesLength } from "./slot-hashes.ts";
import { encodeSlotHistory, slotHistoryLength } from "./slot-history.ts";
import type { SysvarHost } from "./slot-record.ts";

/** A sysvar's account: not executable, owned by `Sysvar1111…`. */
export interface SysvarAccount {
  readonly owner: Pubkey;
  readonly lamports: bigint;
  readonly dataLength: number;
  /** Made at the first read; read only. */
  readonly data: Uint8Array;
}

interface Sysvar {
  readonly length: number;
  encode(host: SysvarHost): Uint8Array;
  /** Whether `sol_get_sysvar` knows it. */
  readonly isReadable: boolean;
}

/** `distribution_starting_block_height` to `active`: no rewards are ever distributed. */
const EPOCH_REWARDS_LENGTH = 81;
/** A count and room for 512 epochs of 32 bytes: nobody stakes. */
const STAKE_HISTORY_LENGTH = 16_392;

const sysvars = createBytesMap<Sysvar>([
  [sysvarIds.clock, { length: 40, encode: encodeClock, isReadable: true }],
  [sysvarIds.epochRewards, zeros(EPOCH_REWARDS_LENGTH)],
  [sysvarIds.epochSchedule, { length: 33, encode: encodeEpochSchedule, isReadable: true }],
  [sysvarIds.lastRestartSlot, zeros(8)],
  [sysvarIds.recentBlockhashes, { length: recentBlockhashesLength, encode: encodeRecentBlockhashes, isReadable: false }],
  [sysvarIds.rent, { length: 17, encode: encodeRent, isReadable: true }],
  [sysvarIds.slotHashes, { length: slotHashesLength, encode: encodeSlotHashes, isReadable: true }],
  [sysvarIds.slotHistory, { length: slotHistoryLength, encode: (host) => encodeSlotHistory(host.block.number), isReadable: false }],
  [sysvarIds.stakeHistory, zeros(STAKE_HISTORY_LENGTH)],
]);

/** Keys of all sysvars, the instructions sysvar included. */
export const sysvarKeys: readonly Pubkey[] = [...Array.from(sysvars.entries(), ([key]) => key as Pubkey), sysvarIds.instructions];

/** The account of a sysvar; undefined for other keys and for the instructions sysvar, which is the transaction's. */
export function sysvarAccount(key: Pubkey, host: SysvarHost): SysvarAccount | undefined {
  const sysvar = sysvars.get(key);
  if (sysvar === undefined) return undefined;
  return {
    owner: sysvarIds.owner,
    lamports: 1n,
    dataLength: sysvar.length,
    get data() {
      return dataOf(key, sysvar, host);
    },
  };
}

/** Bytes of a sysvar's data; undefined for other keys. */
export function sysvarLength(key: Pubkey): number | undefined {
  return sysvars.get(key)?.length;
}

/** What `sol_get_sysvar` reads: the account data of the seven sysvars that Agave's cache holds. Read only. */
export function readableSysvar(key: Uint8Array, host: SysvarHost): Uint8Array | undefined {
  const sysvar = sysvars.get(key);
  return sysvar?.isReadable === true ? dataOf(key, sysvar, host) : undefined;
}

/** The struct that `sol_get_epoch_rewards_sysvar` writes: the account data, padded to 96 bytes; nothing is being distributed. */
export function epochRewardsStruct(): Uint8Array {
  return new Uint8Array(96);
}

/** Sysvars made once in a transaction: a program that asks for slot hashes in a loop pays 110 units each time. */
const made = new WeakMap<TransactionContext, { readonly host: SysvarHost; readonly data: BytesMap<Uint8Array> }>();

function dataOf(key: Uint8Array, sysvar: Sysvar, host: SysvarHost): Uint8Array {
  let known = made.get(host.transaction);
  if (known?.host !== host) {
    known = { host, data: createBytesMap() };
    made.set(host.transaction, known);
  }
  let data = known.data.get(key);
  if (data === undefined) {
    data = sysvar.encode(host);
    known.data.set(key.slice(), data);
  }
  return data;
}

function zeros(length: number): Sysvar {
  return { length, encode: () => new Uint8Array(length), isReadable: true };
}
