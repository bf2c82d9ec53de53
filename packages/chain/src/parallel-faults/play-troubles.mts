/** What else can happen to the threads of a pool: each scenario says what came of it, in plain data. */
import { setTimeout as after } from "node:timers/promises";
import { bytesToHex, isTriremeError } from "@trireme/core";
import { submitted, testClock } from "../chain-fixture.mts";
import { createChain } from "../create-chain.ts";
import { serial } from "../definition/scheduler.ts";
import type { Trouble } from "./fault-control.mts";
import { faultyOp } from "./fault-environments.mts";
import { contracts, createFaultsWorld, type FaultsBlock, type FaultsRun, type FaultsWorld } from "./faults-world.mts";

const transactions = 100;
const spins = 20_000;

/** How often in a row a pool is tried that cannot work, and blocks that it then rests for. */
const failing = { tries: 3, rest: 16 } as const;

function callsOf(world: FaultsWorld, count: number, input: (index: number) => readonly number[]): FaultsBlock {
  const raws = Array.from({ length: count }, (_, index) =>
    world.sent(index % 50, { to: contracts.faulty, data: Uint8Array.from(input(index)), gasLimit: 10_000_000n }),
  );
  return world.blockOf(raws);
}

/** Blocks given up for each cause, and threads that were started and ended; causes without any left out. */
function countsSince({ pool }: FaultsWorld, before: FaultsWorld["pool"]["counts"]): Readonly<Record<string, number>> {
  const flat = ({ givenUp, threads }: typeof before): readonly (readonly [string, number])[] => Object.entries({ ...givenUp, ...threads });
  const known = new Map(flat(before));
  return Object.fromEntries(
    flat(pool.counts).flatMap(([name, count]) => (count === known.get(name) ? [] : [[name, count - (known.get(name) ?? 0)]])),
  );
}

/** A thread is in trouble once: whatever it is, the block is right, and so is the next, in parallel. */
async function once(world: FaultsWorld, trouble: Trouble): Promise<readonly FaultsRun[]> {
  const block = world.mixedBlock(transactions, spins);
  world.control.order(trouble, 2);
  const first = await world.runUntilHit(block);
  world.control.clear();
  return [first, await world.run(block, "together")];
}

/** Contracts overflow the stack of whoever asked for the block, and no other's. */
async function callerOverflows(world: FaultsWorld) {
  const blocks = [callsOf(world, 60, (index) => [faultyOp.count, index % 8]), callsOf(world, 40, () => [faultyOp.count, 0])];
  const before = world.pool.counts;
  world.control.callerOverflows = true;
  const runs: FaultsRun[] = [];
  // The threads may run all that there is before it comes to a call.
  do for (const block of blocks) runs.push(await world.run(block));
  while (world.control.hit !== 0 && runs.length < 100);
  world.control.callerOverflows = false;
  const areRight = runs.every(({ isRight, mode }) => isRight && mode === "parallel");
  return { areRight, hasOverflown: world.control.hit === 0, counts: countsSince(world, before) };
}

/** A transaction throws wherever it is run: who asked for the block is told which. */
async function faultOfTransaction(world: FaultsWorld) {
  const good = callsOf(world, 60, (index) => [faultyOp.count, index % 8]);
  const poison = world.transactionOf(
    world.sent(55, { to: contracts.faulty, data: Uint8Array.of(faultyOp.throwAlways), gasLimit: 100_000n }),
  );
  const before = world.pool.counts;
  const plan = { ...good.plan, transactions: good.plan.transactions.toSpliced(30, 0, poison) };
  const error = await world.execute(plan).catch((thrown: unknown) => thrown);
  const { code, details } = isTriremeError(error) ? error : { code: "none", details: {} as Readonly<Record<string, unknown>> };
  const givenUp = countsSince(world, before);
  return { code, isNamed: details["transactionHash"] === bytesToHex(poison.hash), givenUp, next: await world.run(good) };
}

/** Transactions that throw unless they read what they would read serially: what they throw ahead of their turn does not count. */
async function faultOfReads(world: FaultsWorld) {
  const block = callsOf(world, 48, (index) => [faultyOp.throwUnless, 0, index]);
  const before = world.pool.counts;
  const runs = [await world.run(block), await world.run(block), await world.run(block)];
  return { runs, counts: countsSince(world, before) };
}

/** No thread can be set up for a while. */
async function setUpFails(world: FaultsWorld) {
  const { control, pool } = world;
  const block = world.mixedBlock(transactions, 100);
  const first = await world.run(block, "together");
  const before = pool.counts;
  control.setUpFails = true;
  for (let worker = 1; worker < pool.workers; worker++) pool.terminate(worker);
  // The caller may run all of a block before it hears of the end of those beside it: that block would not be given up.
  while (pool.counts.threads.ended < before.threads.ended + pool.workers - 1) await after(1);
  const during: FaultsRun[] = [];
  for (let tried = 0; tried < failing.tries + 5; tried++) during.push(await world.run(block));
  const counts = countsSince(world, before);
  control.setUpFails = false;
  let blocks = 0;
  let last = await world.run(block, "together");
  for (; last.mode === "serial" && blocks < 100; blocks++) last = await world.run(block, "together");
  return { first, areRight: during.every(({ isRight, mode }) => isRight && mode === "serial"), counts, blocks, last };
}

/** The same thread ends in one block after the other. */
async function sameThread(world: FaultsWorld) {
  const block = world.mixedBlock(transactions, spins);
  const runs: FaultsRun[] = [];
  for (const count of [5, 1]) {
    world.control.order("exit", count);
    runs.push(await world.runUntilHit(block));
  }
  world.control.clear();
  return [...runs, await world.run(block, "together")];
}

/** The pool is closed in the midst of a block. */
async function closedDuring(world: FaultsWorld) {
  const block = world.mixedBlock(transactions, spins);
  await world.run(block);
  world.control.order("transaction", 1);
  const running = world.runUntilHit(block);
  while (world.control.hit === undefined) await after(1);
  await world.close();
  return [await running, await world.run(block)];
}

/** A thread never comes back: nobody but who ends it can help. */
async function neverBack(world: FaultsWorld) {
  const block = world.mixedBlock(transactions, spins);
  world.control.order("spin", 1);
  const running = world.runUntilHit(block).then((run) => ({ ...run, isBack: true }));
  while (world.control.hit === undefined) await after(1);
  const early = await Promise.race([running, after(300).then(() => ({ isBack: false }))]);
  world.pool.terminate(world.control.hit);
  const { isBack: _, ...run } = await running;
  world.control.clear();
  return { isBackByItself: early.isBack, runs: [run, await world.run(block, "together")] };
}

/** Transactions write more than the memory of a block holds: it is larger for the next one. */
async function memorySpent(world: FaultsWorld) {
  const block = callsOf(world, 64, (index) => [faultyOp.fill, index, 30]);
  const runs: FaultsRun[] = [];
  const before = world.pool.counts;
  while (runs.length < 8 && runs.at(-1)?.mode !== "parallel") runs.push(await world.run(block));
  return { runs, counts: countsSince(world, before) };
}

/** A chain is closed while it makes a block, and a thread ends in that block: the block is whole, and what a serial chain makes. */
async function chainClosedDuring(world: FaultsWorld) {
  const [raws, now] = [world.sentInTurn(60), testClock().now];
  const hashes: string[] = [];
  world.control.order("exit", 1);
  for (const definition of [world.definition, { ...world.definition, scheduler: serial() }]) {
    const chain = await createChain(definition, { now });
    for (const raw of raws) await submitted(chain, raw);
    const [blocks] = await Promise.all([chain.dev?.mine(), chain.close()]);
    hashes.push(...(blocks ?? []).map(({ hash, transactions: { length } }) => `${length} ${bytesToHex(hash)}`));
  }
  return {
    transactions: Number.parseInt(hashes[0] ?? "", 10),
    isSame: hashes.length === 2 && hashes[0] === hashes[1],
    hasEnded: world.control.hit !== undefined,
  };
}

export async function playTroubles() {
  const world = await createFaultsWorld();
  return {
    faultOfReads: await faultOfReads(world),
    thrown: await once(world, "throw"),
    overflown: await once(world, "overflow"),
    outOfMemory: await once(world, "heap"),
    callerOverflows: await callerOverflows(world),
    faultOfTransaction: await faultOfTransaction(world),
    sameThread: await sameThread(world),
    neverBack: await neverBack(world),
    memorySpent: await memorySpent(world),
    setUpFails: await setUpFails(world),
    chainClosedDuring: await chainClosedDuring(world),
    closedDuring: await closedDuring(world),
  };
}
