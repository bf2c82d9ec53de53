import { spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { bundleEntry } from "@trireme/testing";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openDurableDatabase, type DurableDatabase } from "./durable-database.ts";
import { faultsOf } from "./sample-block.mts";

type Mode = "append" | "flush" | "rewind";

interface Child {
  readonly process: ChildProcess;
  readonly lines: readonly string[];
  /** Resolves when a line begins with `text`; rejects when the process ends first. */
  said(text: string): Promise<void>;
  readonly ended: Promise<void>;
}

const directories: string[] = [];
const children = new Set<ChildProcess>();
const temporary = (): string => {
  const directory = mkdtempSync(join(tmpdir(), "trireme-crash-"));
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

const sleep = (milliseconds: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, milliseconds));

function start(mode: Mode, directory: string): Child {
  const child = spawn(process.execPath, [script, mode, directory], { stdio: ["pipe", "pipe", "inherit"] });
  children.add(child);
  const lines: string[] = [];
  const waiting: { text: string; resolve(): void; reject(error: Error): void }[] = [];
  let rest = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
    const parts = (rest + chunk).split("\n");
    rest = parts.pop() ?? "";
    for (const line of parts) {
      lines.push(line);
      for (const { text, resolve } of waiting) if (line.startsWith(text)) resolve();
    }
  });
  const ended = new Promise<void>((resolve) => {
    child.on("close", () => {
      children.delete(child);
      for (const { reject } of waiting) reject(new Error(`the child ended after: ${lines.join(", ")}`));
      resolve();
    });
  });
  return {
    process: child,
    lines,
    ended,
    said: (text) =>
      new Promise((resolve, reject) => {
        if (lines.some((line) => line.startsWith(text))) resolve();
        else waiting.push({ text, resolve, reject });
      }),
  };
}

/**
 * Kills `count` processes, one after the other, on one directory: `instant` waits for the moment. Every second time the
 * next process opens what this one left, otherwise `check` looks at it first.
 */
async function killOften(
  mode: Mode,
  count: number,
  instant: (child: Child, round: number) => Promise<void>,
  check: (database: DurableDatabase, killed: readonly Child[]) => void,
): Promise<void> {
  const directory = temporary();
  const killed: Child[] = [];
  // The next one loads its modules while this one works.
  let next = start(mode, directory);
  for (let round = 0; round < count; round++) {
    const child = next;
    await child.said("ready");
    if (round + 1 < count) next = start(mode, directory);
    child.process.stdin?.write("\n");
    await instant(child, round);
    child.process.kill("SIGKILL");
    await child.ended;
    killed.push(child);
    expect(child.lines.filter((line) => line.startsWith("error"))).toEqual([]);
    if (round % 2 === 0) continue;
    const database = await openDurableDatabase({ directory });
    check(database, killed);
    expect(faultsOf(database)).toEqual([]);
    await database.close();
  }
}

const acknowledged = (children: readonly Child[]): readonly bigint[] =>
  children.flatMap(({ lines }) => lines.filter((line) => line.startsWith("ack ")).map((line) => BigInt(line.slice(4))));

describe("kill -9", { timeout: 180_000 }, () => {
  test("20 times at random instants: all that was acknowledged is there, and whole", async () => {
    let head = -1n;
    await killOften(
      "append",
      20,
      async (child, round) => {
        // A quarter of them somewhere in opening and recovering, the others while blocks are written.
        if (round % 4 !== 1) await child.said("ack");
        await sleep(Math.random() * 60);
      },
      (database, killed) => {
        const lost = acknowledged(killed).filter((number) => number > (database.head ?? -1n));
        expect(lost).toEqual([]);
        expect(database.head).toBeGreaterThanOrEqual(head);
        head = database.head ?? -1n;
        const opened = killed.findLast(({ lines }) => lines.includes("opened"));
        expect(killed.map(({ process }) => process.pid)).toContain(database.recovered.takenOverFrom ?? opened?.process.pid);
      },
    );
    expect(head).toBeGreaterThan(9n);
  });

  test("during the LMDB flush", async () => {
    await killOften(
      "flush",
      4,
      async (child, round) => {
        await child.said("flushing");
        await sleep(round * 5);
      },
      (database, killed) => {
        expect(database.head).toBe(acknowledged(killed).at(-1));
      },
    );
  });

  test("during a rewind: the old head or the new one", async () => {
    await killOften(
      "rewind",
      4,
      async (child, round) => {
        await child.said("rewinding");
        if (round > 0) await sleep(Math.random() * 2);
      },
      (database, killed) => {
        const lines = killed.at(-1)?.lines ?? [];
        const [from, to] = (lines.find((line) => line.startsWith("rewinding")) ?? "").split(" ").slice(1).map(BigInt);
        expect(lines.includes("rewound") ? [to] : [from, to]).toContain(database.head);
      },
    );
  });

  test("a directory that a live process holds stays its own", async () => {
    const directory = temporary();
    const child = start("append", directory);
    await child.said("ready");
    child.process.stdin?.write("\n");
    await child.said("opened");
    await expect(openDurableDatabase({ directory })).rejects.toMatchObject({
      code: "DATABASE_LOCKED",
      message: `${directory} is in use by process ${child.process.pid}`,
      details: { pid: child.process.pid },
    });
    child.process.kill("SIGKILL");
    await child.ended;
    expect(existsSync(join(directory, "LOCK"))).toBe(true);
    await (await openDurableDatabase({ directory })).close();
    expect(existsSync(join(directory, "LOCK"))).toBe(false);
  });
});
