import type { Hex } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode } from "./counter-contract.mts";
import { hexAddresses, startTestNode, type TestNode } from "./test-node.mts";

let node: TestNode;
const [alice, bob] = hexAddresses as [Hex, Hex];
const coinbase = "0x00000000000000000000000000000000000000c0";
const contract = "0x00000000000000000000000000000000000000cc";
const word = (value: number): Hex => `0x${value.toString(16).padStart(64, "0")}`;
/** PUSH1 7, PUSH1 1, SSTORE, PUSH0, PUSH1 2, SSTORE, PUSH1 3, SLOAD: sets slot 1, clears slot 2, reads slot 3. */
const code = "0x60076001555f600255600354";

const send = async (fields: Readonly<Record<string, unknown>>): Promise<Hex> =>
  (await node.post("eth_sendTransaction", [{ from: alice, ...fields }])).result as Hex;
const result = async (method: string, ...params: readonly unknown[]): Promise<unknown> => {
  const { result: given, error } = await node.post(method, params);
  expect(error).toBeUndefined();
  return given;
};
const prestate = { tracer: "prestateTracer" };
const diff = { tracer: "prestateTracer", tracerConfig: { diffMode: true } };
const balance = (address: Hex, block: Hex) => result("eth_getBalance", address, block) as Promise<Hex>;

beforeAll(async () => {
  node = await startTestNode();
  await node.post("anvil_setCoinbase", [coinbase]);
  await node.post("anvil_setCode", [contract, code]);
  await node.post("anvil_setStorageAt", [contract, word(2), word(5)]);
  await node.post("anvil_setStorageAt", [contract, word(3), word(6)]);
  await node.post("anvil_mine", ["0x1"]);
});
afterAll(() => node.close());

describe("prestateTracer", () => {
  it("shows what a transaction touched as it was, and in diff mode what became of it", async () => {
    const hash = await send({ to: contract, gas: "0x20000", value: "0x9" });
    const storage = { [word(1)]: word(0), [word(2)]: word(5), [word(3)]: word(6) };
    const before = {
      [alice]: { balance: await balance(alice, "0x1") },
      [contract]: { balance: "0x0", code },
      [coinbase]: { balance: "0x0" },
    };
    expect(await result("debug_traceTransaction", hash, prestate)).toEqual({ ...before, [contract]: { ...before[contract], storage } });
    expect(
      await result("debug_traceTransaction", hash, { ...prestate, tracerConfig: { disableCode: true, disableStorage: true } }),
    ).toEqual({
      ...before,
      [contract]: { balance: "0x0" },
    });
    const difference = {
      pre: { ...before, [contract]: { ...before[contract], storage: { [word(2)]: word(5) } } },
      post: {
        [alice]: { balance: await balance(alice, "0x2"), nonce: 1 },
        [contract]: { balance: "0x9", storage: { [word(1)]: word(7) } },
        [coinbase]: { balance: await balance(coinbase, "0x2") },
      },
    };
    expect(await result("debug_traceTransaction", hash, diff)).toEqual(difference);
    expect(await result("debug_traceBlockByNumber", "0x2", diff)).toEqual([{ txHash: hash, result: difference }]);
  });

  it("shows a creation in diff mode only after it, and a call as if it were a transaction", async () => {
    const hash = await send({ data: counterBytecode });
    const { contractAddress } = (await result("eth_getTransactionReceipt", hash)) as { readonly contractAddress: Hex };
    const deployed = await result("eth_getCode", contractAddress, "latest");
    const { pre, post } = (await result("debug_traceTransaction", hash, diff)) as Readonly<Record<string, Readonly<Record<Hex, unknown>>>>;
    expect(pre).not.toHaveProperty(contractAddress);
    expect(post?.[contractAddress]).toEqual({ nonce: 1, code: deployed });
    expect(await result("debug_traceTransaction", hash, prestate)).not.toHaveProperty(contractAddress);
    const call = { from: bob, to: alice, value: "0x1" };
    expect(await result("debug_traceCall", call, "0x1", diff)).toEqual({
      pre: { [bob]: { balance: await balance(bob, "0x1") }, [alice]: { balance: await balance(alice, "0x1") } },
      post: {
        [bob]: { balance: `0x${(BigInt(await balance(bob, "0x1")) - 1n).toString(16)}`, nonce: 1 },
        [alice]: { balance: `0x${(BigInt(await balance(alice, "0x1")) + 1n).toString(16)}` },
      },
    });
  });
});
