import { privateKeyToAccount } from "viem/accounts";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hexAddresses, privateKeys, startTestNode, type TestNode } from "./test-node.mts";

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode();
});
afterAll(() => node.close());

const [from, to] = hexAddresses as [Hex, Hex];
const quantity = expect.stringMatching(/^0x(0|[1-9a-f][0-9a-f]*)$/);
const hash = expect.stringMatching(/^0x[0-9a-f]{64}$/);
let id = 5_600_000_000_000;

/** One request as the extension's service worker sends it. */
async function ask(method: string, params: readonly unknown[] = []): Promise<unknown> {
  const response = await fetch(node.server.url, {
    method: "POST",
    headers: {
      accept: "application/json",
      "content-type": "application/json",
      origin: "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn",
    },
    body: JSON.stringify({ id: ++id, jsonrpc: "2.0", method, params }),
  });
  expect({
    status: response.status,
    origin: response.headers.get("access-control-allow-origin"),
    type: response.headers.get("content-type"),
  }).toMatchObject({
    status: 200,
    origin: "chrome-extension://nkbihfbeogaeaoehlefnkodbefgpgknn",
    type: expect.stringContaining("application/json"),
  });
  const body = (await response.json()) as { readonly id: number; readonly result: unknown };
  expect(body).toMatchObject({ jsonrpc: "2.0", id });
  expect(body).toHaveProperty("result");
  return body.result;
}

describe("MetaMask's calls, with its headers", () => {
  it("add the network", async () => {
    expect(await ask("eth_chainId")).toBe("0x7a69");
    expect(await ask("net_version")).toBe("31337");
    // EIP-1559 is there when the newest block has a base fee.
    expect(await ask("eth_getBlockByNumber", ["latest", false])).toMatchObject({ number: "0x0", baseFeePerGas: quantity });
  });

  it("show an account", async () => {
    expect(await ask("eth_blockNumber")).toBe("0x0");
    expect(await ask("eth_getBalance", [from, "0x0"])).toBe("0x21e19e0c9bab2400000");
    expect(await ask("eth_getCode", [from, "latest"])).toBe("0x");
    expect(await ask("eth_call", [{ to: "0xca11bde05977b3631167028862be2a173976ca11", data: "0x82ad56cb" }, "latest"])).toBe("0x");
  });

  it("propose fees, estimate and send", async () => {
    expect(await ask("eth_getCode", [to, "latest"])).toBe("0x");
    expect(await ask("eth_estimateGas", [{ from, to, value: "0xde0b6b3a7640000", gasPrice: "0x0" }])).toBe("0x5208");
    expect(await ask("eth_feeHistory", ["0x5", "latest", [10, 20, 30]])).toMatchObject({
      oldestBlock: "0x0",
      baseFeePerGas: [quantity, quantity],
    });
    const tip = (await ask("eth_maxPriorityFeePerGas")) as Hex;
    const price = (await ask("eth_gasPrice")) as Hex;
    const nonce = (await ask("eth_getTransactionCount", [from, "0x0"])) as Hex;
    const raw = await privateKeyToAccount(privateKeys[0] as Hex).signTransaction({
      type: "eip1559",
      chainId: 31337,
      nonce: Number(nonce),
      to,
      value: 10n ** 18n,
      gas: 21_000n,
      maxFeePerGas: BigInt(price) * 2n,
      maxPriorityFeePerGas: BigInt(tip),
    });
    const sent = await ask("eth_sendRawTransaction", [raw]);
    expect(sent).toEqual(hash);
    expect(await ask("eth_blockNumber")).toBe("0x1");
    expect(await ask("eth_getTransactionByHash", [sent])).toMatchObject({ hash: sent, blockNumber: "0x1", from, to, type: "0x2" });
    const receipt = { transactionHash: sent, status: "0x1", gasUsed: "0x5208", effectiveGasPrice: quantity, logs: [], blockHash: hash };
    expect(await ask("eth_getTransactionReceipt", [sent])).toMatchObject(receipt);
    expect(
      await ask("eth_getBlockByHash", [((await ask("eth_getTransactionReceipt", [sent])) as typeof receipt).blockHash, false]),
    ).toMatchObject({
      timestamp: quantity,
      transactions: [sent],
    });
    expect(await ask("eth_getTransactionCount", [from, "latest"])).toBe("0x1");
    expect(await ask("eth_getTransactionReceipt", [`0x${"00".repeat(32)}`])).toBeNull();
  });
});
