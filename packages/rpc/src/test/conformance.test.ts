import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { addressToHex, hexToBytes, type Hex } from "@trireme/core";
import { decodeTransaction, type EthereumTransaction } from "@trireme/ethereum";
import { conformanceDirectory } from "@trireme/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { unwrapBlobTransaction } from "../ethereum/blob-sidecar.ts";
import { counterBytecode } from "./counter-contract.mts";
import { hexAddresses, startTestNode, type TestNode } from "./test-node.mts";

/**
 * execution-apis' request and response files are about a chain that begins before London, which no chain of ours
 * does. What they say of the shape of an answer, and of requests that fail on every chain, holds all the same.
 */
const directory = conformanceDirectory("rpc/ethereum");
if (directory === undefined) console.log("SKIPPED rpc vectors: no directory");

interface Exchange {
  readonly name: string;
  readonly request: { readonly method: string; readonly params?: readonly unknown[] };
  readonly response: { readonly result?: unknown; readonly error?: { readonly code: number } };
}

function exchanges(method: string): readonly Exchange[] {
  const folder = join(directory as string, method);
  return readdirSync(folder).map((name) => {
    const lines = readFileSync(join(folder, name), "utf8").split("\n");
    const part = (prefix: string): string => lines.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? "";
    return { name, request: JSON.parse(part(">> ")) as Exchange["request"], response: JSON.parse(part("<< ")) as Exchange["response"] };
  });
}

/** Fields and the kind of their values; lists by their first item. */
function shape(value: unknown): unknown {
  if (Array.isArray(value)) return value.length === 0 ? [] : [shape(value[0])];
  if (typeof value === "object" && value !== null)
    return Object.fromEntries(
      Object.entries(value)
        .map(([key, entry]) => [key, shape(entry)])
        .sort(),
    );
  return typeof value === "string" && value.startsWith("0x") ? "hexadecimal" : typeof value;
}

describe.skipIf(directory === undefined)("execution-apis' vectors", () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startTestNode();
  });
  afterAll(() => node.close());

  const anywhere = [
    "debug_getRawBlock/get-invalid-number.io",
    "debug_getRawReceipts/get-genesis.io",
    "debug_getRawReceipts/get-invalid-number.io",
    "debug_traceBlockByHash/trace-block-not-found.io",
    "debug_traceBlockByNumber/trace-genesis.io",
    "debug_traceTransaction/trace-unknown-tx.io",
    "eth_blobBaseFee/get-current-blobfee.io",
    "eth_getBalance/get-balance-unknown-account.io",
    "eth_getBlockByHash/get-block-by-empty-hash.io",
    "eth_getBlockReceipts/get-block-receipts-0.io",
    "eth_getBlockReceipts/get-block-receipts-not-found.io",
    "eth_getLogs/filter-error-future-block-range.io",
    "eth_getLogs/filter-error-invalid-blockHash-and-range.io",
    "eth_getStorageAt/get-storage-invalid-key-too-large.io",
    "eth_getStorageAt/get-storage-unknown-account.io",
    "eth_getTransactionByHash/get-empty-tx.io",
    "eth_syncing/check-syncing.io",
    "txpool_contentFrom/get-content-from-address.io",
  ];
  it.each(anywhere)("%s", async (path) => {
    const [method, name] = path.split("/") as [string, string];
    const { request, response } = exchanges(method).find((exchange) => exchange.name === name) as Exchange;
    const answer = await node.post(request.method, request.params);
    expect({ result: answer.result, code: answer.error?.code }).toEqual({ result: response.result, code: response.error?.code });
  });

  it("have the shapes of our answers", async () => {
    const [alice, bob] = hexAddresses as [string, string];
    const send = async (fields: Readonly<Record<string, unknown>>) =>
      (await node.post("eth_sendTransaction", [{ from: alice, ...fields }])).result as string;
    const deployed = await send({ data: counterBytecode });
    const counter = ((await node.post("eth_getTransactionReceipt", [deployed])).result as Readonly<Record<string, string>>)[
      "contractAddress"
    ] as string;
    const slot = `0x${"0".repeat(64)}`;
    const increased = await send({
      to: counter,
      data: `0x30f3f0db${"1".padStart(64, "0")}`,
      accessList: [{ address: bob, storageKeys: [slot] }],
    });
    const legacy = await send({ to: null, data: "0x00", gasPrice: "0xba43b7400" });
    const result = async (method: string, ...params: readonly unknown[]) => shape((await node.post(method, params)).result);
    const vector = (method: string, name: string) => shape(exchanges(method).find((exchange) => exchange.name === name)?.response.result);
    const without = (value: unknown, ...keys: readonly string[]) =>
      Object.fromEntries(Object.entries(value as object).filter(([key]) => !keys.includes(key)));

    expect(await result("eth_getTransactionByHash", increased)).toEqual(vector("eth_getTransactionByHash", "get-dynamic-fee.io"));
    // A deployment before EIP-155, whose v names no chain.
    expect(without(await result("eth_getTransactionByHash", legacy), "chainId")).toEqual(
      vector("eth_getTransactionByHash", "get-legacy-create.io"),
    );
    const receipt = without(await result("eth_getTransactionReceipt", increased), "logs");
    expect(receipt).toEqual(without(vector("eth_getTransactionReceipt", "get-dynamic-fee.io"), "logs"));
    const [log] = (await result("eth_getLogs", { fromBlock: "0x0", toBlock: "0x2" })) as readonly unknown[];
    expect(log).toEqual((vector("eth_getLogs", "filter-with-blockHash.io") as readonly unknown[])[0]);
    expect(await result("eth_getBlockByNumber", "0x2", false)).toEqual({
      ...(vector("eth_getBlockByNumber", "get-block-prague-fork.io") as object),
      transactions: ["hexadecimal"],
    });
    expect(await result("eth_getProof", counter, ["0x00"], "latest")).toEqual(vector("eth_getProof", "get-account-proof-with-storage.io"));
    const traced = (await node.post("debug_traceTransaction", [deployed])).result as object;
    const expected = exchanges("debug_traceTransaction").find(({ name }) => name === "trace-contract-call.io")?.response.result as object;
    expect(Object.keys(traced).sort()).toEqual(Object.keys(expected).sort());
    expect(shape((traced as { readonly structLogs: readonly unknown[] }).structLogs[0])).toEqual(
      shape((expected as { readonly structLogs: readonly unknown[] }).structLogs[0]),
    );
  });

  it.each([
    ["send-legacy-transaction.io", { type: "0x0" }],
    ["send-blob-tx.io", { type: "0x3", blobGasUsed: "0x20000", blobGasPrice: "0x1" }],
  ])("eth_sendRawTransaction/%s", async (name, fields) => {
    const { request, response } = exchanges("eth_sendRawTransaction").find((exchange) => exchange.name === name) as Exchange;
    const chainId = 0xc72dd9d5e883en;
    const own = await startTestNode({ chain: { chainId } });
    const decoded = decodeTransaction(unwrapBlobTransaction(hexToBytes(request.params?.[0] as Hex)), { chainId });
    const { sender, nonce } = (decoded as { readonly transaction: EthereumTransaction }).transaction;
    await own.post("anvil_setBalance", [addressToHex(sender), "0xde0b6b3a7640000"]);
    await own.post("anvil_setNonce", [addressToHex(sender), Number(nonce)]);
    await own.post("anvil_setNextBlockBaseFeePerGas", ["0x7"]);
    expect(await own.post(request.method, request.params)).toMatchObject({ result: response.result });
    const receipt = (await own.post("eth_getTransactionReceipt", [response.result])).result;
    expect(receipt).toMatchObject({ status: "0x1", from: addressToHex(sender), ...fields });
    await own.close();
  });
});
