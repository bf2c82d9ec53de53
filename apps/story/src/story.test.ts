import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSolanaRpc, type Signature } from "@solana/kit";
import { JsonRpcProvider } from "ethers";
import { afterAll, expect, it } from "vitest";

const directory = mkdtempSync(join(tmpdir(), "trireme-story-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the main job as `npm start` does; gives what it printed once `marker` is there, and a way to end it. */
async function runStory(options: readonly string[], marker: RegExp) {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx/esm", main, ...options], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = new Promise<number | null>((resolve) => child.once("exit", resolve));
  let output = "";
  await new Promise<void>((resolve, reject) => {
    const read = (text: string) => {
      output += text;
      if (marker.test(output)) resolve();
    };
    child.stdout.setEncoding("utf8").on("data", read);
    child.stderr.setEncoding("utf8").on("data", read);
    void exited.then((code) => (marker.test(output) ? resolve() : reject(new Error(`ended with ${code}:\n${output}`))));
  });
  return { output: () => output, exited, kill: () => child.kill("SIGTERM") };
}

it("another client finds every transaction that the story printed, on the node it left running", async () => {
  const story = await runStory(["--port", "0", "--data-dir", directory], /Press Ctrl-C/);
  const endpoint = /at (http:\S+)/.exec(story.output())?.[1];
  const hashes = [...story.output().matchAll(/gas {2}(0x[0-9a-f]{64})/g)].map((match) => match[1] as string);
  expect(hashes).toHaveLength(4);
  const provider = new JsonRpcProvider(endpoint);
  const receipts = await Promise.all(hashes.map((hash) => provider.getTransactionReceipt(hash)));
  expect(receipts.map((receipt) => receipt?.status)).toEqual([1, 1, 1, 1]);
  expect(receipts.map((receipt) => receipt?.logs.length)).toEqual([0, 1, 1, 1]);
  provider.destroy();
  // And the Solana one, with kit, on the other port.
  const signature = /units {2}(\S+)/.exec(story.output())?.[1] as Signature;
  const rpc = createSolanaRpc(/Solana's clients at (http:\S+)/.exec(story.output())?.[1] as string);
  const payment = await rpc.getTransaction(signature, { encoding: "json", maxSupportedTransactionVersion: 0 }).send();
  expect(payment?.meta?.err).toBeNull();
  expect(payment?.meta?.computeUnitsConsumed).toBe(150n);
  story.kill();
  expect(await story.exited).toBe(0);
});

it("with --once it tells the story that the README shows, and ends with 0", async () => {
  const story = await runStory(["--once", "--port", "0"], /entries\(\) = 2/);
  expect(await story.exited).toBe(0);
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1]?.trim().split("\n") ?? [];
  // The first line has the port and the process.
  expect(shown.length).toBeGreaterThan(10);
  expect(shown.slice(1).filter((line) => !story.output().includes(line))).toEqual([]);
});

it("ends in order, its node too, when nobody reads it any more", async () => {
  const main = fileURLToPath(new URL("./main.ts", import.meta.url));
  const child = spawn(process.execPath, ["--conditions=source", "--import", "tsx/esm", main, "--once", "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const first = await new Promise<string>((resolve) => child.stdout.once("data", (chunk: Buffer) => resolve(chunk.toString())));
  child.stdout.destroy();
  expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
  const node = Number(/process (\d+)/.exec(first)?.[1]);
  expect(() => process.kill(node, 0)).toThrow("ESRCH");
});

it("leaves no node behind when the package manager that runs it is ended", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  // As npm does it: a shell between, which hands no signal on.
  const shell = spawn("sh", ["-c", "node scripts/run.mjs apps/story/src/main.ts --port 0; true"], {
    cwd: root,
    env: { ...process.env, npm_lifecycle_event: "start" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const isOver = new Promise((resolve) => shell.stdout.once("close", resolve));
  await new Promise<void>((resolve) => {
    shell.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (output.includes("Press Ctrl-C")) resolve();
    });
  });
  shell.kill("SIGKILL");
  // The pipe closes when the last process that could write to it is gone.
  await isOver;
  const node = Number(/process (\d+)/.exec(output)?.[1]);
  expect(() => process.kill(node, 0)).toThrow("ESRCH");
});
