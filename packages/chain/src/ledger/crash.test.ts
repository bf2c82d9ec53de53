// Rules 24 and 27: a process that is killed while blocks are on their way has shown none that is lost.
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bytesToHex } from "@trireme/core";
import { openDurableDatabase } from "@trireme/state";
import { bundleEntry } from "@trireme/testing";
import { afterAll, beforeAll, expect, it } from "vitest";
import { testDefinition } from "../chain-fixture.mts";
import { createChain } from "../create-chain.ts";
import { replayChain } from "../replay/replay-chain.ts";

const directories: string[] = [];
const children = new Set<ChildProcess>();
const temporary = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "trireme-pipeline-crash-"));
  directories.push(directory);
  return directory;
};
let script: string;
beforeAll(async () => {
  script = await bundleEntry(new URL("./crash-child.mts", import.meta.url), temporary());
});
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  for (const directory of directories) rmSync(directory, { recursive: true });
});

interface Witness {
  /** Blocks that were executed and handed to the disk. */
  readonly made: readonly bigint[];
  /** Blocks that were shown, with their hashes. */
  readonly shown: ReadonlyMap<bigint, string>;
}

/** Starts a process on the directory and kills it after `kills` times two blocks were on their way, the first not yet shown. */
async function runAndKill(directory: string, slowness: number, kills: number): Promise<Witness> {
  const child = spawn(process.execPath, [script, directory, String(slowness)], { stdio: ["pipe", "pipe", "inherit"] });
  children.add(child);
  const made: bigint[] = [];
  const shown = new Map<bigint, string>();
  let rest = "";
  let seen = 0;
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      const [word, number = "0", hash = ""] = line.split(" ");
      if (word === "ready") child.stdin.write("\n");
      if (word === "made") made.push(BigInt(number));
      if (word === "shown") shown.set(BigInt(number), hash);
      const newest = made.at(-1) ?? 0n;
      if (word === "made" && made.length > 1 && !shown.has(newest - 1n) && ++seen === kills) child.kill("SIGKILL");
    }
  });
  await new Promise((resolve) => child.on("close", resolve));
  children.delete(child);
  return { made, shown };
}

it("loses no block that was shown, whenever it is killed, and goes on from there", async () => {
  const directory = temporary();
  const definition = testDefinition({ mining: { kind: "manual" }, genesis: { gasLimit: 1_000_000 } });
  let lost = 0;
  for (let round = 0; round < 6; round++) {
    const { made, shown } = await runAndKill(directory, round % 2 === 0 ? 0 : 4, 3 + round * 2);
    const database = await openDurableDatabase({ directory });
    const chain = await createChain(definition, { database });
    const head = chain.head.header.number;
    expect(head).toBeGreaterThanOrEqual([...shown.keys()].at(-1) ?? 0n);
    expect(head).toBeLessThanOrEqual(made.at(-1) ?? 0n);
    for (const [number, hash] of shown) expect(bytesToHex((await chain.getBlock(number))?.hash ?? new Uint8Array())).toBe(hash);
    lost += Number((made.at(-1) ?? 0n) - head);
    if (round === 5) expect(await replayChain(definition, database)).toEqual({ blocks: Number(head) + 1, difference: undefined });
    await chain.close();
  }
  // Blocks that were executed and nobody heard of.
  expect(lost).toBeGreaterThan(0);
});
