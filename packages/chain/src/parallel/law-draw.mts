// What a random block is drawn as: plain data, from which transactions are made once its place in the chain is known.
import { createRandom, type Random } from "../execution/solana-random.mts";
import type { KindName } from "./law-kinds.mts";

/** How much the transactions of a block get in each other's way. */
export type Contention = "none" | "some" | "hot";

/** A transaction to be. Everything else about it follows from its seed. */
export interface Act {
  readonly kind: KindName;
  readonly seed: number;
  /** Its place in the block as drawn: who acts where nobody contends. */
  readonly place: number;
}

/** A block to be. */
export interface DrawnBlock {
  readonly contention: Contention;
  readonly acts: readonly Act[];
  readonly gasLimit: bigint;
  readonly baseFeePerGas: bigint;
  /** Which of the coinbases. */
  readonly coinbase: number;
  readonly workers: number;
  /** Whether the next block runs above it while it is not committed. */
  readonly isHeld: boolean;
  /** Whether the threads begin before they know the hash of the block before. */
  readonly isOpen: boolean;
  /** Seed of guesses at what each transaction depends on, all wrong; undefined where the pool makes its own. */
  readonly guesses: number | undefined;
  /** A memory that may be too small for the block, which is given up then and run again. */
  readonly bytes: number | undefined;
  /** What a developer changes before it: seeds of changes. */
  readonly mutations: readonly number[];
  readonly delays: { readonly seed: number; readonly microseconds: number; readonly oneIn: number } | undefined;
}

/** How often each kind comes, by contention. */
export type Weights = Readonly<Record<Contention, readonly (readonly [KindName, number])[]>>;

const manyTransactions = 101;

/** Short and often, or long and seldom. */
const delays = [
  { microseconds: 50, oneIn: 10 },
  { microseconds: 300, oneIn: 60 },
  { microseconds: 2_000, oneIn: 400 },
] as const;

/** Draws block `number` of the chain of a seed. */
export function drawBlock(chain: number, number: number, weights: Weights): DrawnBlock {
  const random = createRandom(Math.imul(chain, 0x9e37_79b1) ^ Math.imul(number, 0x85eb_ca6b));
  const contention = random.pick<Contention>(["none", "some", "some", "hot", "hot"]);
  const size = sizeOf(random);
  const kinds = random.percent(35) ? someOf(weights[contention], random) : weights[contention];
  const acts = Array.from({ length: size }, (_, place) => ({ kind: pickKind(kinds, random), seed: random.below(0x7fff_ffff), place }));
  const isShort = random.percent(15);
  return {
    contention,
    acts,
    gasLimit: isShort ? BigInt(50_000 + size * random.below(60_000)) : 10n ** 9n,
    baseFeePerGas: random.pick([7n, 7n, 10n ** 9n]),
    coinbase: random.below(2),
    workers: size >= manyTransactions ? 2 + random.below(3) : 1 + random.below(4),
    isHeld: random.percent(20),
    isOpen: random.percent(25),
    guesses: random.percent(10) ? random.below(0x7fff_ffff) : undefined,
    bytes: random.percent(5) ? 40_000 + size * random.below(4_000) : undefined,
    mutations: random.percent(12) ? Array.from({ length: 1 + random.below(3) }, () => random.below(0x7fff_ffff)) : [],
    delays: random.percent(40) ? { seed: random.below(0x7fff_ffff), ...random.pick(delays) } : undefined,
  };
}

/** Most blocks are small, some very; one in sixteen has more than a hundred transactions. */
function sizeOf(random: Random): number {
  if (random.below(16) === 0) return manyTransactions + random.below(random.percent(20) ? 200 : 60);
  return 1 + random.below(random.percent(50) ? 6 : 24);
}

/** A few kinds only, equally often: what they do to one another. */
function someOf(kinds: readonly (readonly [KindName, number])[], random: Random): readonly (readonly [KindName, number])[] {
  return Array.from({ length: 1 + random.below(4) }, () => [random.pick(kinds)[0], 1] as const);
}

function pickKind(kinds: readonly (readonly [KindName, number])[], random: Random): KindName {
  let ticket = random.below(kinds.reduce((sum, [, weight]) => sum + weight, 0));
  const found = kinds.find(([, weight]) => (ticket -= weight) < 0);
  if (found === undefined) throw new Error("expected a kind for every ticket");
  return found[0];
}
