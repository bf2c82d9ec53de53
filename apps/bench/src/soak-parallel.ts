/** `npx pnpm soak parallel`: what blocks that run on threads cost in memory, after many small ones and during large ones. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChain, defineChain, parallel, type Chain } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { openDurableDatabase } from "@trireme/state";
import { svm } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import { probe } from "./soak-environment.ts";
import { createHeapBoard, mebibyte, readMemory, watchPeak, type MemoryReading } from "./soak-memory.ts";
import { createSoakSigner, payers, slotToken, soakChainId, type SoakKind } from "./soak-transactions.ts";

/** What is soaked. */
export interface SoakParallelOptions {
  /** Small blocks; memory is read after a tenth of them and after all. */
  readonly blocks: number;
  /** Of a large block. */
  readonly transactions: number;
  readonly workers: number;
}

/** Transactions of a small block. */
const small = 150;
/** Blocks after which memory must not grow any more: what is kept of blocks (the newest ones, how they were run) is full by then. */
const settled = 100;
/** Blocks of history: all of them are there long before the first reading. */
const history = 16;
/** What memory may have grown to, and MiB that a large block may take over idle. */
const [mostGrowth, mostOverIdle] = [1.05, 512];
const all: readonly SoakKind[] = ["transfer", "token", "SPL"];
/** Their state stays as large as it is; the hashes of Solana's messages fill a window of 512 blocks. */
const steady: readonly SoakKind[] = ["transfer", "token"];

/** Runs both parts and prints them; false where memory grew or a large block took too much. */
export async function soakParallel({ blocks, transactions, workers }: SoakParallelOptions): Promise<boolean> {
  const directory = mkdtempSync(join(tmpdir(), "trireme-soak-"));
  const board = createHeapBoard();
  const chain = await createChain(
    defineChain({
      chainId: soakChainId,
      environments: [evm(), svm({ programs: splPrograms() }), probe(board)],
      scheduler: parallel({ workers, always: true }),
      history,
      dev: true,
      mining: { kind: "manual" },
      limits: { mempoolTransactions: 2 * transactions },
      genesis: {
        gasLimit: 10_000_000_000n,
        accounts: [...payers().map((address) => ({ address, balance: 10n ** 26n })), { ...slotToken, nonce: 1 }],
      },
    }),
    { database: await openDurableDatabase({ directory }) },
  );
  const modes = { serial: 0, parallel: 0 };
  chain.subscribe((event) => {
    if (event.kind === "block") modes[event.run?.mode ?? "serial"]++;
  });
  try {
    const next = createSoakSigner();
    const mine = (count: number, kinds: readonly SoakKind[]): Promise<void> => mineBlock(chain, count, () => next(kinds, chain.head.hash));
    const isFlat = await printGrowth(
      blocks,
      () => mine(small, steady),
      () => readMemory(board, workers),
    );
    const isSmall = await printPeaks(
      (kinds) => mine(transactions, kinds),
      transactions,
      () => readMemory(board, workers),
    );
    console.log(`blocks run in parallel ${modes.parallel}, serially ${modes.serial}`);
    console.log(isFlat && isSmall ? "soak parallel: well" : "soak parallel: NOT well");
    return isFlat && isSmall;
  } finally {
    await chain.close();
    rmSync(directory, { recursive: true, force: true });
  }
}

async function mineBlock(chain: Chain, count: number, next: () => Uint8Array): Promise<void> {
  for (let index = 0; index < count; index++) {
    const submitted = await chain.submit(next());
    if (submitted.kind !== "accepted") throw new Error(`transaction ${index}: ${submitted.error.message}`);
  }
  const [block] = (await chain.dev?.mine()) ?? [];
  if (block?.transactions.length !== count) throw new Error(`expected a block of ${count} transactions, got ${block?.transactions.length}`);
}

/** Many small blocks: memory by tenth of them; it must not grow from block 100 on, or from the first tenth on where that is later. */
async function printGrowth(blocks: number, mine: () => Promise<void>, read: () => Promise<MemoryReading>): Promise<boolean> {
  const tenth = Math.floor(blocks / 10);
  const readings: MemoryReading[] = [];
  console.log(`blocks of ${small}: transfers and an EVM token's; MiB after a collection on every thread`);
  console.log("after block   main heap      RSS (files)   heaps of threads");
  for (let block = 1; block <= tenth * 10; block++) {
    await mine();
    if (block % tenth !== 0) continue;
    const reading = await read();
    if (block >= settled) readings.push(reading);
    const { heap, rss, files, threads } = reading;
    const mapped = `(${Math.round(files / mebibyte)})`;
    console.log(
      `${String(block).padStart(11)} ${inMebibytes(heap).padStart(11)} ${inMebibytes(rss).padStart(8)} ${mapped.padStart(7)}   ${threads.map(inMebibytes).join(", ")}`,
    );
  }
  const [first, last] = [readings[0], readings.at(-1)];
  if (first === undefined || last === undefined) throw new RangeError(`expected at least ${settled} blocks, got ${blocks}`);
  const threads = last.threads.map((heap, worker) => heap / (first.threads[worker] as number));
  const [heap, rss] = [last.heap / first.heap, last.rss / first.rss];
  console.log(
    `${"grown to".padStart(11)} ${inTimes(heap).padStart(11)} ${inTimes(rss).padStart(8)} ${"".padStart(7)}   ${threads.map(inTimes).join(", ")}   (at most ${inTimes(mostGrowth)})\n`,
  );
  return [heap, rss, ...threads].every((ratio) => ratio <= mostGrowth);
}

function inTimes(ratio: number): string {
  return `${ratio.toFixed(3)}x`;
}

/** Large blocks of each kind and of all: the peak over what the process takes at rest. */
async function printPeaks(
  mine: (kinds: readonly SoakKind[]) => Promise<void>,
  transactions: number,
  read: () => Promise<MemoryReading>,
): Promise<boolean> {
  const watch = watchPeak();
  let isSmall = true;
  const { rss: idle } = await read();
  console.log(
    `blocks of ${transactions}; MiB over the ${inMebibytes(idle)} at rest before the first of them, from the first transaction's submission on`,
  );
  for (const kinds of [["transfer"], ["token"], ["SPL"], all] as const) {
    watch.take();
    await mine(kinds);
    const peak = watch.take() - idle;
    const { rss } = await read();
    isSmall &&= peak <= mostOverIdle * mebibyte;
    console.log(
      `${kinds.join(" + ").padEnd(24)} peak ${inMebibytes(peak).padStart(6)}, at rest after it ${inMebibytes(rss - idle).padStart(6)}   (at most ${mostOverIdle})`,
    );
  }
  await watch.stop();
  return isSmall;
}

function inMebibytes(bytes: number): string {
  return (bytes / mebibyte).toFixed(1);
}
