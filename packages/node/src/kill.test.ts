import { spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { bundleEntry } from "@trireme/testing";
import type { Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { afterAll, expect, it } from "vitest";
import { deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";

const directory = mkdtempSync(join(tmpdir(), "trireme-kill-"));
const children: ChildProcess[] = [];
afterAll(() => {
  for (const child of children) child.kill("SIGKILL");
  rmSync(directory, { recursive: true, force: true });
});

const data = join(directory, "data");

const KILLS = 20;
const senders = deriveDevAccounts(undefined, 3)
  .filter(({ kind }) => kind === "evm")
  .map((account) => privateKeyToAccount(devAccountSecret(account) as Hex));

interface Child {
  readonly url: string;
  readonly process: ChildProcess;
  readonly exited: Promise<void>;
}

/** A process that has loaded its modules, or is about to, and waits for `begin`. */
function loadChild(script: string): { begin(): Promise<Child> } {
  const child = spawn(process.execPath, [script, data], { stdio: ["pipe", "pipe", "inherit"] });
  children.push(child);
  const exited = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  return {
    async begin() {
      child.stdin.write("\n");
      const url = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
      return { url, process: child, exited };
    },
  };
}

/** One request; undefined when the node died before it answered. */
async function ask(url: string, method: string, params: readonly unknown[]): Promise<{ result?: unknown; error?: unknown } | undefined> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }),
    });
    return (await response.json()) as { result?: unknown; error?: unknown };
  } catch {
    return undefined;
  }
}

/** Sends transfers from one sender until the node is gone; reports every hash that was answered. */
async function send(url: string, sender: (typeof senders)[number], acknowledged: Hex[]): Promise<void> {
  const count = await ask(url, "eth_getTransactionCount", [sender.address, "latest"]);
  if (count === undefined) return;
  for (let nonce = Number(count.result); ; nonce++) {
    const raw = await sender.signTransaction({
      type: "eip1559",
      chainId: 31337,
      nonce,
      to: "0x00000000000000000000000000000000000000aa",
      value: 1n,
      gas: 21_000n,
      maxFeePerGas: 10n ** 10n,
      maxPriorityFeePerGas: 1n,
    });
    const answer = await ask(url, "eth_sendRawTransaction", [raw]);
    if (answer === undefined) return;
    if (answer.error !== undefined) throw new Error(JSON.stringify(answer.error));
    acknowledged.push(answer.result as Hex);
  }
}

it(`after ${KILLS} kills at random instants, every hash that a client received is in a block`, { timeout: 180_000 }, async () => {
  const script = await bundleEntry(new URL("./test/kill-child.mts", import.meta.url), directory);
  const acknowledged: Hex[] = [];
  const missing: Hex[] = [];
  let checked = 0;
  let next = loadChild(script);
  for (let kill = 0; kill <= KILLS; kill++) {
    const child = await next.begin();
    // The next one loads while this one works.
    if (kill < KILLS) next = loadChild(script);
    for (const hash of acknowledged.slice(checked)) {
      const receipt = (await ask(child.url, "eth_getTransactionReceipt", [hash]))?.result as { status?: string } | null | undefined;
      if (receipt?.status !== "0x1") missing.push(hash);
    }
    checked = acknowledged.length;
    if (kill === KILLS) {
      // Nothing is in the state twice or without a transaction: as many wei arrived as transfers stand in blocks.
      const balance = BigInt(
        (await ask(child.url, "eth_getBalance", ["0x00000000000000000000000000000000000000aa", "latest"]))?.result as Hex,
      );
      const nonces = await Promise.all(
        senders.map(async ({ address }) => BigInt((await ask(child.url, "eth_getTransactionCount", [address, "latest"]))?.result as Hex)),
      );
      expect(balance).toBe(nonces.reduce((sum, nonce) => sum + nonce, 0n));
      child.process.kill("SIGKILL");
      await child.exited;
      break;
    }
    const sending = senders.map((sender) => send(child.url, sender, acknowledged));
    while (acknowledged.length === checked) await new Promise((resolve) => setTimeout(resolve, 1));
    await new Promise((resolve) => setTimeout(resolve, Math.random() * 100));
    child.process.kill("SIGKILL");
    await child.exited;
    await Promise.all(sending);
  }
  expect(missing).toEqual([]);
  expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS);
});
