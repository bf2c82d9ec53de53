import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { createRequire } from "node:module";
import { promisify } from "node:util";
import { ethereum } from "@trireme/chain";
import { bytesToHex, type Address } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode } from "./counter-contract.mts";
import { addresses, hexAddresses, privateKeys, startTestNode, type TestNode } from "./test-node.mts";
import { createToyFormat, encodeToyTransaction } from "./toy-dialect.mts";

/** The real binary, where npm has one for this machine: `@foundry-rs/cast` itself only starts it. */
function castBinary(): string | undefined {
  const platform = `${process.platform}-${process.arch === "x64" ? "amd64" : process.arch}`;
  const require = createRequire(import.meta.url);
  try {
    const own = createRequire(require.resolve("@foundry-rs/cast/package.json"));
    const binary = own.resolve(`@foundry-rs/cast-${platform}/package.json`).replace(/package\.json$/, "bin/cast");
    return existsSync(binary) ? binary : undefined;
  } catch {
    return undefined;
  }
}

const binary = castBinary();
if (binary === undefined) console.log(`SKIPPED cast: @foundry-rs/cast has no binary for ${process.platform} ${process.arch}`);

describe.skipIf(binary === undefined)("cast", () => {
  let node: TestNode;
  let counter: string;

  beforeAll(async () => {
    node = await startTestNode({ chain: { formats: [ethereum(), { id: "toy", create: createToyFormat }] } });
  });
  afterAll(() => node.close());

  /** Runs cast against the node; gives what it printed. */
  async function cast(...parameters: readonly string[]): Promise<string> {
    const options = { env: { ...process.env, ETH_RPC_URL: node.server.url, FOUNDRY_DISABLE_NIGHTLY_WARNING: "1" } };
    return (await promisify(execFile)(binary as string, parameters, options)).stdout.trim();
  }
  const signed = ["--private-key", privateKeys[0] as string, "--json"];

  it("deploys and sends", async () => {
    const deployed = JSON.parse(await cast("send", ...signed, "--create", counterBytecode)) as Readonly<Record<string, string>>;
    expect(deployed).toMatchObject({ status: "0x1", type: "0x2", from: hexAddresses[0] });
    counter = deployed["contractAddress"] as string;
    const sent = JSON.parse(await cast("send", ...signed, counter, "increase(uint256)", "5")) as {
      readonly transactionHash: string;
      readonly logs: readonly unknown[];
    };
    expect(sent).toMatchObject({ status: "0x1", logs: [{ logIndex: "0x0" }] });
    const [transaction, receipt] = [
      await cast("tx", sent.transactionHash, "--json"),
      await cast("receipt", sent.transactionHash, "--json"),
    ];
    expect(JSON.parse(transaction)).toMatchObject({ hash: sent.transactionHash, to: counter.toLowerCase(), chainId: "0x7a69" });
    expect(JSON.parse(receipt)).toMatchObject({ transactionHash: sent.transactionHash, status: "0x1" });
  });

  it("reads", async () => {
    const [account] = hexAddresses as [string];
    expect(await cast("chain-id")).toBe("31337");
    expect(await cast("block-number")).toBe("2");
    expect(await cast("call", counter, "total()(uint256)")).toBe("5");
    expect(await cast("storage", counter, "0")).toBe(`0x${"0".repeat(63)}5`);
    expect(await cast("nonce", account)).toBe("2");
    expect(BigInt(await cast("balance", account))).toBeGreaterThan(0n);
    expect(await cast("client")).toMatch(/^Trireme\//);
    expect(JSON.parse(await cast("block", "latest", "--json"))).toMatchObject({ number: "0x2" });
    expect(JSON.parse(await cast("logs", "--from-block", "0", "--address", counter, "--json"))).toMatchObject([
      { address: counter.toLowerCase() },
    ]);
    expect(JSON.parse(await cast("proof", counter, "0"))).toMatchObject({
      address: counter.toLowerCase(),
      storageProof: [{ value: "0x5" }],
    });
    expect(Number(await cast("estimate", counter, "increase(uint256)", "5"))).toBeGreaterThan(21_000);
    expect(await cast("access-list", counter, "total()(uint256)", "--json")).toContain(counter.toLowerCase());
    expect(Number(await cast("gas-price"))).toBeGreaterThan(0);
  });

  it("reports a revert in words", async () => {
    await expect(cast("call", counter, "increase(uint256)", "0")).rejects.toThrow("nothing to add");
  });

  it("reads transactions of another dialect, alone and in their block", async () => {
    const { result } = await node.post("eth_sendRawTransaction", [bytesToHex(encodeToyTransaction(addresses[2] as Address, 0))]);
    expect(JSON.parse(await cast("tx", result as string, "--json"))).toMatchObject({ hash: result, type: "0x74" });
    expect(JSON.parse(await cast("receipt", result as string, "--json"))).toMatchObject({ status: "0x1", type: "0x74" });
    expect(JSON.parse(await cast("block", "latest", "--full", "--json"))).toMatchObject({ transactions: [{ hash: result }] });
  });

  it("uses development methods", async () => {
    await cast("rpc", "anvil_setBalance", "0x00000000000000000000000000000000000000cc", "0x10");
    expect(await cast("balance", "0x00000000000000000000000000000000000000cc")).toBe("16");
  });
});
