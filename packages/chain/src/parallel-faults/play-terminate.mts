/** Ends threads at instants of blocks, in places that are hit for certain and at random ones; looks at that block and at the next. */
import { setTimeout as after } from "node:timers/promises";
import type { Place } from "./fault-control.mts";
import { createFaultsWorld, type FaultsBlock, type FaultsRun, type FaultsWorld } from "./faults-world.mts";

/** Where a thread is ended. `random`: wherever it is; `idle`: between blocks; `all`: every thread, at a random instant. */
type Instant = Place | "random" | "idle" | "all";

/** Every other instant is random; the ones between are these in turn. */
const certain: readonly Instant[] = [
  "key lock",
  "commit lock",
  "WASM",
  "transaction",
  "all",
  "key lock",
  "commit lock",
  "WASM",
  "exit",
  "idle",
];

export interface TerminateOptions {
  readonly times: number;
  readonly seed: number;
  /** Called after each instant. */
  readonly onInstant?: (done: number) => void;
}

/** What came of it. */
export interface TerminateReport {
  /** By place: how often a thread was ended there, and how often the block was given up for it. */
  readonly places: Readonly<Record<string, { readonly ended: number; readonly givenUp: number }>>;
  /** Of the threads that were told to stop in WASM, those that came out of it before they were ended. */
  readonly outOfWasm: number;
  /** Blocks that were not what they are serially: must be none. */
  readonly wrong: readonly string[];
  /** Blocks right after that were not run by two workers: must be none. */
  readonly notParallel: readonly string[];
  readonly counts: FaultsWorld["pool"]["counts"];
  /** Milliseconds: median of a block without trouble, of one in which a thread ends, of the next, start of the thread included. */
  readonly medians: { readonly clean: number; readonly ended: number; readonly next: number };
}

const transactions = 120;
/** Milliseconds in which a thread ends that is told to. */
const patience = 300_000;
const spins = 20_000;

export async function playTerminate({ times, seed, onInstant }: TerminateOptions): Promise<TerminateReport> {
  const world = await createFaultsWorld();
  const random = createRandom(seed);
  const blocks = [0, 1, 2].map(() => world.mixedBlock(transactions, spins));
  const clean: number[] = [];
  for (let warm = 0; warm < 9; warm++) {
    const start = performance.now();
    await world.run(blocks[warm % blocks.length] as FaultsBlock);
    if (warm > 3) clean.push(performance.now() - start);
  }
  const expected = median(clean);
  const places: Record<string, { ended: number; givenUp: number }> = {};
  const wrong: string[] = [];
  const notParallel: string[] = [];
  const [took, tookNext]: [number[], number[]] = [[], []];
  let [outOfWasm, rests] = [0, 0];
  for (let done = 0; done < times; done++) {
    const instant = done % 2 === 0 ? "random" : (certain[(done >> 1) % certain.length] as Instant);
    const block = blocks[random(blocks.length)] as FaultsBlock;
    const name = `${instant}, instant ${done} of seed ${seed}`;
    const start = performance.now();
    const run = await endDuring(world, block, instant, random, expected);
    took.push(performance.now() - start);
    const tally = (places[instant] ??= { ended: 0, givenUp: 0 });
    tally.ended++;
    if (run.mode === "serial") tally.givenUp++;
    if (instant === "WASM" && world.control.hasPassed) outOfWasm++;
    const middle = performance.now();
    const next = await world.run(blocks[random(blocks.length)] as FaultsBlock, "together");
    tookNext.push(performance.now() - middle);
    if (!run.isRight) wrong.push(`${name}: ${describe(run)}`);
    if (!next.isRight) wrong.push(`after ${name}: ${describe(next)}`);
    if (next.mode !== "parallel" || next.workers !== world.pool.workers) notParallel.push(`after ${name}: ${describe(next)}`);
    // A pool that rests has no threads to end.
    for (let blocks = 0; blocks < 20 && world.pool.counts.givenUp.rest > rests; blocks++) {
      rests = world.pool.counts.givenUp.rest;
      await world.run(block);
    }
    onInstant?.(done + 1);
  }
  const { counts } = world.pool;
  await world.close();
  return { places, outOfWasm, wrong, notParallel, counts, medians: { clean: expected, ended: median(took), next: median(tookNext) } };
}

function describe({ mode, reason = "", workers }: FaultsRun): string {
  return `${mode}${workers === undefined ? "" : ` on ${workers}`} ${reason}`;
}

/** Runs a block and ends a thread in it. */
async function endDuring(world: FaultsWorld, block: FaultsBlock, instant: Instant, random: (limit: number) => number, expected: number) {
  const { pool } = world;
  const { ended } = pool.counts.threads;
  /** A thread that was told to end goes on for a moment: the instant is over when it has ended. */
  const hasEnded = async (threads: number): Promise<void> => {
    for (const late = performance.now() + patience; pool.counts.threads.ended < ended + threads; await after(1))
      if (performance.now() > late) throw new Error(`expected ${threads} threads to end at ${instant}, got ${JSON.stringify(pool.counts)}`);
  };
  if (instant === "idle") {
    pool.terminate(1 + random(pool.workers - 1));
    if (random(2) === 0) await after(random(20));
    const run = await world.run(block);
    await hasEnded(1);
    return run;
  }
  if (instant === "random" || instant === "all") {
    const running = world.run(block);
    await after(random(Math.ceil(expected * 1.2)));
    const all = Array.from({ length: pool.workers - 1 }, (_, index) => index + 1);
    const threads = instant === "all" ? all : [all[random(all.length)] as number];
    for (const worker of threads) pool.terminate(worker);
    await hasEnded(threads.length);
    return running;
  }
  const run = await stopAt(world, block, instant, random);
  await hasEnded(1);
  return run;
}

/** Lets a thread stop where it is told to, and ends it there. */
async function stopAt(world: FaultsWorld, block: FaultsBlock, place: Place, random: (limit: number) => number) {
  const { control, pool } = world;
  control.order(place, 1 + random({ "key lock": 200, "commit lock": transactions }[place as string] ?? 20));
  const running = world.runUntilHit(block);
  await Promise.race([running, until(() => control.hit !== undefined)]);
  if (place === "WASM") await after(random(4));
  if (place !== "exit") pool.terminate(control.hit as number);
  const run = await running;
  control.clear();
  return run;
}

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await after(1);
}

function median(times: readonly number[]): number {
  return Math.round(times.toSorted((left, right) => left - right)[times.length >> 1] ?? 0);
}

/** Numbers from 0 to `limit`, `limit` excluded, that depend on the seed only. */
function createRandom(seed: number): (limit: number) => number {
  let state = (seed * 0x9e37_79b9) | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}
