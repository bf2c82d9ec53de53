import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { defineChain } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { createPublicClient, createWalletClient, http, parseEther, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterEach, describe, expect, it } from "vitest";
import { deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";
import { defineDevChain } from "./dev-chain.ts";
import { resetDataDirectory } from "./open-data-directory.ts";
import { startNode, type NodeOptions, type RunningNode } from "./start-node.ts";

const accounts = deriveDevAccounts(undefined, 2);
const chain = defineDevChain({ accounts });
const running: RunningNode[] = [];
const directories: string[] = [];

afterEach(async () => {
  for (const node of running.splice(0)) await node.close();
  for (const directory of directories.splice(0)) rmSync(directory, { recursive: true, force: true });
});

function temporaryDirectory(): string {
  const directory = mkdtempSync(join(tmpdir(), "trireme-node-"));
  directories.push(directory);
  return directory;
}

async function start(options: Partial<NodeOptions> = {}): Promise<RunningNode> {
  const node = await startNode({ chain, accounts, port: 0, logLevel: "silent", ...options });
  running.push(node);
  return node;
}

function clientsOf(node: RunningNode) {
  const account = privateKeyToAccount(devAccountSecret(accounts[0]!) as Hex);
  const transport = http(node.http);
  return { reader: createPublicClient({ chain: foundry, transport }), wallet: createWalletClient({ account, chain: foundry, transport }) };
}

describe("a node", () => {
  it("keeps its chain in the data directory", async () => {
    const dataDirectory = temporaryDirectory();
    const first = await start({ dataDirectory });
    const to = "0x00000000000000000000000000000000000000aa";
    const hash = await clientsOf(first).wallet.sendTransaction({ to, value: parseEther("1") });
    const receipt = await clientsOf(first).reader.getTransactionReceipt({ hash });
    const head = first.chain.head.hash;
    await first.close();

    const second = await start({ dataDirectory });
    expect(second.recovered).toBeUndefined();
    expect(second.chain.head.hash).toEqual(head);
    const { reader } = clientsOf(second);
    expect(await reader.getTransactionReceipt({ hash })).toEqual(receipt);
    expect(await reader.getBalance({ address: to })).toBe(parseEther("1"));
    expect(await reader.getBalance({ address: to, blockNumber: 0n })).toBe(0n);
  });

  it("answers /health and /metrics, and says what it is", async () => {
    const node = await start();
    expect(await clientsOf(node).reader.request({ method: "web3_clientVersion" })).toMatch(/^Trireme\/v?\d/);
    await clientsOf(node).wallet.sendTransaction({ to: "0x00000000000000000000000000000000000000aa", value: 1n });
    const health = (await (await fetch(`${node.http}/health`)).json()) as Record<string, unknown>;
    expect(health).toMatchObject({ chainId: 31337, head: 1, failure: null });
    const metrics = await (await fetch(`${node.http}/metrics`)).text();
    expect(metrics).toMatch(/^trireme_head_block 1$/m);
    expect(metrics).toMatch(/^trireme_transactions_total\{status="succeeded"\} 1$/m);
    expect(metrics).toMatch(/^trireme_rpc_requests_total\{method="eth_sendRawTransaction",outcome="result"\} 1$/m);
  });

  it("names what keeps it from starting, in one line, and leaves nothing locked", async () => {
    const dataDirectory = temporaryDirectory();
    const node = await start({ dataDirectory });
    const refused = async (options: Partial<NodeOptions>) =>
      start(options).then(
        () => undefined,
        (error: Error & { code?: string }) => ({ code: error.code, lines: error.message.split("\n").length }),
      );
    expect(await refused({ dataDirectory })).toEqual({ code: "DATABASE_LOCKED", lines: 1 });
    expect(await refused({ port: Number(new URL(node.http).port) })).toEqual({ code: "PORT_IN_USE", lines: 1 });
    await node.close();

    const other = defineChain({ chainId: 99n, environments: [evm()] });
    expect(await refused({ dataDirectory, chain: other })).toEqual({ code: "GENESIS_MISMATCH", lines: 1 });
    const manifest = readFileSync(join(dataDirectory, "manifest"));
    writeFileSync(join(dataDirectory, "manifest"), "nonsense");
    expect(await refused({ dataDirectory })).toEqual({ code: "DATABASE_CORRUPT", lines: 1 });
    writeFileSync(join(dataDirectory, "manifest"), manifest);
    expect((await start({ dataDirectory })).chain.head.header.number).toBe(0n);
  });
});

describe("resetting a data directory", () => {
  it("deletes the chain and nothing else", async () => {
    const directory = temporaryDirectory();
    await (await start({ dataDirectory: directory })).close();
    writeFileSync(join(directory, "notes.txt"), "mine");
    await resetDataDirectory(directory);
    expect(readdirSync(directory)).toEqual(["notes.txt"]);
  });

  it("refuses a directory that is in use, and one that holds something else", async () => {
    const used = temporaryDirectory();
    await start({ dataDirectory: used });
    await expect(resetDataDirectory(used)).rejects.toMatchObject({ code: "DATABASE_LOCKED" });
    const other = temporaryDirectory();
    writeFileSync(join(other, "notes.txt"), "mine");
    await expect(resetDataDirectory(other)).rejects.toMatchObject({ code: "INVALID_ARGUMENT" });
    expect(readdirSync(other)).toEqual(["notes.txt"]);
  });
});
