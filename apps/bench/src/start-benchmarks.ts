/** `bench start`: how long a newcomer waits. In process: a chain to its first transfer and first contract call. As a process: to the first RPC answer. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createChain } from "@trireme/chain";
import { addressFromHex, hexToBytes } from "@trireme/core";
import { defineDevChain, deriveDevAccounts } from "@trireme/node";
import { privateKeyToAccount } from "viem/accounts";
import { bytesToHex, type Hex } from "viem";
import type { Benchmark } from "./measure.ts";
import { benchChainId } from "./workload.ts";

const accounts = deriveDevAccounts(undefined, 2);
const definition = defineDevChain({ accounts });

/** Milliseconds that `work` takes. */
async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

/** Creation code of a contract whose runtime code returns 42. */
const ANSWER_CODE = hexToBytes("0x600a600c600039600a6000f3602a60005260206000f3");

/** Makes the benchmarks. The signed transactions are made beforehand: signing is the client's. */
export async function createStartBenchmarks(): Promise<readonly Benchmark[]> {
  const signer = privateKeyToAccount(bytesToHex(accounts[0]?.privateKey as Uint8Array));
  const common = { type: "eip1559", chainId: benchChainId, maxFeePerGas: 10n ** 10n, maxPriorityFeePerGas: 1n } as const;
  const transfer = await signer.signTransaction({
    ...common,
    nonce: 0,
    to: "0x00000000000000000000000000000000000000aa",
    value: 1n,
    gas: 21_000n,
  });
  const deployment = await signer.signTransaction({ ...common, nonce: 0, data: bytesToHex(ANSWER_CODE), gas: 200_000n });
  return [
    {
      name: "in process, warm: createChain and the first transfer",
      unit: "ms (aim: under 20)",
      higherIsBetter: false,
      columns: [{ name: "trireme", run: () => timed(() => firstTransaction(transfer)) }],
    },
    {
      name: "in process, warm: createChain, deploy, first contract call",
      unit: "ms (aim: under 100)",
      higherIsBetter: false,
      columns: [{ name: "trireme", run: () => timed(() => firstCall(deployment)) }],
    },
    {
      name: "in process, cold: node starts, imports, first transfer and first call",
      unit: "ms",
      higherIsBetter: false,
      columns: [{ name: "trireme from built dist", run: () => coldStart([transfer, deployment]) }],
    },
    {
      name: "trireme dev from built dist: process start to the first RPC answer",
      unit: "ms (aim: under 1,000)",
      higherIsBetter: false,
      columns: [
        { name: "in memory", run: () => devStart(["--memory"]) },
        { name: "node alone (node -e 0)", run: () => timed(() => exitOf(["-e", "0"])) },
      ],
    },
  ];
}

async function firstTransaction(raw: Hex): Promise<void> {
  const chain = await createChain(definition);
  const submitted = await chain.submit(hexToBytes(raw));
  if (submitted.kind !== "accepted") throw new Error(submitted.error.message);
  const receipt = await chain.getReceipt(submitted.hash);
  if (receipt?.succeeded !== true) throw new Error("the transaction failed");
  await chain.close();
}

async function firstCall(deployment: Hex): Promise<void> {
  const chain = await createChain(definition);
  const submitted = await chain.submit(hexToBytes(deployment));
  if (submitted.kind !== "accepted") throw new Error(submitted.error.message);
  const receipt = await chain.getReceipt(submitted.hash);
  if (receipt?.contractAddress === undefined) throw new Error("no contract was made");
  const { result } = await chain.call({ to: receipt.contractAddress });
  if (result.kind !== "success" || result.output[31] !== 42) throw new Error("the contract did not answer 42");
  if ((await chain.getAccount(addressFromHex("0x00000000000000000000000000000000000000aa"))) !== undefined)
    throw new Error("expected a fresh chain");
  await chain.close();
}

/** The command line as it is published. */
function builtCommand(): string {
  const path = fileURLToPath(new URL("../../../packages/cli/dist/main.js", import.meta.url));
  if (!existsSync(path)) throw new Error("bench start measures the built command: run `npm run build` first");
  return path;
}

function exitOf(options: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, options, { stdio: ["ignore", "ignore", "inherit"] });
    child.once("exit", (code) => (code === 0 ? resolve() : reject(new Error(`ended with ${code}`))));
  });
}

/** A process that imports the built packages and runs both transactions. */
function coldStart(transactions: readonly Hex[]): Promise<number> {
  builtCommand();
  const script = fileURLToPath(new URL("./cold-start.mjs", import.meta.url));
  return timed(() => exitOf([script, ...transactions]));
}

/** From spawning the command to its answer to eth_chainId. */
async function devStart(options: readonly string[]): Promise<number> {
  const start = performance.now();
  const child = spawn(process.execPath, [builtCommand(), "dev", "--json", "--port", "0", ...options], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const line = await new Promise<string>((resolve) => createInterface({ input: child.stdout }).once("line", resolve));
  const { http } = JSON.parse(line) as { http: string };
  const response = await fetch(http, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: '{"jsonrpc":"2.0","id":1,"method":"eth_chainId","params":[]}',
  });
  const { result } = (await response.json()) as { result?: string };
  const elapsed = performance.now() - start;
  if (result !== "0x7a69") throw new Error(`expected chain id 0x7a69, got ${result}`);
  child.kill("SIGTERM");
  await new Promise((resolve) => child.once("exit", resolve));
  return elapsed;
}
