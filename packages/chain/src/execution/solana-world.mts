/** What random Solana transactions work on: wallets, programs, and what earlier transactions made. */
import type { Pubkey } from "@trireme/core";
import type { GenesisProgram, SbpfVersion } from "@trireme/svm";
import { actsElf } from "./solana-acts.mts";
import { hex } from "./solana-oracle.mts";
import { solanaSigner, type KnownTable, type SolanaSigner } from "./solana-messages.mts";
import { createSolanaTwins, type SolanaTwins } from "./solana-twins.mts";
import type { Random } from "./solana-random.mts";

/** A mint; `fee` is Token-2022's, in basis points. */
export interface Mint {
  readonly key: Pubkey;
  readonly program: Pubkey;
  readonly authority: SolanaSigner;
  readonly decimals: number;
  readonly fee: number | undefined;
}

/** A token account. */
export interface TokenAccount {
  readonly key: Pubkey;
  readonly mint: Mint;
  readonly owner: SolanaSigner;
}

/** An account of a generated program. */
export interface OwnedAccount {
  readonly key: Pubkey;
  readonly program: Pubkey;
}

/** All of it. Lists grow when a transaction has succeeded. */
export interface SolanaWorld {
  readonly twins: SolanaTwins;
  readonly random: Random;
  readonly wallets: readonly SolanaSigner[];
  /** Wallets with hardly enough for a fee. */
  readonly poor: readonly SolanaSigner[];
  /** Generated programs, V0 to V3 in turn, each twice. */
  readonly programs: readonly Pubkey[];
  readonly mints: Mint[];
  readonly tokens: TokenAccount[];
  readonly owned: OwnedAccount[];
  readonly nonces: { readonly key: Pubkey; readonly authority: SolanaSigner }[];
  readonly tables: (KnownTable & { readonly authority: SolanaSigner; readonly lastChange: bigint })[];
  /** A key pair that nobody has had yet. */
  freshSigner(): SolanaSigner;
  signerOf(key: Pubkey): SolanaSigner | undefined;
}

const lamports = 100_000_000_000n;

const programSigners = Array.from({ length: 8 }, (_, index) => solanaSigner(900 + index).pubkey);
const versions: readonly SbpfVersion[] = [0, 1, 2, 3];
const programs: readonly GenesisProgram[] = programSigners.map((id, index) => ({
  id,
  elf: actsElf(versions[index % 4] as SbpfVersion),
  loader: index < 6 ? 3 : 2,
}));

/** A new world on both sides. */
export function createSolanaWorld(random: Random, engine: "compiler" | "interpreter"): SolanaWorld {
  const wallets = Array.from({ length: 6 }, (_, index) => solanaSigner(1 + index));
  const poor = Array.from({ length: 3 }, (_, index) => solanaSigner(20 + index));
  const signers = new Map([...wallets, ...poor].map((each) => [hex(each.pubkey), each]));
  let count = 10_000;
  const funded = [
    ...wallets.map(({ pubkey }) => ({ key: pubkey, lamports })),
    ...poor.map(({ pubkey }, index) => ({ key: pubkey, lamports: [895_880n, 12_000n, 900_881n][index] as bigint })),
  ];
  return {
    twins: createSolanaTwins({ engine, programs, wallets: funded }),
    random,
    wallets,
    poor,
    programs: programSigners,
    mints: [],
    tokens: [],
    owned: [],
    nonces: [],
    tables: [],
    freshSigner() {
      const fresh = solanaSigner(count++);
      signers.set(hex(fresh.pubkey), fresh);
      return fresh;
    },
    signerOf: (key) => signers.get(hex(key)),
  };
}
