// How blocks were run on a real node, as `trireme lanes` draws it: on threads, and one after the other.
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parallel } from "@trireme/chain";
import { defineDevChain, deriveDevAccounts, startNode, type RunningNode } from "@trireme/node";
import type { RpcBlockReport } from "@trireme/rpc";
import type { ChromeTrace } from "@trireme/scheduler";
import { createPublicClient, http, type Hex, type PublicClient } from "viem";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../command-line.ts";

const accounts = deriveDevAccounts(undefined, 10);
const folder = mkdtempSync(join(tmpdir(), "trireme-lanes-"));
const transfers = 100;
/** Init code of a contract that counts its calls in slot 0: SLOAD, add one, SSTORE. */
const counterInitCode = "0x600a600c600039600a6000f360005460010160005500";
let node: RunningNode;
let client: PublicClient;

const ask = (method: string, ...params: unknown[]): Promise<unknown> => client.request({ method, params } as never);
const send = (fields: Readonly<Record<string, unknown>>): Promise<unknown> => ask("eth_sendTransaction", { gas: "0x186a0", ...fields });

beforeAll(async () => {
  const chain = { ...defineDevChain({ accounts, mining: { kind: "manual" } }), scheduler: parallel({ workers: 2, always: true }) };
  node = await startNode({ chain, accounts, port: 0, logLevel: "silent" });
  // A request that is sent again would make another block.
  client = createPublicClient({ transport: http(node.http, { retryCount: 0, timeout: 60_000 }) });
  const [first, ...others] = (await ask("eth_accounts")) as readonly [Hex, ...Hex[]];
  const deployed = await send({ from: first, data: counterInitCode });
  await ask("evm_mine");
  const { contractAddress: counter } = await client.getTransactionReceipt({ hash: deployed as Hex });
  // Transfers of each to the next, and some who all count in one slot.
  for (let index = 0; index < transfers; index++) {
    const from = others[index % others.length];
    if (index % 10 === 0) await send({ from, to: counter });
    else await send({ from, to: others[(index + 1) % others.length], value: "0x1" });
  }
  await ask("evm_mine");
});
afterAll(async () => {
  await node.close();
  rmSync(folder, { recursive: true, force: true });
});

/** Runs the command; gives what it printed. */
async function lanes(...given: string[]): Promise<string> {
  const stdout = vi.spyOn(console, "log").mockReturnValue(undefined);
  try {
    expect(await runCommandLine(["lanes", ...given, "--rpc-url", node.http])).toBe(0);
    return stdout.mock.calls.map(([line]) => String(line)).join("\n");
  } finally {
    stdout.mockRestore();
  }
}
const lanesJson = async (...given: string[]) => JSON.parse(await lanes(...given, "--json")) as RpcBlockReport;

describe("the lanes of a block", () => {
  it("are one for each worker, and one for the main thread", async () => {
    const report = await lanesJson("2");
    expect([report.mode, report.workers, report.transactions.length]).toEqual(["parallel", 2, transfers]);
    const lines = (await lanes("2")).split("\n");
    expect(lines[0]).toMatch(/^block 2: 100 transactions on 2 workers /);
    expect(lines.filter((line) => /^(main|worker [01]) +\S+ +\d+ %$/.test(line))).toHaveLength(3);
    expect(lines.some((line) => line.startsWith("█ ran"))).toBe(true);
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(lines.find((line) => line.startsWith("worker 0"))).toHaveLength(80);
    const asked = lines.indexOf("what made transactions run again:");
    expect(asked === -1 ? 0 : lines.length - asked - 1).toBe(Math.min(report.conflicts.length, 6));
  });

  it.each(["2", "0x2"])("are those of block %s", async (block) => {
    const { blockNumber, blockHash } = await lanesJson(block);
    expect([blockNumber, (await lanesJson(blockHash)).blockNumber]).toEqual(["0x2", "0x2"]);
  });

  it("are those of the newest block with transactions where none is named", async () => {
    await ask("evm_mine");
    expect(await lanes()).toBe(await lanes("2"));
  });

  it("are one with the reason where a block ran serially", async () => {
    const { mode, reason } = await lanesJson("1");
    expect(mode).toBe("serial");
    expect((await lanes("1")).replaceAll("\n", " ")).toContain(`block 1: 1 transaction one after the other (${reason})`);
    const lines = (await lanes("1", "--width", "60")).split("\n");
    expect(lines.filter((line) => /^main \S+ +\d+ %$/.test(line))).toHaveLength(1);
    expect(lines.filter((line) => line.startsWith("worker"))).toEqual([]);
  });

  it("go into a trace for Perfetto", async () => {
    const path = join(folder, "block.json");
    expect(await lanes("2", "--chrome-trace", path)).toContain(`${path}: open it at https://ui.perfetto.dev`);
    const { traceEvents, otherData } = JSON.parse(readFileSync(path, "utf8")) as ChromeTrace;
    const { transactions } = await lanesJson("2");
    expect(otherData).toMatchObject({ block: "2", workers: 2 });
    const slices = traceEvents.filter(({ ph, cat }) => ph === "X" && cat !== "main");
    expect(slices).toHaveLength(transactions.reduce((sum, { runs }) => sum + runs.length, 0));
    expect(slices.find(({ args }) => args?.["transaction"] === 7)?.args?.["hash"]).toBe(transactions[7]?.hash);
  });

  it("are coloured on a terminal that wants it, and nowhere else", async () => {
    const { isTTY } = process.stdout;
    try {
      vi.stubEnv("NO_COLOR", "");
      expect(await lanes()).not.toContain("\u001b");
      process.stdout.isTTY = true;
      expect(await lanes()).toContain("\u001b[32m");
      vi.stubEnv("NO_COLOR", "1");
      expect(await lanes()).not.toContain("\u001b");
    } finally {
      process.stdout.isTTY = isTTY;
      vi.unstubAllEnvs();
    }
  });

  it.each([
    [["newest"], /^trireme: block: expected a number, a hash or one of latest, safe, finalized, earliest, got "newest"$/],
    [["0"], /^trireme: http:\S+ answers: no report of this block: reports are kept of the newest blocks/],
    [["99"], /^trireme: http:\S+ answers: header not found: expected a block up to the head, \d, got 99$/],
    [["--width", "3"], /^trireme: --width: expected an integer from 20 to 1000, got "3"$/],
    [["--chrome-trace", "/nowhere/at/all"], /^trireme: --chrome-trace: expected a file that can be written, got \/nowhere\/at\/all: /],
    [["--rpc-url", "http://127.0.0.1:1"], /^trireme: --rpc-url: expected a Trireme node at http:\/\/127.0.0.1:1, got: /],
  ])("refuse %j in one line", async (given, message) => {
    const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
    try {
      const url = given.includes("--rpc-url") ? [] : ["--rpc-url", node.http];
      expect(await runCommandLine(["lanes", ...given, ...url])).toBe(1);
      expect(stderr.mock.calls.map(([line]) => String(line))).toEqual([expect.stringMatching(message)]);
    } finally {
      stderr.mockRestore();
    }
  });
});
