/**
 * Blocks on disk: each made when the one before is durable, or while that is hashed and written (rule 24). The same chain and
 * the same transactions; the last block's hash must be the same in every column.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex } from "@trireme/core";
import { createChain, parallel, serial, type Chain, type ChainDefinition } from "@trireme/chain";
import { openDurableDatabase } from "@trireme/state";
import { summarize } from "../measure.ts";
import { pipelineCases, type PipelineCase } from "./pipeline-cases.ts";

/** As the command line has them: numbers as words. */
export interface PipelineOptions {
  readonly runs?: string;
  readonly blocks?: string;
  readonly size?: string;
  readonly workers?: string;
}

/** How the blocks of a run are made. */
interface Column {
  readonly name: string;
  readonly scheduler: ChainDefinition["scheduler"];
  readonly overlaps: boolean;
}

/** Milliseconds of a block: by the clock, of processor time on all threads; transactions of a block. */
interface Sample {
  readonly wall: number;
  readonly processor: number;
  readonly transactions: number;
  /** Of the last block. */
  readonly hash: string;
}

/** Runs every column `runs` times, interleaved, after one run that is not counted, and prints the table. */
export async function runPipeline({ runs = "5", blocks = "10", size = "1000", workers }: PipelineOptions): Promise<void> {
  const threads = workers === undefined ? availableParallelism() : Number(workers);
  const count = Number(blocks);
  const columns: readonly Column[] = [
    { name: "serial, each waits", scheduler: serial(), overlaps: false },
    { name: "serial, overlapping", scheduler: serial(), overlaps: true },
    { name: `${threads} threads, each waits`, scheduler: parallel({ workers: threads, always: true }), overlaps: false },
    { name: `${threads} threads, overlapping`, scheduler: parallel({ workers: threads, always: true }), overlaps: true },
  ];
  for (const each of await pipelineCases(Number(size))) {
    const samples = columns.map((): Sample[] => []);
    for (let round = 0; round <= Number(runs); round++) {
      for (const [index, column] of columns.entries()) {
        const sample = await runOnce(each, column, count);
        if (round > 0) samples[index]?.push(sample);
      }
    }
    print(each, columns, samples);
  }
}

async function runOnce(each: PipelineCase, { scheduler, overlaps }: Column, blocks: number): Promise<Sample> {
  const directory = mkdtempSync(join(tmpdir(), "trireme-pipeline-"));
  try {
    const definition = each.define(scheduler);
    const chain = await createChain(definition, { database: await openDurableDatabase({ directory }), now: () => 2_000_000_000_000 });
    chain.dev?.autoImpersonate(true);
    // A small block first: threads start and load their programs.
    await submitAll(chain, each.warmUp());
    await chain.dev?.mine();
    await submitAll(chain, each.transactions(blocks + 1));
    const processorBefore = process.cpuUsage();
    const start = performance.now();
    if (overlaps) await chain.dev?.mine(blocks);
    else for (let made = 0; made < blocks; made++) await chain.dev?.mine();
    const wall = (performance.now() - start) / blocks;
    const { user, system } = process.cpuUsage(processorBefore);
    const hash = bytesToHex(chain.head.hash);
    let transactions = 0;
    for (let number = 2n; number <= chain.head.header.number; number++)
      transactions += (await chain.getBlock(number))?.transactions.length ?? 0;
    await chain.close();
    return { wall, processor: (user + system) / 1000 / blocks, transactions: transactions / blocks, hash };
  } finally {
    rmSync(directory, { recursive: true });
  }
}

async function submitAll(chain: Chain, transactions: Iterable<Uint8Array>): Promise<void> {
  for (const raw of transactions) {
    const result = await chain.submit(raw);
    if (result.kind === "rejected") throw new Error(`expected an accepted transaction, got ${result.error.message}`);
  }
}

function print({ name }: PipelineCase, columns: readonly Column[], samples: readonly (readonly Sample[])[]): void {
  const [first] = samples.flat();
  console.log(`\n${name}, blocks of ${Math.round(first?.transactions ?? 0).toLocaleString("en-US")} on disk`);
  const titles = ["blocks/s", "ms a block", "fastest", "slowest", "processor ms"].map((title) => title.padStart(14)).join("");
  console.log(`  ${"".padEnd(24)}${titles}`);
  const rows = samples.map((row) => ({
    wall: summarize(row.map(({ wall }) => wall)),
    processor: summarize(row.map(({ processor }) => processor)).median,
  }));
  for (const [index, { wall, processor }] of rows.entries()) {
    const column = columns[index];
    const figures = [1000 / wall.median, wall.median, wall.minimum, wall.maximum, processor];
    const waiting = column?.overlaps === true ? rows[index - 1]?.wall.median : undefined;
    const ratio = waiting === undefined ? "" : `  ${(waiting / wall.median).toFixed(2)}x of waiting`;
    console.log(`  ${(column?.name ?? "").padEnd(24)}${figures.map((figure) => figure.toFixed(1).padStart(14)).join("")}${ratio}`);
  }
  if (samples.flat().some(({ hash }) => hash !== first?.hash)) throw new Error("the columns made different blocks");
}
