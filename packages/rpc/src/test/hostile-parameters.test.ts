import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { isRpcError } from "../json-rpc/rpc-error.ts";
import { hexAddresses, startTestNode, type TestNode } from "./test-node.mts";

let node: TestNode;
beforeAll(async () => {
  node = await startTestNode({ dispatcher: { limits: { minedBlocks: 2 } } });
});
afterAll(() => node.close());

const address = hexAddresses[0] as string;
const word = `0x${"ff".repeat(32)}`;
const huge = `0x${"f".repeat(100_000)}`;
const values: readonly unknown[] = [
  null,
  true,
  0,
  -1,
  1.5,
  1e300,
  "",
  "0x",
  "0x0",
  "0x1",
  "0xg",
  "latest",
  "pending",
  "constructor",
  "\u0000\ud800",
  address,
  word,
  huge,
  [],
  [[]],
  [word, null],
  {},
  { __proto__: null, blockHash: word },
  { from: address, to: address, gas: "0x5208", nonce: "0xffffffffffffffff" },
  { fromBlock: "earliest", toBlock: "latest", topics: [[null], null] },
  { types: { A: [{ name: "a", type: "A" }] }, primaryType: "A", domain: {}, message: { a: {} } },
  { [address]: { balance: word, code: "0xfe", state: { [word]: word }, movePrecompileToAddress: address } },
];

/** Every value in every place, the places before it filled with something that fits many methods. */
const parameterLists: readonly (readonly unknown[])[] = [
  [],
  ...values.map((value) => [value]),
  ...values.flatMap((value) => [
    [address, value],
    ["latest", value],
    [{ to: address }, value],
    [word, value],
    [{ to: address }, "latest", value],
    [address, [], value],
  ]),
];

describe("whatever the parameters are", () => {
  it("every method answers, or fails with a code that is the caller's to mend", async () => {
    const faults: unknown[] = [];
    let answered = 0;
    for (const method of node.dispatcher.methodNames) {
      for (const parameters of [...parameterLists, { a: 1 }]) {
        try {
          JSON.stringify(await node.dispatcher.request(method, parameters));
          answered++;
        } catch (error) {
          if (!isRpcError(error) || error.code === -32603)
            faults.push([method, JSON.stringify(parameters).slice(0, 200), String(error).slice(0, 300)]);
        }
      }
    }
    expect(faults).toEqual([]);
    // Some of it does fit: the methods were reached.
    expect(answered).toBeGreaterThan(node.dispatcher.methodNames.length);
    expect((await node.post("eth_chainId")).result).toBe("0x7a69");
  });
});
