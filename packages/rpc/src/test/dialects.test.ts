import { ethereum, impersonated } from "@trireme/chain";
import { bytesToHex, type Address, type Hex } from "@trireme/core";
import { JsonRpcProvider } from "ethers";
import { createPublicClient, http } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { addresses, hexAddresses, startTestNode, type TestNode } from "./test-node.mts";
import { createToyFormat, encodeToyTransaction } from "./toy-dialect.mts";

let node: TestNode;
let dialectHash: Hex;
let impersonatedHash: Hex;
const vip = "0x00000000000000000000000000000000000000bb";
const zero = `0x${"0".repeat(40)}`;

beforeAll(async () => {
  node = await startTestNode({ chain: { formats: [ethereum(), impersonated(), { id: "toy", create: createToyFormat }] } });
  dialectHash = (await node.post("eth_sendRawTransaction", [bytesToHex(encodeToyTransaction(addresses[0] as Address, 0))])).result as Hex;
  await node.post("hardhat_impersonateAccount", [vip]);
  await node.post("hardhat_setBalance", [vip, "0xde0b6b3a7640000"]);
  impersonatedHash = (await node.post("eth_sendTransaction", [{ from: vip, to: hexAddresses[1], value: "0x5", data: "0x1234" }]))
    .result as Hex;
});
afterAll(() => node.close());

describe("transactions that no Ethereum key signed", () => {
  it("are read by viem", async () => {
    const client = createPublicClient({ chain: foundry, transport: http(node.server.url, { retryCount: 0 }) });
    const dialect = {
      hash: dialectHash,
      from: hexAddresses[0],
      to: zero,
      value: 0n,
      typeHex: "0x74",
      type: undefined,
      r: "0x0",
      s: "0x0",
      v: 0n,
      yParity: 0,
    };
    expect(await client.getTransaction({ hash: dialectHash })).toMatchObject({ ...dialect, input: `${hexAddresses[0]}00`, nonce: 0 });
    expect(await client.getTransactionReceipt({ hash: dialectHash })).toMatchObject({
      status: "success",
      type: "0x74",
      gasUsed: 30_000n,
      to: zero,
    });
    expect((await client.getBlock({ blockNumber: 1n, includeTransactions: true })).transactions).toMatchObject([dialect]);
    const sent = { hash: impersonatedHash, from: vip, to: hexAddresses[1], value: 5n, type: "eip1559", input: "0x1234", chainId: 31337 };
    expect(await client.getTransaction({ hash: impersonatedHash })).toMatchObject(sent);
    expect(await client.getTransactionReceipt({ hash: impersonatedHash })).toMatchObject({
      status: "success",
      type: "eip1559",
      from: vip,
      to: hexAddresses[1],
    });
    expect((await client.getBlock({ includeTransactions: true })).transactions).toMatchObject([sent]);
  });

  it("are read by ethers", async () => {
    const provider = new JsonRpcProvider(node.server.url);
    expect(await provider.getTransaction(dialectHash)).toMatchObject({
      hash: dialectHash,
      type: 0x74,
      value: 0n,
      data: `${hexAddresses[0]}00`,
    });
    expect(await provider.getTransactionReceipt(dialectHash)).toMatchObject({ status: 1, type: 0x74, contractAddress: null });
    expect((await provider.getBlock(1, true))?.prefetchedTransactions).toMatchObject([{ hash: dialectHash, type: 0x74 }]);
    expect(await provider.getTransaction(impersonatedHash)).toMatchObject({ hash: impersonatedHash, type: 2, value: 5n });
    expect(await provider.getTransactionReceipt(impersonatedHash)).toMatchObject({ status: 1, type: 2 });
    expect((await provider.getBlock("latest", true))?.prefetchedTransactions).toMatchObject([{ hash: impersonatedHash, type: 2 }]);
    provider.destroy();
  });

  it("give their bytes, which hash to their hash", async () => {
    for (const hash of [dialectHash, impersonatedHash]) {
      const raw = (await node.post("eth_getRawTransactionByHash", [hash])).result;
      expect((await node.post("web3_sha3", [raw])).result).toBe(hash);
    }
  });
});
