import { bytesToHex, hexToBytes } from "@trireme/core";
import { signTransaction } from "@trireme/ethereum";
import type { Hex } from "viem";
import { generatePrivateKey, privateKeyToAccount } from "viem/accounts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode } from "./counter-contract.mts";
import { addresses, hexAddresses, privateKeys, startTestNode, type TestNode } from "./test-node.mts";

let node: TestNode;
const [alice, bob] = hexAddresses as [Hex, Hex];
const account = privateKeyToAccount(privateKeys[0] as Hex);
const zeros = `0x${"00".repeat(32)}`;

beforeAll(async () => {
  node = await startTestNode({ dispatcher: { limits: { logRange: 5, logResults: 2, filters: 2, traceSteps: 10 } } });
  await node.post("eth_sendTransaction", [{ from: alice, data: counterBytecode }]);
});
afterAll(() => node.close());

const signed = (changes: Readonly<Record<string, unknown>>, signer = account): Promise<Hex> =>
  signer.signTransaction({
    type: "eip1559",
    chainId: 31337,
    nonce: 1,
    to: bob,
    value: 1n,
    gas: 21_000n,
    maxFeePerGas: 10n ** 10n,
    maxPriorityFeePerGas: 10n ** 9n,
    ...(changes as object),
  });

/** No library signs this one. */
const overtipped = (): Hex =>
  bytesToHex(
    signTransaction(
      {
        type: 2,
        chainId: 31337n,
        nonce: 1n,
        gasLimit: 21_000n,
        to: addresses[1],
        value: 0n,
        data: new Uint8Array(0),
        maxFeePerGas: 1n,
        maxPriorityFeePerGas: 2n,
        accessList: [],
        maxFeePerBlobGas: 0n,
        blobVersionedHashes: [],
        authorizationList: [],
      },
      hexToBytes(privateKeys[0] as Hex),
    ),
  );

/** What must not move. */
const untouched = async (): Promise<unknown> => [
  (await node.post("eth_blockNumber")).result,
  (await node.post("eth_getTransactionCount", [alice, "pending"])).result,
];

describe("transactions that cannot run", () => {
  it.each<[string, () => Promise<Hex>, number, RegExp]>([
    ["a nonce too low", () => signed({ nonce: 0 }), -32000, /^nonce too low: expected .*1.*got 0/],
    ["another chain's id", () => signed({ chainId: 1 }), -32000, /^invalid chain id for signer: expected chain id 31337, got 1/],
    ["too little gas", () => signed({ gas: 20_000n }), -32000, /^intrinsic gas too low: expected .*21000, got 20000/],
    ["more gas than a block has", () => signed({ gas: 40_000_000n }), -32000, /gas limit/],
    ["a tip above the price", async () => overtipped(), -32000, /^max priority fee per gas higher than max fee per gas: .* 1 wei, got 2/],
    [
      "a sender without funds",
      () => signed({ nonce: 0 }, privateKeyToAccount(generatePrivateKey())),
      -32000,
      /^insufficient funds for gas \* price \+ value: expected a balance of at least \d+ wei for gas and value, got 0 wei/,
    ],
    [
      "a broken signature",
      async () => `${(await signed({})).slice(0, -64)}${"f".repeat(64)}` as Hex,
      -32000,
      /^invalid transaction v, r, s values: expected a secp256k1 signature/,
    ],
    ["half a transaction", async () => (await signed({})).slice(0, 60) as Hex, -32000, /expected/],
    ["an unknown type", () => Promise.resolve("0x7f00" as Hex), -32000, /dialect/],
    ["no bytes", () => Promise.resolve("0x" as Hex), -32000, /expected/],
    ["odd hexadecimal", () => Promise.resolve("0x123" as Hex), -32602, /invalid params\[0\] \(transaction\): expected data .* got "0x123"/],
  ])("%s", async (_name, raw, code, message) => {
    const before = await untouched();
    expect((await node.post("eth_sendRawTransaction", [await raw()])).error).toMatchObject({
      code,
      message: expect.stringMatching(message),
    });
    expect(await untouched()).toEqual(before);
  });

  it("a nonce too high waits for those before it", async () => {
    const { result } = await node.post("eth_sendRawTransaction", [await signed({ nonce: 9 })]);
    expect((await node.post("txpool_status")).result).toEqual({ pending: "0x0", queued: "0x1" });
    expect((await node.post("anvil_dropTransaction", [result])).result).toBe(result);
  });

  it("one that is known already is named", async () => {
    await node.post("evm_setAutomine", [false]);
    const raw = await signed({});
    await node.post("eth_sendRawTransaction", [raw]);
    expect((await node.post("eth_sendRawTransaction", [raw])).error).toMatchObject({ message: expect.stringMatching(/^already known/) });
    expect((await node.post("eth_sendRawTransaction", [await signed({ value: 2n })])).error).toMatchObject({
      message: expect.stringMatching(/^replacement transaction underpriced/),
    });
    await node.post("anvil_dropAllTransactions");
    await node.post("evm_setAutomine", [true]);
  });
});

describe("parameters that cannot be read", () => {
  it.each<[string, readonly unknown[], RegExp]>([
    ["eth_getBalance", [], /expected params\[0\] \(address\), got nothing/],
    ["eth_getBalance", ["0x12"], /params\[0\] \(address\): expected an address .* got "0x12"/],
    ["eth_getBalance", [alice, "newest"], /params\[1\] \(block\): expected a block: "latest".* got "newest"/],
    ["eth_getBalance", [alice, "0x01"], /params\[1\]/],
    ["eth_getBalance", [alice, 5], /params\[1\] .* got 5/],
    ["eth_getBalance", [alice, { blockHash: zeros, blockNumber: "0x0" }], /one of blockNumber and blockHash/],
    ["eth_getBalance", [alice, "latest", 1], /at most 2 parameters/],
    ["eth_getBlockByNumber", ["latest", "yes"], /params\[1\] \(withTransactions\): expected true or false, got "yes"/],
    ["eth_getBlockByHash", ["0x1234"], /data of 32 bytes/],
    ["eth_call", ["0x"], /expected an object/],
    ["eth_call", [{ to: "0x1" }], /params\[0\] \(transaction\)\.to: expected an address/],
    ["eth_call", [{ to: bob, value: 1 }], /\.value: expected a quantity .* got 1/],
    ["eth_call", [{ to: bob, gas: "0x1ffffffffffffffffffff" }], /\.gas: .* 64 bits/],
    ["eth_call", [{ to: bob, data: "0x01", input: "0x02" }], /equal/],
    ["eth_call", [{ to: bob, gasPrice: "0x1", maxFeePerGas: "0x1" }], /gasPrice, or maxFeePerGas/],
    ["eth_call", [{ to: bob }, "latest", { [bob]: { balance: "lots" } }], /\.balance: /],
    ["eth_call", [{ to: bob }, "latest", { [bob]: { state: {}, stateDiff: {} } }], /one of state and stateDiff/],
    ["eth_getStorageAt", [bob, `0x${"0".repeat(65)}`], /storage key/],
    ["eth_getLogs", [{ address: "x" }], /\.address: expected an address/],
    ["eth_getLogs", [{ topics: ["0x12"] }], /\.topics\[0\]: expected data of 32 bytes/],
    ["eth_getLogs", [{ topics: [zeros, zeros, zeros, zeros, zeros] }], /at most 4 items/],
    ["eth_getLogs", [{ blockHash: zeros, fromBlock: "0x0" }], /blockHash, or fromBlock and toBlock/],
    ["eth_getLogs", [{ fromBlock: "0x0", toBlock: "0xffff" }], /beyond current head/],
    ["eth_getLogs", [{ fromBlock: "0x1", toBlock: "0x0" }], /fromBlock of at most 0, got 1/],
    ["eth_feeHistory", ["0x1", "latest", [50, 10]], /ascend/],
    ["eth_feeHistory", ["0x1", "latest", [101]], /percentile/],
    ["eth_subscribe", ["news"], /"newHeads", "logs"/],
    ["eth_getFilterChanges", ["first"], /id of a filter/],
    ["debug_traceTransaction", [zeros, { tracer: "jsTracer" }], /callTracer/],
    ["eth_signTypedData_v4", [alice, "{"], /typed data/],
    ["eth_signTypedData_v4", [alice, { types: {}, domain: {}, message: {}, primaryType: "X" }], /invalid typed data/],
    ["eth_sendTransaction", [{ from: alice, to: bob, chainId: "0x1" }], /chainId: expected 31337, got 1/],
    ["eth_sendTransaction", [{ from: alice, to: bob, type: "0x7" }], /type: expected 0x0 to 0x4/],
    ["anvil_setBalance", [alice, -1], /non-negative/],
    ["anvil_mine", ["0xffffffff"], /at most/],
  ])("%s %j", async (method, params, message) => {
    expect((await node.post(method, params)).error).toMatchObject({ code: -32602, message: expect.stringMatching(message) });
  });
});

describe("requests that the node refuses", () => {
  it.each<[string, readonly unknown[], number, RegExp]>([
    ["eth_getBalance", [alice, "0x99"], -32001, /up to the head, \d+, got 153/],
    ["eth_getBalance", [alice, zeros], -32001, /got 0x0000/],
    ["eth_getBalance", [alice, { blockHash: zeros, requireCanonical: true }], -32001, /header not found/],
    ["eth_call", [{ to: bob }, "0x99"], -32001, /header not found/],
    ["eth_call", [{ from: "0x00000000000000000000000000000000000000ee", to: bob, value: "0x1" }], -32000, /^insufficient funds/],
    ["eth_subscribe", ["newHeads"], -32004, /WebSocket/],
    ["eth_sign", ["0x00000000000000000000000000000000000000ee", "0x"], -32000, /unknown account/],
    [
      "eth_sendTransaction",
      [{ from: "0x00000000000000000000000000000000000000ee", to: bob }],
      -32000,
      /unknown account|insufficient funds/,
    ],
    ["eth_getFilterChanges", ["0x1"], -32000, /filter not found/],
    ["debug_traceTransaction", [zeros], -32000, /^transaction not found$/],
    ["debug_traceBlockByNumber", ["0x0"], -32000, /^genesis is not traceable$/],
    ["debug_traceBlockByHash", [zeros], -32000, /^block 0x0+ not found$/],
    ["anvil_reset", [], -32004, /evm_snapshot/],
    ["eth_getWork", [], -32601, /the method eth_getWork does not exist/],
  ])("%s %j", async (method, params, code, message) => {
    expect((await node.post(method, params)).error).toMatchObject({ code, message: expect.stringMatching(message) });
  });

  it("ranges, results, filters and traces past its limits", async () => {
    const { result } = await node.post("eth_getTransactionByBlockNumberAndIndex", ["0x1", "0x0"]);
    const hash = (result as { readonly hash: Hex }).hash;
    const counter = ((await node.post("eth_getTransactionReceipt", [hash])).result as { readonly contractAddress: Hex }).contractAddress;
    for (let index = 0; index < 3; index++) {
      await node.post("eth_sendTransaction", [{ from: alice, to: counter, data: `0x30f3f0db${"1".padStart(64, "0")}` }]);
    }
    expect((await node.post("eth_getLogs", [{ fromBlock: "0x1" }])).error).toMatchObject({
      code: -32005,
      message: expect.stringContaining("more than 2 results"),
    });
    await node.post("anvil_mine", ["0x5"]);
    expect((await node.post("eth_getLogs", [{ fromBlock: "0x0" }])).error).toMatchObject({
      code: -32005,
      message: expect.stringContaining("at most 5 blocks"),
    });
    await node.post("eth_newBlockFilter");
    await node.post("eth_newBlockFilter");
    expect((await node.post("eth_newBlockFilter")).error).toMatchObject({
      code: -32005,
      message: expect.stringContaining("at most 2 installed filters"),
    });
    expect((await node.post("debug_traceTransaction", [hash])).error).toMatchObject({
      code: -32005,
      message: expect.stringContaining("at most 10 steps"),
    });
    // The run is ended there: one that nothing ends would take all the gas of a call.
    const endless = { stateOverrides: { [bob]: { code: "0x5b600056" } } };
    expect((await node.post("debug_traceCall", [{ to: bob, gas: "0x186a0" }, "latest", endless])).error).toMatchObject({
      message: "expected a trace of at most 10 steps, got more: ask for callTracer, or limit",
    });
    expect((await node.post("debug_traceTransaction", [hash, { limit: 3 }])).result).toMatchObject({ structLogs: [{ pc: 0 }, {}, {}] });
  });

  it("traces whose steps are too large, in stack, memory or storage", async () => {
    const small = await startTestNode({ dispatcher: { limits: { traceWords: 100 } } });
    const trace = async (code: string, options = {}) => {
      const state = { stateOverrides: { [bob]: { code } } };
      return small.post("debug_traceCall", [{ to: bob, gas: "0x186a0" }, "latest", { ...options, ...state }]);
    };
    const past = { error: { code: -32005, message: expect.stringContaining("at most 100 words"), data: { code: "LIMIT_EXCEEDED" } } };
    const stack = `0x${"5f".repeat(20)}00`;
    expect(await trace(stack)).toMatchObject(past);
    expect(await trace(stack, { disableStack: true })).toMatchObject({ result: { failed: false } });
    expect(await trace("0x6110005100")).toMatchObject({ result: { failed: false } });
    expect(await trace("0x6110005100", { enableMemory: true })).toMatchObject(past);
    // Reads slot after slot, and each step shows all that were read before.
    const storage = `0x${"5a5450".repeat(16)}00`;
    expect(await trace(storage)).toMatchObject(past);
    expect(await trace(storage, { disableStorage: true })).toMatchObject({ result: { failed: false } });
    await small.close();
  });

  it("state that the chain no longer keeps", async () => {
    const forgetful = await startTestNode({ chain: { history: 2 } });
    await forgetful.post("anvil_mine", ["0x5"]);
    expect((await forgetful.post("eth_getBalance", [alice, "0x4"])).result).toMatch(/^0x/);
    for (const [method, params] of [
      ["eth_getBalance", [alice, "0x1"]],
      ["eth_call", [{ to: bob }, "0x1"]],
      ["eth_getProof", [alice, [], "0x1"]],
      ["eth_estimateGas", [{ to: bob }, "0x1"]],
    ] as const) {
      expect((await forgetful.post(method, params)).error).toMatchObject({ code: -32002, data: { code: "STATE_UNAVAILABLE" } });
    }
    // Blocks are kept for ever.
    expect((await forgetful.post("eth_getBlockByNumber", ["0x1", true])).result).toMatchObject({ number: "0x1" });
    await forgetful.close();
  });

  it("development methods of a chain that is none", async () => {
    const production = await startTestNode({ chain: { dev: false } });
    for (const method of ["anvil_setBalance", "evm_snapshot", "hardhat_impersonateAccount", "evm_mine"]) {
      expect((await production.post(method)).error).toMatchObject({ code: -32004, message: expect.stringContaining("development mode") });
    }
    expect((await production.post("eth_blockNumber")).result).toBe("0x0");
    await production.close();
  });
});

describe("calls that go wrong", () => {
  const to = "0x00000000000000000000000000000000000000ee";
  const failing = async (code: string): Promise<unknown> =>
    (await node.post("eth_call", [{ to, gas: "0x186a0" }, "latest", { [to]: { code } }])).error;

  it("fail in geth's words, without those of an engine", async () => {
    expect(await failing("0x5b600056")).toEqual({ code: -32000, message: "out of gas" });
    expect(await failing("0x600456")).toEqual({ code: -32000, message: "invalid jump destination" });
    expect(await failing("0xfe")).toEqual({ code: -32000, message: "invalid opcode" });
  });

  it("say once that the funds do not suffice", async () => {
    const poor = { from: to, to: bob, value: "0x1", maxFeePerGas: "0x77359400" };
    expect((await node.post("eth_estimateGas", [poor])).error).toMatchObject({
      message: "insufficient funds for transfer: expected a balance of at least 1 wei, got 0 wei",
    });
  });

  it("end when their time is over", async () => {
    const impatient = await startTestNode({ dispatcher: { limits: { callMilliseconds: 0 } } });
    for (const method of ["eth_call", "eth_estimateGas", "eth_createAccessList", "debug_traceCall"]) {
      const { error } = await impatient.post(method, [{ to, data: "0x00" }, "latest"]);
      expect([method, error]).toEqual([
        method,
        { code: -32005, message: expect.stringMatching(/^execution aborted/), data: { code: "LIMIT_EXCEEDED" } },
      ]);
    }
    await impatient.close();
  });
});
