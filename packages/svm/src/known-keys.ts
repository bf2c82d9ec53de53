/** Ids of the programs and sysvars that every Solana chain has. */
import { pubkeyFromBase58, systemProgram, type Pubkey } from "@trireme/core";

/** Programs by name; `system` is 32 zero bytes. */
export const programIds = {
  system: systemProgram,
  vote: pubkeyFromBase58("Vote111111111111111111111111111111111111111"),
  stake: pubkeyFromBase58("Stake11111111111111111111111111111111111111"),
  stakeConfig: pubkeyFromBase58("StakeConfig11111111111111111111111111111111"),
  config: pubkeyFromBase58("Config1111111111111111111111111111111111111"),
  feature: pubkeyFromBase58("Feature111111111111111111111111111111111111"),
  nativeLoader: pubkeyFromBase58("NativeLoader1111111111111111111111111111111"),
  loaderV1: pubkeyFromBase58("BPFLoader1111111111111111111111111111111111"),
  loaderV2: pubkeyFromBase58("BPFLoader2111111111111111111111111111111111"),
  loaderV3: pubkeyFromBase58("BPFLoaderUpgradeab1e11111111111111111111111"),
  loaderV4: pubkeyFromBase58("LoaderV411111111111111111111111111111111111"),
  computeBudget: pubkeyFromBase58("ComputeBudget111111111111111111111111111111"),
  addressLookupTable: pubkeyFromBase58("AddressLookupTab1e1111111111111111111111111"),
  ed25519: pubkeyFromBase58("Ed25519SigVerify111111111111111111111111111"),
  secp256k1: pubkeyFromBase58("KeccakSecp256k11111111111111111111111111111"),
  secp256r1: pubkeyFromBase58("Secp256r1SigVerify1111111111111111111111111"),
  zkTokenProof: pubkeyFromBase58("ZkTokenProof1111111111111111111111111111111"),
  zkElgamalProof: pubkeyFromBase58("ZkE1Gama1Proof11111111111111111111111111111"),
  /** Calls contracts of other VMs; of this chain alone. */
  callGateway: pubkeyFromBase58("Ca11Gateway11111111111111111111111111111111"),
} as const satisfies Record<string, Pubkey>;

/** The two token programs, which are no part of the chain itself: SPL Token and Token-2022. */
export const tokenProgramIds: readonly [token: Pubkey, token2022: Pubkey] = [
  pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA"),
  pubkeyFromBase58("TokenzQdBNbLqP5VEhdkAS6EPFLC1PHnBqCXEpPxuEb"),
];

/** Sysvars by name; `owner` owns all of them. */
export const sysvarIds = {
  owner: pubkeyFromBase58("Sysvar1111111111111111111111111111111111111"),
  clock: pubkeyFromBase58("SysvarC1ock11111111111111111111111111111111"),
  epochRewards: pubkeyFromBase58("SysvarEpochRewards1111111111111111111111111"),
  epochSchedule: pubkeyFromBase58("SysvarEpochSchedu1e111111111111111111111111"),
  fees: pubkeyFromBase58("SysvarFees111111111111111111111111111111111"),
  instructions: pubkeyFromBase58("Sysvar1nstructions1111111111111111111111111"),
  lastRestartSlot: pubkeyFromBase58("SysvarLastRestartS1ot1111111111111111111111"),
  recentBlockhashes: pubkeyFromBase58("SysvarRecentB1ockHashes11111111111111111111"),
  rent: pubkeyFromBase58("SysvarRent111111111111111111111111111111111"),
  rewards: pubkeyFromBase58("SysvarRewards111111111111111111111111111111"),
  slotHashes: pubkeyFromBase58("SysvarS1otHashes111111111111111111111111111"),
  slotHistory: pubkeyFromBase58("SysvarS1otHistory11111111111111111111111111"),
  stakeHistory: pubkeyFromBase58("SysvarStakeHistory1111111111111111111111111"),
} as const satisfies Record<string, Pubkey>;
