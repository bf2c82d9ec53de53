import { parallel } from "@trireme/chain";
import { bytesToHex, type Hex } from "@trireme/core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { createSolanaDispatcher } from "../solana/solana-rpc.ts";
import type { RpcBlockReport } from "../trireme/get-block-report.ts";
import { hexAddresses, startTestNode, type TestNode } from "./test-node.mts";

const [alice, bob, carol] = hexAddresses as [Hex, Hex, Hex];
const transfers = 40;
let node: TestNode;
beforeAll(async () => {
  node = await startTestNode({ chain: { scheduler: parallel({ workers: 2, always: true }), mining: { kind: "manual" } } });
  const senders = [alice, bob, carol];
  for (let index = 0; index < transfers; index++) {
    const from = senders[index % 3] as Hex;
    await node.post("eth_sendTransaction", [{ from, to: senders[(index + 1) % 3], value: "0x1", gas: "0x5208" }]);
  }
  await node.post("evm_mine");
});
afterAll(() => node.close());

const report = async (...params: unknown[]): Promise<RpcBlockReport> => {
  const { result, error } = await node.post("trireme_getBlockReport", params);
  expect(error).toBeUndefined();
  return result as RpcBlockReport;
};

it("says who ran what, as the chain has it, on the port of either dialect", async () => {
  const got = await report("latest");
  const known = await node.chain.scheduler.getReport("latest");
  const { block, blockHash, hashes, transactions, ...rest } = JSON.parse(
    JSON.stringify(known, (_, value: unknown) => (typeof value === "bigint" ? `0x${value.toString(16)}` : value)),
  ) as Record<string, unknown> & { readonly transactions: readonly object[] };
  expect([block, blockHash, hashes].every((each) => each !== undefined)).toBe(true);
  expect(got).toEqual({
    ...rest,
    blockNumber: "0x1",
    blockHash: bytesToHex(node.chain.head.hash),
    transactions: transactions.map((each, index) => ({ ...each, hash: bytesToHex(node.chain.head.transactions[index]?.hash as never) })),
  });
  expect([got.mode, got.workers, got.transactions.length]).toEqual(["parallel", 2, transfers]);
  for (const tag of ["0x1", 1, got.blockHash, { blockNumber: "0x1" }]) expect(await report(tag)).toEqual(got);
  const solana = createSolanaDispatcher({ chain: node.chain });
  try {
    expect(JSON.parse(JSON.stringify(await solana.request("trireme_getBlockReport", [1])))).toEqual(got);
  } finally {
    solana.close();
  }
});

it("says why there is no report, and what it takes", async () => {
  const refused = async (...params: unknown[]) => (await node.post("trireme_getBlockReport", params)).error;
  const kept = "reports are kept of the newest blocks that this node has made since it started";
  expect(await refused("earliest")).toEqual({
    code: -32001,
    message: `no report of this block: ${kept}; the head is 1, got "earliest"`,
  });
  expect(await refused("pending")).toMatchObject({ code: -32001, message: expect.stringContaining('got "pending"') });
  expect(await refused("0x7")).toMatchObject({
    code: -32001,
    message: expect.stringContaining("expected a block up to the head, 1, got 7"),
  });
  expect(await refused()).toMatchObject({ code: -32602 });
  expect(await refused(-1)).toMatchObject({ code: -32602, message: expect.stringContaining("params[0] (block)") });
  expect(await refused(1.5)).toMatchObject({ code: -32602 });
  expect(await refused("newest")).toMatchObject({ code: -32602 });
  expect(await refused("latest", true)).toMatchObject({ code: -32602 });
});
