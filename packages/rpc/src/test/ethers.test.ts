import { Contract, ContractFactory, JsonRpcProvider, Wallet, WebSocketProvider, parseEther, verifyMessage } from "ethers";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode, counterSignatures } from "./counter-contract.mts";
import { hexAddresses, privateKeys, startTestNode, type TestNode } from "./test-node.mts";

let node: TestNode;
let provider: JsonRpcProvider;
let wallet: Wallet;
let counter: Contract;

beforeAll(async () => {
  node = await startTestNode();
  provider = new JsonRpcProvider(node.server.url, undefined, { pollingInterval: 20, cacheTimeout: -1 });
  wallet = new Wallet(privateKeys[0] as string, provider);
  const deployed = await new ContractFactory(counterSignatures, counterBytecode, wallet).deploy();
  await deployed.waitForDeployment();
  counter = new Contract(await deployed.getAddress(), counterSignatures, wallet);
});
afterAll(async () => {
  provider.destroy();
  await node.close();
});

/** Calls a method of the contract by name; ethers has no static types for them. */
const method = (name: string) => counter.getFunction(name);

describe("ethers over HTTP", () => {
  it("reads the chain", async () => {
    expect((await provider.getNetwork()).chainId).toBe(31337n);
    expect(await provider.getBlockNumber()).toBe(1);
    expect(await provider.getBalance(hexAddresses[1] as string)).toBe(parseEther("10000"));
    expect(await provider.getTransactionCount(wallet.address, "pending")).toBe(1);
    const block = await provider.getBlock("latest", true);
    expect(block?.prefetchedTransactions).toMatchObject([{ from: wallet.address, to: null, type: 2, chainId: 31337n }]);
    expect(await provider.getBlock("pending")).toMatchObject({ number: 2, hash: null });
    expect(await provider.getFeeData()).toMatchObject({ gasPrice: expect.any(BigInt), maxFeePerGas: expect.any(BigInt) });
    expect(await provider.getStorage(await counter.getAddress(), 0)).toBe(`0x${"0".repeat(64)}`);
    expect((await provider.getCode(await counter.getAddress())).length).toBeGreaterThan(1000);
  });

  it("sends, waits, and reads events", async () => {
    const sent = await method("increase")(5n, { value: 1n });
    const receipt = await sent.wait();
    expect(receipt).toMatchObject({ status: 1, type: 2, from: wallet.address, blockNumber: 2 });
    expect(await provider.getTransaction(receipt.hash)).toMatchObject({
      hash: receipt.hash,
      value: 1n,
      type: 2,
      signature: { v: expect.any(Number) },
    });
    expect(await method("total")()).toBe(5n);
    const events = await counter.queryFilter("Increased", 0);
    expect(events.map((event) => counter.interface.parseLog(event)?.args.toArray())).toEqual([[wallet.address, 5n, 5n]]);
  });

  it("understands reverts and refusals", async () => {
    await expect(method("increase").staticCall(0n)).rejects.toMatchObject({ code: "CALL_EXCEPTION", reason: "nothing to add" });
    await expect(method("increase").staticCall(2000n)).rejects.toMatchObject({ code: "CALL_EXCEPTION", revert: { name: "TooMuch" } });
    await expect(method("increase").estimateGas(0n)).rejects.toMatchObject({ code: "CALL_EXCEPTION", reason: "nothing to add" });
    await expect(wallet.sendTransaction({ to: wallet.address, nonce: 0 })).rejects.toMatchObject({ code: "NONCE_EXPIRED" });
    const poor = Wallet.createRandom(provider);
    await expect(poor.sendTransaction({ to: wallet.address, value: 1n, gasLimit: 21_000n })).rejects.toMatchObject({
      code: "INSUFFICIENT_FUNDS",
    });
  });

  it("sends through the node's keys", async () => {
    const signer = await provider.getSigner(1);
    const sent = await signer.sendTransaction({ to: wallet.address, value: 7n });
    expect(await sent.wait()).toMatchObject({ status: 1, from: await signer.getAddress() });
    expect(verifyMessage("hi", await signer.signMessage("hi"))).toBe(await signer.getAddress());
  });
});

describe("ethers over a WebSocket", () => {
  it("hears of blocks, events and pending transactions", async () => {
    const socket = new WebSocketProvider(node.server.webSocketUrl);
    const listening = new Contract(await counter.getAddress(), counterSignatures, socket);
    const event = new Promise((resolve) => void listening.on("Increased", (_by, _total, amount) => resolve(amount)));
    const head = new Promise((resolve) => void socket.on("block", resolve));
    const pending = new Promise((resolve) => void socket.on("pending", resolve));
    // The subscriptions are open once a later request on the same connection is answered.
    const number = await socket.getBlockNumber();
    await socket.getNetwork();
    const sent = await method("increase")(9n);
    expect(await Promise.all([event, head, pending])).toEqual([9n, number + 1, sent.hash]);
    // destroy() would cancel its own unsubscriptions; the server ends them with the connection.
    socket.websocket.close();
  });
});
