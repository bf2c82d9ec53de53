// The accounts of random blocks: wallets of both dialects, contracts, mints and what holds their tokens. No key signs.
import { addressFromBytes, bigintToBytes, concatBytes, keccak256, pubkeyFromBytes, type Address, type Pubkey } from "@trireme/core";
import { splToken, token2022 } from "../execution/solana-instructions.mts";

/** Wallets of each dialect: as many as the largest block without contention has transactions. */
export const walletCount = 320;

function addressOf(kind: number, index: number): Address {
  return addressFromBytes(concatBytes(Uint8Array.of(kind), new Uint8Array(15), bigintToBytes(BigInt(index), 4)));
}

function pubkeyAt(kind: number, index: number): Pubkey {
  return pubkeyFromBytes(keccak256(Uint8Array.of(kind, index >> 8, index & 255)));
}

/** Ethereum's wallets. */
export const wallets: readonly Address[] = Array.from({ length: walletCount }, (_, index) => addressOf(0xa1, index));
/** Solana's. */
export const signers: readonly Pubkey[] = Array.from({ length: walletCount }, (_, index) => pubkeyAt(0xb2, index));
/** Wallets that have hardly anything. */
export const poorWallets: readonly Address[] = Array.from({ length: 8 }, (_, index) => addressOf(0xa2, index));
export const poorSigners: readonly Pubkey[] = Array.from({ length: 8 }, (_, index) => pubkeyAt(0xb3, index));
export const tokens: readonly Address[] = Array.from({ length: 6 }, (_, index) => addressOf(0x70, index));
export const boxes: readonly Address[] = Array.from({ length: 8 }, (_, index) => addressOf(0x71, index));
export const coinbases: readonly Address[] = [addressOf(0xcb, 0), addressOf(0xcb, 1)];

/** An address that nobody has had yet. */
export function freshAddress(number: number): Address {
  return addressOf(0xf1, number);
}

export function freshPubkey(number: number): Pubkey {
  return pubkeyFromBytes(keccak256(concatBytes(Uint8Array.of(0xf2), bigintToBytes(BigInt(number), 8))));
}

/** A mint of SPL Token or Token-2022. */
export interface LawMint {
  readonly key: Pubkey;
  readonly program: Pubkey;
  /** Index of the wallet that may mint. */
  readonly authority: number;
}

export const mints: readonly LawMint[] = Array.from({ length: 4 }, (_, index) => ({
  key: pubkeyAt(0xd1, index),
  program: index < 3 ? splToken : token2022,
  authority: index,
}));

/** The account in which a wallet holds tokens of a mint. */
export function holdingOf(mint: number, wallet: number): Pubkey {
  return pubkeyAt(0xd2 + mint, wallet);
}

/** Lookup tables with the holdings of the first wallets. */
export const tables: readonly Pubkey[] = [pubkeyAt(0xe1, 0), pubkeyAt(0xe1, 1)];

/** Programs that can be upgraded, by signer `upgradeAuthority`. */
export const programs: readonly Pubkey[] = [pubkeyAt(0xe2, 0), pubkeyAt(0xe2, 1)];
export const upgradeAuthority = 50;
/** What they may become. */
export const buffers: readonly Pubkey[] = Array.from({ length: 6 }, (_, index) => pubkeyAt(0xe3, index));
/** An account of each program's. */
export const programAccounts: readonly Pubkey[] = [pubkeyAt(0xe4, 0), pubkeyAt(0xe4, 1)];
