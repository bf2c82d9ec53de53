import { readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { conformanceDirectory } from "@trireme/testing";
import { createPublicClient, http, parseAbi, parseEther, type Hex } from "viem";
import { foundry } from "viem/chains";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode, counterSignatures } from "./counter-contract.mts";
import { hexAddresses, startTestNode, type TestNode } from "./test-node.mts";

const directory = conformanceDirectory("rpc/ethereum/eth_simulateV1");
if (directory === undefined) console.log("SKIPPED eth_simulateV1 vectors: no directory");

interface SimulatedCall {
  readonly returnData: Hex;
  readonly logs: readonly Readonly<Record<string, unknown>>[];
  readonly status: Hex;
}
type SimulatedBlock = Readonly<Record<string, unknown>> & { readonly calls: readonly SimulatedCall[] };

interface Vector {
  readonly request: { readonly params: readonly unknown[] };
  readonly response: { readonly result?: readonly SimulatedBlock[]; readonly error?: { readonly code: number; readonly message: string } };
}

function vector(name: string): Vector {
  const lines = readFileSync(join(directory as string, `ethSimulate-${name}.io`), "utf8").split("\n");
  const part = (prefix: string): unknown => JSON.parse(lines.find((line) => line.startsWith(prefix))?.slice(prefix.length) ?? "null");
  return { request: part(">> ") as Vector["request"], response: part("<< ") as Vector["response"] };
}

const nobody = `0x${"0".repeat(40)}`;

/** Vectors that ask for more than the rules of a block. */
const exceptions = new Map([
  ["blockhash-complex", "hashes of the vectors' chain"],
  ["get-block-properties", "hashes of the vectors' chain"],
  ["overwrite-existing-contract", "hashes of the vectors' chain"],
  ["move-ecrecover-and-call-old-and-new", "precompiles do not move"],
  ["move-ecrecover-twice-and-call", "precompiles do not move"],
  ["override-ecrecover", "precompiles do not move"],
  ["override-identity", "precompiles do not move"],
  ["overflow-nonce", "a nonce of 2^64 - 1 is refused (EIP-2681)"],
]);

/** Everything of a block that does not follow from the chain before it. */
function independent(block: SimulatedBlock): unknown {
  const { hash: _hash, parentHash: _parent, stateRoot: _root, calls, transactions, ...rest } = block;
  return {
    ...rest,
    calls: calls.map((call) => ({ ...call, logs: call.logs.map(({ blockHash: _blockHash, ...log }) => log) })),
    transactions: (transactions as readonly unknown[]).map((transaction) =>
      typeof transaction === "string" ? transaction : { ...(transaction as object), blockHash: undefined },
    ),
  };
}

describe.skipIf(directory === undefined)("execution-apis' vectors of eth_simulateV1", () => {
  let node: TestNode;
  beforeAll(async () => {
    node = await startTestNode({
      chain: { chainId: 0xc72dd9d5e883en, hardfork: "prague", genesis: { timestamp: 0, gasLimit: 0xbebc200n } },
    });
    await node.post("anvil_setCoinbase", [nobody]);
    await node.post("anvil_setBalance", [nobody, "0x1"]);
    // The vectors' chain has 54 blocks, 10 seconds apart.
    await node.post("anvil_setBlockTimestampInterval", [10]);
    await node.post("anvil_mine", ["0x35"]);
    await node.post("anvil_setNextBlockBaseFeePerGas", ["0x1a2478c"]);
    await node.post("anvil_mine", ["0x1"]);
  });
  afterAll(() => node.close());

  const names = directory === undefined ? [] : readdirSync(directory).map((name) => name.slice("ethSimulate-".length, -".io".length));
  it.each(names.filter((name) => !exceptions.has(name)))("%s", async (name) => {
    const { request, response } = vector(name);
    const { result, error } = await node.post("eth_simulateV1", request.params);
    if (response.error !== undefined) {
      expect(error).toMatchObject({ code: response.error.code });
      return;
    }
    expect(error).toBeUndefined();
    expect((result as readonly SimulatedBlock[]).map(independent)).toEqual(response.result?.map(independent));
  });
});

describe("viem's simulations", () => {
  const abi = parseAbi(counterSignatures);
  const [alice, bob] = hexAddresses as [Hex, Hex];
  const poor = "0x00000000000000000000000000000000000000aa";
  let node: TestNode;
  let counter: Hex;
  const client = () => createPublicClient({ chain: foundry, transport: http(node.server.url, { retryCount: 0 }) });
  beforeAll(async () => {
    node = await startTestNode();
    const { result } = await node.post("eth_sendTransaction", [{ from: alice, data: counterBytecode }]);
    const receipt = (await node.post("eth_getTransactionReceipt", [result])).result as { readonly contractAddress: Hex };
    counter = receipt.contractAddress;
  });
  afterAll(() => node.close());

  it("simulateBlocks carries state over calls and blocks, and leaves none behind", async () => {
    const increase = (amount: bigint) => ({ to: counter, abi, functionName: "increase", args: [amount] }) as const;
    const blocks = await client().simulateBlocks({
      blocks: [
        {
          stateOverrides: [{ address: poor, balance: parseEther("1") }],
          calls: [
            { account: poor, ...increase(5n) },
            { account: bob, ...increase(5n) },
          ],
        },
        {
          blockOverrides: { time: 2_000_000_000n },
          calls: [
            { account: poor, ...increase(5n) },
            { account: poor, to: bob, value: parseEther("0.5") },
            { account: alice, ...increase(0n) },
          ],
        },
      ],
      traceTransfers: true,
    });
    expect(blocks.map(({ number }) => number)).toEqual([2n, 3n]);
    expect(blocks[1]?.parentHash).toBe(blocks[0]?.hash);
    expect(blocks[0]?.calls).toMatchObject([
      { status: "success", result: 5n, logs: [{ address: counter }] },
      { status: "success", result: 10n },
    ]);
    const last = blocks.at(-1);
    expect(last).toMatchObject({ timestamp: 2_000_000_000n, calls: [{ result: 15n }, { status: "success" }, { status: "failure" }] });
    expect(last?.calls[1]?.logs).toMatchObject([
      { address: "0xeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeeee", data: `0x${(5n * 10n ** 17n).toString(16).padStart(64, "0")}` },
    ]);
    expect(last?.calls[2]?.error?.message).toMatch(/nothing to add/);
    expect((await node.chain.getBlock("latest"))?.header.number).toBe(1n);
    expect(await client().getBalance({ address: poor })).toBe(0n);
  });

  it("simulateCalls tells what calls do to an account's assets", async () => {
    const { assetChanges, results } = await client().simulateCalls({
      account: alice,
      calls: [
        { to: bob, value: parseEther("1.5") },
        { to: counter, abi, functionName: "increase", args: [7n] },
      ],
      traceAssetChanges: true,
    });
    expect(results).toMatchObject([{ status: "success" }, { status: "success", result: 7n }]);
    expect(assetChanges).toMatchObject([{ token: { symbol: "ETH" }, value: { diff: -parseEther("1.5") } }]);
  });

  it("are refused with execution-apis' codes where a call could not stand in a block", async () => {
    const simulate = async (call: object, options: object = {}) =>
      (await node.post("eth_simulateV1", [{ blockStateCalls: [{ calls: [{ from: bob, to: alice, ...call }] }], ...options }])).error?.code;
    const fees = { maxFeePerGas: "0x77359400" };
    const validation = { validation: true };
    expect(await simulate({ nonce: "0x5", ...fees }, validation)).toBe(-38011);
    expect(await simulate({ from: alice, nonce: "0x0", ...fees }, validation)).toBe(-38010);
    expect(await simulate({}, validation)).toBe(-38012);
    expect(await simulate(fees, validation)).toBeUndefined();
    expect(await simulate({ nonce: "0x5" })).toBeUndefined();
    expect(await simulate({ from: poor, value: "0x1" })).toBe(-38014);
    const narrow = { blockStateCalls: [{ blockOverrides: { gasLimit: "0x5208" }, calls: [{ from: bob, gas: "0x5209" }] }] };
    expect((await node.post("eth_simulateV1", [narrow])).error?.code).toBe(-38015);
    const withdrawing = { blockStateCalls: [{ blockOverrides: { withdrawals: [{}] } }] };
    expect((await node.post("eth_simulateV1", [withdrawing])).error?.code).toBe(-32004);
  });

  it("are bounded in blocks, calls and gas", async () => {
    const small = await startTestNode({
      dispatcher: { limits: { simulatedBlocks: 3, simulatedCalls: 2 } },
      chain: { limits: { callGas: 60_000 } },
    });
    const simulate = async (...blockStateCalls: readonly unknown[]) => (await small.post("eth_simulateV1", [{ blockStateCalls }])).error;
    expect(await simulate({ blockOverrides: { number: "0x4" } })).toMatchObject({ code: -38026 });
    expect(await simulate({ calls: [{}, {}, {}] })).toMatchObject({ code: -32005 });
    const transfer = { to: bob };
    expect(await simulate({ calls: [transfer] }, { calls: [transfer] })).toBeUndefined();
    // The first call spends everything: there is nothing left for the second.
    const spin = "0x00000000000000000000000000000000000000bb";
    expect(
      await simulate({ stateOverrides: { [spin]: { code: "0x5b5f56" } }, calls: [{ to: spin }] }, { calls: [transfer] }),
    ).toMatchObject({ code: -38013 });
    await small.close();
  });
});
