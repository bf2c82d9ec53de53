import {
  type BaseError,
  ContractFunctionRevertedError,
  createPublicClient,
  createTestClient,
  createWalletClient,
  http,
  parseAbi,
  parseEther,
  parseGwei,
  recoverMessageAddress,
  recoverTypedDataAddress,
  webSocket,
  type Hex,
} from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode, counterSignatures } from "./counter-contract.mts";
import { hexAddresses, privateKeys, startTestNode, type TestNode } from "./test-node.mts";

const abi = parseAbi(counterSignatures);
const account = privateKeyToAccount(privateKeys[0] as Hex);
const [alice, bob] = hexAddresses as [Hex, Hex];
const stranger = "0x00000000000000000000000000000000000000aa";

let node: TestNode;
const connect = () => {
  const transport = http(node.server.url, { retryCount: 0 });
  const client = { chain: foundry, transport, pollingInterval: 20 } as const;
  return {
    reader: createPublicClient(client),
    wallet: createWalletClient({ ...client, account }),
    /** A wallet whose key the node holds. */
    remote: createWalletClient({ ...client, account: bob }),
    dev: createTestClient({ ...client, mode: "anvil" }),
    hardhat: createTestClient({ ...client, mode: "hardhat" }),
  };
};
let clients: ReturnType<typeof connect>;
let counter: Hex;

beforeAll(async () => {
  node = await startTestNode();
  clients = connect();
  const hash = await clients.wallet.deployContract({ abi, bytecode: counterBytecode });
  counter = (await clients.reader.waitForTransactionReceipt({ hash })).contractAddress as Hex;
});
afterAll(() => node.close());

describe("viem's public and wallet clients", () => {
  it("read the chain", async () => {
    const { reader } = clients;
    expect(await reader.getChainId()).toBe(31337);
    expect(await reader.getBalance({ address: bob })).toBe(parseEther("10000"));
    expect(await reader.getTransactionCount({ address: alice })).toBe(1);
    expect((await reader.getCode({ address: counter }))?.length).toBeGreaterThan(1000);
    expect(await reader.getCode({ address: stranger })).toBeUndefined();
    const block = await reader.getBlock({ includeTransactions: true });
    expect(block).toMatchObject({
      number: 1n,
      transactions: [{ from: alice, to: null, type: "eip1559", transactionIndex: 0, chainId: 31337 }],
    });
    expect(await reader.getBlock({ blockHash: block.hash })).toMatchObject({ number: 1n });
    expect(await reader.getBlock({ blockTag: "pending" })).toMatchObject({ number: 2n, hash: null, nonce: null });
    expect(await reader.getBlockTransactionCount()).toBe(1);
    expect(await reader.getGasPrice()).toBeGreaterThan(0n);
    expect(await reader.getBlobBaseFee()).toBe(1n);
    expect(await reader.estimateFeesPerGas()).toMatchObject({ maxPriorityFeePerGas: parseGwei("1") });
  });

  it("send with local keys, in every type of transaction, and get receipts", async () => {
    const { reader, wallet } = clients;
    const nonce = await reader.getTransactionCount({ address: alice });
    // The fourth transaction has nonce + 3 itself, and delegates for the nonce after it.
    const authorization = await wallet.signAuthorization({ contractAddress: counter, nonce: nonce + 4 });
    const requests = [
      { type: "legacy", gasPrice: parseGwei("3") },
      { type: "eip2930", gasPrice: parseGwei("3"), accessList: [{ address: counter, storageKeys: [`0x${"0".repeat(64)}`] }] },
      { type: "eip1559", accessList: [{ address: counter, storageKeys: [] }] },
      { type: "eip7702", authorizationList: [authorization] },
    ] as const;
    for (const request of requests) {
      const hash = await wallet.sendTransaction({ to: stranger, value: 5n, ...(request as { type: "eip1559" }) });
      expect(await reader.getTransactionReceipt({ hash })).toMatchObject({
        status: "success",
        from: alice,
        to: stranger,
        type: request.type,
        logs: [],
      });
      expect(await reader.getTransaction({ hash })).toMatchObject({
        hash,
        type: request.type,
        value: 5n,
        from: alice,
        blockNumber: expect.any(BigInt),
      });
    }
    expect(await reader.getBalance({ address: stranger })).toBe(20n);
    expect(await reader.getCode({ address: alice })).toBe(`0xef0100${counter.slice(2)}`);
  });

  it("send through the node's own keys", async () => {
    const { reader, remote } = clients;
    expect(await remote.getAddresses()).toHaveLength(3);
    const hash = await remote.writeContract({ address: counter, abi, functionName: "increase", args: [7n] });
    const receipt = await reader.waitForTransactionReceipt({ hash });
    expect(receipt).toMatchObject({ status: "success", from: bob, logs: [{ address: counter, logIndex: 0, removed: false }] });
    expect(await reader.readContract({ address: counter, abi, functionName: "addedBy", args: [bob] })).toBe(7n);
  });

  it("send many at once through one of the node's keys, each with its own nonce", async () => {
    const { reader, remote } = clients;
    const nonce = await reader.getTransactionCount({ address: bob });
    const hashes = await Promise.all([1n, 2n, 3n].map((value) => remote.sendTransaction({ to: stranger, value })));
    const sent = await Promise.all(hashes.map((hash) => reader.getTransaction({ hash })));
    expect(sent.map((transaction) => transaction.nonce).sort()).toEqual([nonce, nonce + 1, nonce + 2]);
  });

  it("sign messages and typed data with the node's keys", async () => {
    const { remote } = clients;
    const message = "hello";
    const signature = await remote.signMessage({ message });
    expect((await recoverMessageAddress({ message, signature })).toLowerCase()).toBe(bob);
    const typed = {
      domain: { name: "Test", chainId: 31337 },
      types: { Mail: [{ name: "to", type: "address" }] },
      primaryType: "Mail",
      message: { to: alice },
    } as const;
    const typedSignature = await remote.signTypedData(typed);
    expect((await recoverTypedDataAddress({ ...typed, signature: typedSignature })).toLowerCase()).toBe(bob);
  });

  it("simulate, estimate and understand a revert", async () => {
    const { reader } = clients;
    const call = { address: counter, abi, functionName: "increase", account: alice } as const;
    expect((await reader.simulateContract({ ...call, args: [1n] })).result).toBe(8n);
    expect(await reader.estimateContractGas({ ...call, args: [1n] })).toBeGreaterThan(21_000n);
    const custom = await reader.simulateContract({ ...call, args: [2000n] }).catch((error: BaseError) => error);
    expect((custom as BaseError).walk((error) => error instanceof ContractFunctionRevertedError)).toMatchObject({
      data: { errorName: "TooMuch", args: [2000n, 1000n] },
    });
    await expect(reader.simulateContract({ ...call, args: [0n] })).rejects.toThrow("nothing to add");
    await expect(reader.estimateContractGas({ ...call, args: [0n] })).rejects.toThrow("nothing to add");
  });

  it("call with overrides of state and block", async () => {
    const { reader } = clients;
    const call = { address: counter, abi, functionName: "total" } as const;
    const slot = `0x${"0".repeat(64)}` as const;
    const word = `0x${"0".repeat(62)}63` as const;
    expect(await reader.readContract({ ...call, stateOverride: [{ address: counter, stateDiff: [{ slot, value: word }] }] })).toBe(99n);
    // NUMBER, MSTORE, RETURN at an address without code.
    const { data } = await reader.call({
      to: stranger,
      stateOverride: [{ address: stranger, code: "0x435f5260205ff3" }],
      blockOverrides: { number: 77n },
    });
    expect(BigInt(data as Hex)).toBe(77n);
    expect(await reader.readContract({ ...call, blockNumber: 1n })).toBe(0n);
  });

  it("make access lists and fee histories", async () => {
    const { reader } = clients;
    const { accessList, gasUsed } = await reader.createAccessList({ to: counter, data: "0x2ddbd13a", account: alice });
    expect(accessList).toEqual([{ address: counter, storageKeys: [`0x${"0".repeat(64)}`] }]);
    expect(gasUsed).toBeGreaterThan(21_000n);
    const history = await reader.getFeeHistory({ blockCount: 3, rewardPercentiles: [10, 50] });
    expect(history.baseFeePerGas).toHaveLength(4);
    expect(history.gasUsedRatio).toHaveLength(3);
    expect(history.reward).toHaveLength(3);
  });

  it("read events: by range, by filter, by topic", async () => {
    const { reader, wallet } = clients;
    const filter = await reader.createContractEventFilter({ address: counter, abi, eventName: "Increased", args: { by: alice } });
    const blocks = await reader.createBlockFilter();
    const hash = await wallet.writeContract({ address: counter, abi, functionName: "increaseTwice", args: [10n] });
    const { blockHash, blockNumber } = await reader.getTransactionReceipt({ hash });
    // The contract calls itself: it is the sender of the event, not alice.
    expect(await reader.getFilterChanges({ filter })).toEqual([]);
    expect(await reader.getFilterChanges({ filter: blocks })).toEqual([blockHash]);
    const events = await reader.getContractEvents({
      address: [counter, stranger],
      abi,
      eventName: "Increased",
      args: { total: [17n, 27n] },
      fromBlock: 0n,
    });
    expect(events.map(({ args }) => args)).toMatchObject([
      { total: 17n, amount: 10n },
      { total: 27n, amount: 10n },
    ]);
    expect(await reader.getLogs({ blockHash })).toHaveLength(2);
    expect(await reader.getLogs({ address: stranger, fromBlock: 0n })).toEqual([]);
    expect(await reader.getLogs({ fromBlock: blockNumber, toBlock: blockNumber })).toHaveLength(2);
    await wallet.writeContract({ address: counter, abi, functionName: "increase", args: [1n] });
    expect(await reader.getFilterChanges({ filter })).toMatchObject([
      { args: { by: expect.stringMatching(new RegExp(alice, "i")), amount: 1n } },
    ]);
    expect(await reader.getFilterLogs({ filter })).toHaveLength(1);
    expect(await reader.uninstallFilter({ filter })).toBe(true);
    await expect(reader.getFilterChanges({ filter })).rejects.toThrow("filter not found");
  });
});

describe("viem's test client", () => {
  it("changes accounts by decree", async () => {
    const { reader, dev, hardhat } = clients;
    for (const [index, client] of [dev, hardhat].entries()) {
      const value = BigInt(index + 1);
      await client.setBalance({ address: stranger, value });
      await client.setNonce({ address: stranger, nonce: Number(value) });
      await client.setCode({ address: stranger, bytecode: "0x5f545f5260205ff3" });
      await client.setStorageAt({ address: stranger, index: 0, value: `0x${value.toString(16).padStart(64, "0")}` });
      await client.mine({ blocks: 1 });
      expect(await reader.getBalance({ address: stranger })).toBe(value);
      expect(await reader.getTransactionCount({ address: stranger })).toBe(Number(value));
      expect(await reader.getStorageAt({ address: stranger, slot: "0x0" })).toBe(`0x${value.toString(16).padStart(64, "0")}`);
      expect(BigInt((await reader.call({ to: stranger })).data as Hex)).toBe(value);
    }
  });

  it("sends for impersonated accounts, which read back as ordinary transactions", async () => {
    const { reader, dev } = clients;
    const vip = "0x00000000000000000000000000000000000000bb";
    await dev.setBalance({ address: vip, value: parseEther("1") });
    const sender = createWalletClient({ account: vip, chain: foundry, transport: http(node.server.url, { retryCount: 0 }) });
    await expect(sender.sendTransaction({ to: bob, value: 1n })).rejects.toThrow("unknown account");
    await dev.impersonateAccount({ address: vip });
    const hash = await sender.sendTransaction({ to: bob, value: 1n });
    expect(await reader.getTransaction({ hash })).toMatchObject({
      hash,
      from: vip,
      to: bob,
      type: "eip1559",
      value: 1n,
      r: "0x0",
      s: "0x0",
      yParity: 0,
    });
    expect(await reader.getTransactionReceipt({ hash })).toMatchObject({ from: vip, to: bob, type: "eip1559", status: "success" });
    await dev.stopImpersonatingAccount({ address: vip });
    await expect(sender.sendTransaction({ to: bob, value: 1n })).rejects.toThrow("unknown account");
  });

  it("snapshots, and filters survive a revert", async () => {
    const { reader, wallet, dev } = clients;
    const filter = await reader.createContractEventFilter({ address: counter, abi, eventName: "Increased" });
    const blocks = await reader.createBlockFilter();
    const id = await dev.snapshot();
    const before = await reader.readContract({ address: counter, abi, functionName: "total" });
    await wallet.writeContract({ address: counter, abi, functionName: "increase", args: [100n] });
    expect(await reader.getFilterChanges({ filter })).toHaveLength(1);
    await dev.revert({ id });
    expect(await reader.readContract({ address: counter, abi, functionName: "total" })).toBe(before);
    expect(await reader.getFilterChanges({ filter })).toMatchObject([{ removed: true, args: { amount: 100n } }]);
    await wallet.writeContract({ address: counter, abi, functionName: "increase", args: [200n] });
    expect(await reader.getFilterChanges({ filter })).toMatchObject([{ removed: false, args: { amount: 200n } }]);
    expect(await reader.getFilterChanges({ filter: blocks })).toHaveLength(2);
    expect((await node.post("evm_revert", [id])).result).toBe(false);
  });

  it("moves the clock and sets what blocks say", async () => {
    const { reader, dev } = clients;
    const { timestamp } = await reader.getBlock();
    await dev.increaseTime({ seconds: 1000 });
    await dev.mine({ blocks: 1 });
    const later = await reader.getBlock();
    expect(later.timestamp).toBeGreaterThanOrEqual(timestamp + 1000n);
    await dev.setNextBlockTimestamp({ timestamp: later.timestamp + 50n });
    await dev.setNextBlockBaseFeePerGas({ baseFeePerGas: 123_456n });
    await dev.setCoinbase({ address: stranger });
    await dev.setBlockGasLimit({ gasLimit: 20_000_000n });
    await dev.mine({ blocks: 1 });
    expect(await reader.getBlock()).toMatchObject({
      timestamp: later.timestamp + 50n,
      baseFeePerGas: 123_456n,
      miner: stranger,
      gasLimit: 20_000_000n,
    });
    await dev.setBlockTimestampInterval({ interval: 12 });
    await dev.mine({ blocks: 2 });
    const last = await reader.getBlock();
    expect(last.timestamp - (await reader.getBlock({ blockNumber: last.number - 1n })).timestamp).toBe(12n);
    await dev.removeBlockTimestampInterval();
    await dev.mine({ blocks: 3, interval: 60 });
    const [first, third] = [await reader.getBlock({ blockNumber: last.number + 1n }), await reader.getBlock()];
    expect(third.timestamp - first.timestamp).toBe(120n);
    await expect(dev.setRpcUrl("http://x")).rejects.toThrow("forks no other");
    await dev.setLoggingEnabled(true);
    await dev.setMinGasPrice({ gasPrice: 1n });
  });

  it("stops automine, shows and drops what waits", async () => {
    const { reader, wallet, dev } = clients;
    await dev.setAutomine(false);
    expect(await dev.getAutomine()).toBe(false);
    const pending = await reader.createPendingTransactionFilter();
    const hash = await wallet.sendTransaction({ to: stranger, value: 1n });
    expect(await reader.getFilterChanges({ filter: pending })).toEqual([hash]);
    expect(await reader.getTransaction({ hash })).toMatchObject({ hash, blockNumber: null, blockHash: null, transactionIndex: null });
    await expect(reader.getTransactionReceipt({ hash })).rejects.toThrow("could not be found");
    const nonce = await reader.getTransactionCount({ address: alice });
    expect(await reader.getTransactionCount({ address: alice, blockTag: "pending" })).toBe(nonce + 1);
    const ahead = await wallet.sendTransaction({ to: stranger, value: 1n, nonce: nonce + 5 });
    expect(await dev.getTxpoolStatus()).toEqual({ pending: 1, queued: 1 });
    expect(await dev.getTxpoolContent()).toMatchObject({ pending: expect.any(Object), queued: expect.any(Object) });
    expect(JSON.stringify(await dev.inspectTxpool())).toContain(`${stranger}: 1 wei`);
    await dev.dropTransaction({ hash: ahead });
    expect(await dev.getTxpoolStatus()).toEqual({ pending: 1, queued: 0 });
    await dev.mine({ blocks: 1 });
    expect(await reader.getTransactionReceipt({ hash })).toMatchObject({ status: "success" });
    await dev.setIntervalMining({ interval: 1 });
    expect((await node.post("anvil_getIntervalMining")).result).toBe(1);
    await dev.setIntervalMining({ interval: 0 });
    await dev.setAutomine(true);
    expect(await dev.getAutomine()).toBe(true);
  });
});

describe("viem over a WebSocket", () => {
  it("hears of blocks, events and pending transactions", async () => {
    const socket = createPublicClient({ chain: foundry, transport: webSocket(node.server.webSocketUrl, { retryCount: 0 }) });
    const event = new Promise((resolve) => {
      socket.watchContractEvent({
        address: counter,
        abi,
        eventName: "Increased",
        onLogs: (logs) => resolve(logs.map(({ args }) => args.amount)),
      });
    });
    const head = new Promise((resolve) => {
      socket.watchBlocks({ onBlock: (block) => resolve(block.number) });
    });
    const pending = new Promise((resolve) => {
      socket.watchPendingTransactions({ onTransactions: resolve });
    });
    // The subscriptions are open once a later request on the same connection is answered.
    const number = await socket.getBlockNumber({ cacheTime: 0 });
    const hash = await clients.wallet.writeContract({ address: counter, abi, functionName: "increase", args: [3n] });
    expect(await Promise.all([event, head, pending])).toEqual([[3n], number + 1n, [hash]]);
    (await socket.transport.getRpcClient()).close();
  });
});
