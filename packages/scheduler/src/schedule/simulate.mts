/** Runs a block on workers that take turns by a seed, on one thread: a failure comes again with the same seed. */
import type { StateReader } from "@trireme/state";
import { BlockMemory } from "../memory/block-memory.ts";
import { createBlockMemory } from "../memory/create-block-memory.ts";
import { field } from "../memory/layout.ts";
import { VersionedState } from "../memory/versioned-state.ts";
import type { BlockBody } from "./block-body.ts";
import { BlockWorker, type PlantedFaults, type StepResult } from "./block-worker.ts";

export interface Simulation {
  readonly memory: BlockMemory;
  readonly outcomes: readonly Uint8Array[];
  readonly aborts: number;
  readonly steps: number;
  /** Whether the rest of it was run serially. */
  readonly hasSerialRest: boolean;
  /** Transactions that were handed on. */
  readonly handedOn: number;
}

export interface SimulationOptions {
  readonly transactions: number;
  readonly workers: number;
  readonly seed: number;
  readonly base: StateReader;
  readonly body: (state: VersionedState, memory: BlockMemory, isShallow: boolean) => BlockBody;
  /** Where the first of several workers hands on what threw this. */
  readonly handsOn?: ((error: unknown) => boolean) | undefined;
  /** For each transaction the one that it runs after, -1 for none. */
  readonly hints?: readonly number[];
  readonly faults?: PlantedFaults;
  readonly bytes?: number;
  readonly patience?: number;
}

/** Where a worker reads and writes what others write and read, they may take steps first: within its own step. */
class InterleavedMemory extends BlockMemory {
  onAccess: (() => void) | undefined;

  override versionBelow(key: number, index: number): number {
    this.onAccess?.();
    return super.versionBelow(key, index);
  }

  override creditBelow(key: number, index: number): number {
    this.onAccess?.();
    return super.creditBelow(key, index);
  }

  override readValue(value: number): Uint8Array | undefined {
    this.onAccess?.();
    return super.readValue(value);
  }

  override findVersion(key: number, index: number): number {
    this.onAccess?.();
    return super.findVersion(key, index);
  }

  override findCredit(key: number, index: number): number {
    this.onAccess?.();
    return super.findCredit(key, index);
  }

  override setValue(version: number, value: number): void {
    this.onAccess?.();
    super.setValue(version, value);
  }

  override setGas(index: number, gasUsed: bigint, blobGasUsed: bigint): void {
    super.setGas(index, gasUsed, blobGasUsed);
    this.onAccess?.();
  }

  override addUsed(index: number): void {
    super.addUsed(index);
    this.onAccess?.();
  }
}

/** Numbers from 0 to `limit`, `limit` excluded, that depend on the seed only. */
export function createTurns(seed: number): (limit: number) => number {
  let state = (seed ^ 0x9e37_79b9) | 1;
  return (limit) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % limit;
  };
}

export function simulateBlock({
  transactions,
  workers,
  seed,
  base,
  body,
  handsOn,
  hints = [],
  faults = {},
  bytes = 4_000_000,
  patience = 21,
}: SimulationOptions): Simulation {
  const handle = createBlockMemory({ transactions, bytes });
  const memory = new BlockMemory(handle);
  for (const [index, after] of hints.entries()) memory.words[memory.at(index) + field.after] = after;
  const turn = createTurns(seed);
  let idle = 0;
  let steps = 0;
  const active = new Set<BlockWorker>();
  /** Workers in the middle of a step: what one of them began goes on when those that began later have ended theirs. */
  const open = new Set<BlockWorker>();
  const takeStep = (worker: BlockWorker): StepResult => {
    open.add(worker);
    const result = worker.step();
    open.delete(worker);
    steps++;
    if (result === "done") active.delete(worker);
    return result;
  };
  // Seldom, often, or between whole steps only.
  const oneIn = [0, 2, 5, 20][turn(4)] as number;
  const interleave = (): void => {
    if (oneIn === 0 || turn(oneIn) !== 0) return;
    const others = [...active].filter((worker) => !open.has(worker));
    if (others.length > 0) takeStep(others[turn(others.length)] as BlockWorker);
  };
  for (let worker = 0; worker < workers; worker++) {
    const own = new InterleavedMemory(handle);
    own.onAccess = interleave;
    const state = new VersionedState(own, base);
    const isShallow = worker === 0 && workers > 1 && handsOn !== undefined;
    const parts = { memory: own, state, body: body(state, own, isShallow), faults, patience };
    active.add(new BlockWorker(isShallow ? { ...parts, handsOn, isBrief: true } : parts));
  }
  // Inputs come one by one, or are all there.
  if (turn(2) === 0) memory.inputs = 0;
  while (active.size > 0) {
    if (memory.inputs < transactions && turn(3) === 0) memory.inputs++;
    const ready = [...active];
    const worker = ready[turn(ready.length)] as BlockWorker;
    const result = takeStep(worker);
    idle = result === "worked" ? 0 : idle + 1;
    if (idle > 200 * workers) throw new Error(`expected a worker that gets on, got none in ${idle} steps`);
  }
  const outcomes = Array.from({ length: transactions }, (_, index) => {
    const at = memory.at(index);
    return memory.bytesAt(memory.words[at + field.outcome] as number, memory.words[at + field.outcomeLength] as number);
  });
  const handedOn = outcomes.filter((_, index) => memory.isHandedOn(index)).length;
  return { memory, outcomes, aborts: memory.aborts, steps, hasSerialRest: memory.restFrom !== undefined, handedOn };
}
