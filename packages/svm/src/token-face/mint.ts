/** Mints of SPL Token and Token-2022 (`Mint` in spl-token `interface/src/state.rs`): what has an ERC-20 face. */
import { type Address, type DataAccountHost, type Pubkey, type SvmRecord } from "@trireme/core";
import { tokenProgramIds } from "../known-keys.ts";
import { samePubkey } from "../runtime/pubkey-names.ts";

/** What the face knows of its mint. */
export interface Mint {
  readonly key: Pubkey;
  /** The face's own address. */
  readonly address: Address;
  /** The token program that owns the mint and its token accounts. */
  readonly program: Pubkey;
  readonly decimals: number;
  readonly supply: bigint;
  readonly dataLength: number;
}

type DataHost = Pick<DataAccountHost, "readAccountData">;

const MINT_LENGTH = 82;
const SUPPLY_OFFSET = 36;
const DECIMALS_OFFSET = 44;
const INITIALIZED_OFFSET = 45;
/** Token-2022: longer accounts of every kind say here what they are. */
const TYPE_OFFSET = 165;
const MINT_TYPE = 1;
const MULTISIG_LENGTH = 355;

/** Whether one of the two token programs owns the account. */
export function isTokenOwned({ owner }: Pick<SvmRecord, "owner">): boolean {
  return tokenProgramIds.some((program) => samePubkey(program, owner));
}

/** Whether the account is a mint that has been initialized; token accounts and multisigs are none. */
export function isMint(address: Address, record: SvmRecord, host: DataHost): boolean {
  const { owner, executable, dataLength } = record;
  if (executable || !isTokenOwned(record)) return false;
  if (dataLength !== MINT_LENGTH) {
    const mayExtend = samePubkey(owner, tokenProgramIds[1]) && dataLength > TYPE_OFFSET && dataLength !== MULTISIG_LENGTH;
    if (!mayExtend || byteAt(address, TYPE_OFFSET, host) !== MINT_TYPE) return false;
  }
  return byteAt(address, INITIALIZED_OFFSET, host) === 1;
}

/** Reads the mint at an address; undefined where there is none. */
export function readMint(address: Address, host: Pick<DataAccountHost, "getSvmRecord" | "readAccountData">): Mint | undefined {
  const record = host.getSvmRecord(address);
  if (record === undefined || !isMint(address, record, host)) return undefined;
  const base = new Uint8Array(MINT_LENGTH);
  host.readAccountData(address, 0, base);
  return {
    key: record.pubkey,
    address,
    program: record.owner,
    decimals: base[DECIMALS_OFFSET] as number,
    supply: new DataView(base.buffer).getBigUint64(SUPPLY_OFFSET, true),
    dataLength: record.dataLength,
  };
}

function byteAt(address: Address, offset: number, host: DataHost): number {
  const byte = new Uint8Array(1);
  host.readAccountData(address, offset, byte);
  return byte[0] as number;
}
