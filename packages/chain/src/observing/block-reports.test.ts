// What a chain knows of how its blocks were run: in parallel, serially, given up, and after many more.
import { describe, expect, it } from "vitest";
import { unwatchedRun, type SchedulerEvent } from "@trireme/scheduler";
import type { Block, Chain, ChainEvent } from "../chain.ts";
import { counterCode, createTestChain, ether, hex, initCodeFor, signed, submitted, testKey, type TestKey } from "../chain-fixture.mts";
import { parallel, serial } from "../definition/scheduler.ts";
import { createBlockReports } from "./block-reports.ts";

const keys: readonly TestKey[] = Array.from({ length: 40 }, (_, index) => testKey(index + 1));

async function withChain(scheduler: ReturnType<typeof serial>, use: (chain: Chain) => Promise<void>): Promise<void> {
  const accounts = keys.map(({ address }) => ({ address, balance: 100n * ether }));
  const chain = await createTestChain({ scheduler, mining: { kind: "manual" }, genesis: { accounts } });
  try {
    await use(chain);
  } finally {
    await chain.close();
  }
}

/** A block in which everybody calls one counter: each transaction reads what the one below it wrote. */
async function contended(chain: Chain): Promise<void> {
  await submitted(chain, signed(keys[0] as TestKey, { nonce: 0n, data: initCodeFor(counterCode) }));
  await chain.dev?.mine();
  const to = (await chain.getReceipts("latest"))?.[0]?.contractAddress;
  for (const [index, key] of keys.entries()) await submitted(chain, signed(key, { nonce: index === 0 ? 1n : 0n, to, gasLimit: 100_000n }));
  await chain.dev?.mine();
}

describe("the reports of a chain", () => {
  it("say who ran what on which thread, and which key made it run again", async () => {
    await withChain(parallel({ workers: 2, always: true }), async (chain) => {
      const events: SchedulerEvent[] = [];
      const heard: ChainEvent[] = [];
      chain.scheduler.subscribe((event) => events.push(event));
      chain.subscribe((event) => heard.push(event));
      await contended(chain);
      const report = await chain.scheduler.getReport("latest");
      if (report === undefined) throw new Error("expected a report of the head");
      expect([report.block, report.mode, report.workers, hex(report.blockHash)]).toEqual([2n, "parallel", 2, hex(chain.head.hash)]);
      expect(report.hashes.map((hash) => hash && hex(hash))).toEqual(chain.head.transactions.map(({ hash }) => hex(hash)));
      for (const { runs } of report.transactions) expect(runs.filter(({ outcome }) => outcome === "executed")).toHaveLength(1);
      // Which key it was may differ, but all is in words: slots of the counter, accounts of those who call it.
      for (const { key } of report.conflicts) expect(key).toMatch(/^(slot 0x\w{64} of|account) 0x\w{40}$/);
      const aborted = report.transactions
        .flatMap(({ index, runs }) => runs.map((run) => ({ index, ...run })))
        .filter(({ conflict }) => conflict);
      expect(aborted).toHaveLength(report.aborts);
      for (const { index, by } of aborted) expect(by).toBeLessThan(index);

      expect(await chain.scheduler.getReport(2n)).toEqual(report);
      expect(await chain.scheduler.getReport({ hash: chain.head.hash })).toEqual(report);
      expect(events.filter(({ kind }) => kind === "finished")).toMatchObject([{ block: 1n }, { block: 2n, report }]);
      expect(events.filter(({ kind, block }) => kind === "ended" && block === 2n)).toHaveLength(
        report.transactions.reduce((sum, { runs }) => sum + runs.length, 0),
      );
      const { mode, reason, aborts, runTime, finalRunTime, wallTime, speedUp } = report;
      const [, event] = heard.filter(({ kind }) => kind === "block");
      expect(event).toMatchObject({ run: { mode, reason, workers: 2, aborts, wallTime, speedUp, cause: undefined } });
      expect(runTime).toBeGreaterThanOrEqual(finalRunTime);
      const { counts } = chain.scheduler;
      expect([counts.parallel, counts.serial.small, counts.aborts]).toEqual([1, 1, report.aborts]);
    });
  });

  it("have one lane and a reason where a block ran serially", async () => {
    await withChain(serial(), async (chain) => {
      await contended(chain);
      const report = await chain.scheduler.getReport("latest");
      expect(report).toMatchObject({ mode: "serial", reason: "no worker threads", workers: 1, aborts: 0, speedUp: 1 });
      expect(report?.transactions.map(({ runs }) => runs.length)).toEqual(keys.map(() => 1));
      expect(chain.scheduler.workers).toBe(0);
      expect(chain.scheduler.counts.serial).toEqual({ off: 2, small: 0, starting: 0, slower: 0, contention: 0, givenUp: 0, fault: 0 });
    });
  });

  it("are of the newest blocks only, and of none that was not run here", async () => {
    await withChain(serial(), async (chain) => {
      await chain.dev?.mine(70);
      const known = async (tag: bigint): Promise<boolean> => (await chain.scheduler.getReport(tag)) !== undefined;
      expect([await known(0n), await known(6n), await known(7n), await known(70n), await known(71n)]).toEqual([
        false,
        false,
        true,
        true,
        false,
      ]);
      expect(await chain.scheduler.getReport("pending")).toBeUndefined();
    });
  });

  it("take no more than some memory", async () => {
    await withChain(serial(), async (chain) => {
      const blocks = (await chain.dev?.mine(3)) as readonly Block[];
      const reports = createBlockReports(2);
      // A buffer for 500,000 runs in which there is none.
      const record = { ...unwatchedRun(0), events: [{ buffer: new ArrayBuffer(16 + 500_000 * 20) }] };
      const kept = (): boolean[] => blocks.map((block) => reports.reportOf(block) !== undefined);
      for (const [place, block] of blocks.entries()) {
        reports.keep(block, { mode: "serial", cause: "givenUp", reason: "given up: the thread ended", record, skipped: [] });
        expect(kept()).toEqual(blocks.map((_, index) => index === place));
      }
      expect(reports.reportOf(blocks[2] as Block)?.reason).toBe("given up: the thread ended");
      expect(reports.counts.serial.givenUp).toBe(3);
    });
  });

  it("follow the chain when it is reverted", async () => {
    await withChain(serial(), async (chain) => {
      await chain.dev?.mine();
      const id = (await chain.dev?.snapshot()) as bigint;
      await submitted(chain, signed(keys[1] as TestKey, { nonce: 0n, to: keys[2]?.address, value: 1n }));
      await chain.dev?.mine();
      const gone = chain.head.hash;
      await chain.dev?.revert(id);
      expect(await chain.scheduler.getReport(2n)).toBeUndefined();
      expect(await chain.scheduler.getReport({ hash: gone })).toBeUndefined();
      chain.dev?.dropAllTransactions();
      await chain.dev?.mine();
      expect((await chain.scheduler.getReport(2n))?.hashes).toEqual([]);
    });
  });

  it("name those that could not stand in the block", async () => {
    await withChain(serial(), async (chain) => {
      const [rich, poor] = [keys[3], keys[4]] as [TestKey, TestKey];
      // It has the balance for one of them: the second one is taken by the mempool and refused by the block.
      const hashes = [];
      for (const nonce of [0n, 1n]) hashes.push(await submitted(chain, signed(rich, { nonce, to: poor.address, value: 60n * ether })));
      await chain.dev?.mine();
      const report = await chain.scheduler.getReport("latest");
      expect(chain.head.transactions).toHaveLength(1);
      expect(report?.hashes.map((hash) => hash && hex(hash))).toEqual([hex(chain.head.transactions[0]?.hash as never), undefined]);
    });
  });
});
