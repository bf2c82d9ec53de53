import { createPublicClient, createWalletClient, parseAbi, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { BrowserProvider } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createEip1193Provider, type ProviderMessage } from "../provider/eip1193-provider.ts";
import { createViemTransport } from "../provider/viem-transport.ts";
import { counterBytecode, counterSignatures } from "./counter-contract.mts";
import { hexAddresses, privateKeys, startTestNode, type TestNode } from "./test-node.mts";

const abi = parseAbi(counterSignatures);
let node: TestNode;
beforeAll(async () => {
  node = await startTestNode();
});
afterAll(() => node.close());

describe("in process", () => {
  it("a viem client deploys, writes, reads, watches and gets viem's own errors", async () => {
    const transport = createViemTransport(node.dispatcher);
    const reader = createPublicClient({ chain: foundry, transport, pollingInterval: 10 });
    const wallet = createWalletClient({ chain: foundry, transport, account: privateKeyToAccount(privateKeys[0] as Hex) });
    const hash = await wallet.deployContract({ abi, bytecode: counterBytecode });
    const address = (await reader.waitForTransactionReceipt({ hash })).contractAddress as Hex;
    const amount = new Promise((resolve) => {
      reader.watchContractEvent({ address, abi, eventName: "Increased", onLogs: ([log]) => resolve(log?.args.amount) });
    });
    await reader.getBlockNumber({ cacheTime: 0 });
    await wallet.writeContract({ address, abi, functionName: "increase", args: [4n] });
    expect(await amount).toBe(4n);
    await expect(reader.simulateContract({ address, abi, functionName: "increase", args: [0n] })).rejects.toThrow("nothing to add");
    await expect(wallet.sendTransaction({ to: hexAddresses[1] as Hex, nonce: 0, gas: 21_000n })).rejects.toThrow(
      "Nonce provided for the transaction",
    );
    expect(reader.transport.type).toBe("ipc");
  });

  it("a provider answers, fails with codes, and reports subscriptions until they end", async () => {
    const provider = createEip1193Provider(node.dispatcher);
    const messages: ProviderMessage[] = [];
    const listener = (message: ProviderMessage): void => void messages.push(message);
    provider.on("message", listener);
    expect(await provider.request({ method: "eth_chainId" })).toBe("0x7a69");
    await expect(provider.request({ method: "eth_nothing" })).rejects.toMatchObject({ code: -32601 });
    await expect(provider.request({ method: "eth_getBalance", params: ["x"] })).rejects.toMatchObject({ code: -32602 });
    const subscription = await provider.request({ method: "eth_subscribe", params: ["newHeads"] });
    await provider.request({ method: "evm_mine" });
    await new Promise((resolve) => setTimeout(resolve, 5));
    expect(messages).toMatchObject([
      { type: "eth_subscription", data: { subscription, result: { number: await provider.request({ method: "eth_blockNumber" }) } } },
    ]);
    expect(await provider.request({ method: "eth_unsubscribe", params: [subscription] })).toBe(true);
    expect(await provider.request({ method: "eth_unsubscribe", params: [subscription] })).toBe(false);
    await provider.request({ method: "evm_mine" });
    provider.removeListener("message", listener);
    provider.close();
    expect(messages).toHaveLength(1);
  });

  it("a connection has so many subscriptions and no more, until it ends one", async () => {
    const small = await startTestNode({ dispatcher: { limits: { subscriptions: 2 } } });
    const [first, second] = [createEip1193Provider(small.dispatcher), createEip1193Provider(small.dispatcher)];
    const subscribe = { method: "eth_subscribe", params: ["newHeads"] };
    const id = await first.request(subscribe);
    await first.request(subscribe);
    await expect(first.request(subscribe)).rejects.toMatchObject({ code: -32005 });
    expect(await second.request(subscribe)).not.toBe(id);
    // Nobody ends another's.
    expect(await second.request({ method: "eth_unsubscribe", params: [id] })).toBe(false);
    expect(await first.request({ method: "eth_unsubscribe", params: [id] })).toBe(true);
    await first.request(subscribe);
    await small.close();
  });

  it("ethers' BrowserProvider works over it", async () => {
    const provider = new BrowserProvider(createEip1193Provider(node.dispatcher));
    const signer = await provider.getSigner(hexAddresses[2]);
    const sent = await signer.sendTransaction({ to: hexAddresses[1] as string, value: 3n });
    expect(await sent.wait()).toMatchObject({ status: 1 });
    provider.destroy();
  });
});
