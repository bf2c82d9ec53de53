/** `npm start`, as a process of its own. */
import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createSolanaRpc, type Signature } from "@solana/kit";
import { JsonRpcProvider } from "ethers";
import { afterAll, expect, it } from "vitest";
import { readOptions } from "./options.ts";

const directory = mkdtempSync(join(tmpdir(), "trireme-swap-test-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const main = fileURLToPath(new URL("./main.ts", import.meta.url));

/** Runs the main job as `npm start` does; gives what it printed once `marker` is there, and a way to end it. */
async function runMain(options: readonly string[], marker: RegExp) {
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
  return { child, output: () => output, exited };
}

/** Whether the node that a story has announced is gone. */
function expectNoNode(output: string): void {
  const node = Number(/process (\d+)/.exec(output)?.[1]);
  expect(() => process.kill(node, 0)).toThrow("ESRCH");
}

it("tells the story that the README shows, and other clients find every transaction on the node it left running", async () => {
  const story = await runMain(["--port", "0", "--data-dir", directory], /Press Ctrl-C/);
  const output = story.output();
  const readme = readFileSync(new URL("../../../README.md", import.meta.url), "utf8");
  const shown = /```text\n([\s\S]*?)```/.exec(readme)?.[1]?.trim().split("\n") ?? [];
  expect(shown.length).toBeGreaterThan(10);
  // The first line has the ports and the process.
  expect(shown.slice(1).filter((line) => !output.includes(line))).toEqual([]);

  const hashes = [...output.matchAll(/gas {4}(0x[0-9a-f]{64})/g)].map((match) => match[1] as string);
  const provider = new JsonRpcProvider(/at (http:[^\s,]+)/.exec(output)?.[1]);
  const receipts = await Promise.all(hashes.map((hash) => provider.getTransactionReceipt(hash)));
  provider.destroy();
  // Deployments, approvals and the deposit, the swap, and the three that fail.
  expect(receipts.map((receipt) => receipt?.status)).toEqual([1, 1, 1, 1, 1, 1, 1, 1, 0, 0, 0]);
  const signatures = [...output.matchAll(/units {2}(\S+)/g)].map((match) => match[1] as Signature);
  const rpc = createSolanaRpc(/Solana's clients at (http:\S+)/.exec(output)?.[1] as string);
  const found = await Promise.all(
    signatures.map((signature) => rpc.getTransaction(signature, { encoding: "json", maxSupportedTransactionVersion: 0 }).send()),
  );
  expect(found.map((transaction) => transaction?.meta?.err)).toEqual([null, null, null]);
  story.child.kill("SIGTERM");
  expect(await story.exited).toBe(0);
  expectNoNode(output);
});

it("with --once it ends with 0, its node too, even when nobody reads it any more", async () => {
  const story = await runMain(["--once", "--fail-at", "svm", "--port", "0"], /process \d+/);
  story.child.stdout.destroy();
  expect(await story.exited).toBe(0);
  expectNoNode(story.output());
});

it("leaves no node behind when the package manager that runs it is ended", async () => {
  const root = fileURLToPath(new URL("../../..", import.meta.url));
  // As npm does it: a shell between, which hands no signal on.
  const shell = spawn("sh", ["-c", "node scripts/run.mjs apps/swap/src/main.ts --port 0; true"], {
    cwd: root,
    env: { ...process.env, npm_lifecycle_event: "start" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let output = "";
  const isOver = new Promise((resolve) => shell.stdout.once("close", resolve));
  await new Promise<void>((resolve) => {
    shell.stdout.on("data", (chunk: Buffer) => {
      output += chunk.toString();
      if (/process \d+/.test(output)) resolve();
    });
  });
  shell.kill("SIGKILL");
  // The pipe closes when the last process that could write to it is gone.
  await isOver;
  expectNoNode(output);
});

it("reads its own options and leaves the others to the node", () => {
  expect(readOptions(["--", "--once", "--port", "0"])).toEqual({
    isOnce: true,
    failAt: undefined,
    isHelp: false,
    nodeOptions: ["--port", "0"],
  });
  expect(readOptions(["--fail-at", "evm", "--quiet"])).toMatchObject({ isOnce: false, failAt: "evm", nodeOptions: ["--quiet"] });
  expect(readOptions(["--fail-at=wasm"])).toMatchObject({ failAt: "wasm", nodeOptions: [] });
  expect(() => readOptions(["--fail-at", "--once"])).toThrow("expected --fail-at evm, wasm, svm, got --once");
});

it("says in a line what is wrong with the words, and what there is", () => {
  const run = (...words: string[]) =>
    spawnSync(process.execPath, ["--conditions=source", "--import", "tsx/esm", main, ...words], { encoding: "utf8" });
  expect(run("--fail-at", "avm")).toMatchObject({ status: 1, stdout: "", stderr: "expected --fail-at evm, wasm, svm, got avm\n" });
  const help = run("--help");
  expect(help).toMatchObject({ status: 0, stderr: "" });
  expect(help.stdout).toContain("--fail-at <vm>");
});
