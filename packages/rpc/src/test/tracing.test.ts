import type { Hex } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { counterBytecode } from "./counter-contract.mts";
import { hexAddresses, startTestNode, type TestNode } from "./test-node.mts";

let node: TestNode;
let counter: Hex;
let creation: Hex;
const [alice, bob] = hexAddresses as [Hex, Hex];
const word = (value: number | bigint): string => value.toString(16).padStart(64, "0");
const increase = (amount: number): string => `0x30f3f0db${word(amount)}`;
const increaseTwice = (amount: number): string => `0x6301779a${word(amount)}`;

const send = async (fields: Readonly<Record<string, unknown>>): Promise<Hex> =>
  (await node.post("eth_sendTransaction", [{ from: alice, ...fields }])).result as Hex;
const receipt = async (hash: Hex) => (await node.post("eth_getTransactionReceipt", [hash])).result as Readonly<Record<string, Hex>>;
const trace = async (hash: Hex, options?: unknown) => {
  const { result, error } = await node.post("debug_traceTransaction", options === undefined ? [hash] : [hash, options]);
  expect(error).toBeUndefined();
  return result as Readonly<Record<string, unknown>>;
};

beforeAll(async () => {
  node = await startTestNode();
  creation = await send({ data: counterBytecode });
  counter = (await receipt(creation))["contractAddress"] as Hex;
});
afterAll(() => node.close());

describe("callTracer", () => {
  it("shows the tree of a transaction: calls, a caught revert, logs", async () => {
    const hash = await send({ to: counter, data: increaseTwice(6), gas: "0x40000" });
    const { gasUsed } = await receipt(hash);
    const quantity = expect.stringMatching(/^0x/);
    const call = (amount: number, total: number, index: number) => ({
      type: "CALL",
      from: counter,
      to: counter,
      value: "0x0",
      gas: quantity,
      gasUsed: quantity,
      input: increase(amount),
      output: `0x${word(total)}`,
      logs: [
        {
          address: counter,
          topics: [expect.any(String), `0x${word(BigInt(counter))}`, `0x${word(total)}`],
          data: `0x${word(amount)}`,
          index: `0x${index}`,
          position: "0x0",
        },
      ],
    });
    const root = { type: "CALL", from: alice, to: counter, value: "0x0", gas: "0x40000", gasUsed, input: increaseTwice(6) };
    expect(await trace(hash, { tracer: "callTracer", tracerConfig: { withLog: true } })).toEqual({
      ...root,
      calls: [
        call(6, 6, 0),
        {
          type: "CALL",
          from: counter,
          to: counter,
          value: "0x0",
          gas: quantity,
          gasUsed: quantity,
          input: increase(1001),
          output: `0x6073b21f${word(1001)}${word(1000)}`,
          error: "execution reverted",
        },
        call(6, 12, 1),
      ],
    });
    expect(await trace(hash, { tracer: "callTracer", tracerConfig: { onlyTopCall: true } })).toEqual(root);
    const [first] = (await node.post("debug_traceBlockByNumber", ["latest", { tracer: "callTracer" }])).result as readonly unknown[];
    expect(first).toMatchObject({ txHash: hash, result: { ...root, calls: [{}, { error: "execution reverted" }, {}] } });
  });

  it("shows a creation, and a transfer", async () => {
    expect(await trace(creation, { tracer: "callTracer" })).toMatchObject({
      type: "CREATE",
      from: alice,
      to: counter,
      input: counterBytecode,
      output: expect.stringMatching(/^0x6080/),
    });
    const hash = await send({ to: bob, value: "0x7" });
    expect(await trace(hash, { tracer: "callTracer" })).toEqual({
      type: "CALL",
      from: alice,
      to: bob,
      value: "0x7",
      gas: "0x5208",
      gasUsed: "0x5208",
      input: "0x",
    });
  });

  it("shows a failure and its reason, of a transaction and of a call", async () => {
    const hash = await send({ to: counter, data: increase(0), gas: "0x20000" });
    const failed = { type: "CALL", error: "execution reverted", revertReason: "nothing to add" };
    expect(await receipt(hash)).toMatchObject({ status: "0x0" });
    expect(await trace(hash, { tracer: "callTracer" })).toMatchObject(failed);
    const { result } = await node.post("debug_traceCall", [
      { from: bob, to: counter, data: increase(0) },
      "latest",
      { tracer: "callTracer" },
    ]);
    expect(result).toMatchObject({ ...failed, from: bob });
  });
});

describe("4byteTracer", () => {
  it("counts functions by selector and length of arguments, those of failed frames included", async () => {
    const hash = await send({ to: counter, data: increaseTwice(6), gas: "0x40000" });
    expect(await trace(hash, { tracer: "4byteTracer" })).toEqual({ "0x6301779a-32": 1, "0x30f3f0db-32": 3 });
    // SHA-256 of 32 bytes, through the precompile.
    const { result } = await node.post("debug_traceCall", [
      { to: bob, data: "0x01020304" },
      "latest",
      { tracer: "4byteTracer", stateOverrides: { [bob]: { code: "0x60206000602060006002 5afa00".replace(" ", "") } } },
    ]);
    expect(result).toEqual({ "0x01020304-0": 1 });
  });
});

describe("struct logs", () => {
  /** PUSH1 7, PUSH1 1, SSTORE, PUSH1 1, SLOAD, PUSH0, MSTORE, PUSH1 32, PUSH0, RETURN */
  const code = "0x60076001556001545f5260205ff3";
  const target = "0x00000000000000000000000000000000000000cc";

  it("show every instruction with stack, memory and storage", async () => {
    await node.post("anvil_setCode", [target, code]);
    const hash = await send({ to: target, gas: "0x20000" });
    const { structLogs, ...summary } = await trace(hash, { enableMemory: true });
    const slots = { [`0x${word(1)}`]: `0x${word(7)}` };
    expect(summary).toEqual({ gas: Number((await receipt(hash))["gasUsed"]), failed: false, returnValue: `0x${word(7)}` });
    expect(structLogs).toMatchObject([
      { pc: 0, op: "PUSH1", gas: 0x20000 - 21_000, gasCost: 3, depth: 1, stack: [] },
      { pc: 2, op: "PUSH1", stack: ["0x7"] },
      { pc: 4, op: "SSTORE", gasCost: 22_100, stack: ["0x7", "0x1"], storage: slots },
      { pc: 5, op: "PUSH1", stack: [] },
      { pc: 7, op: "SLOAD", gasCost: 100, stack: ["0x1"], storage: slots },
      { pc: 8, op: "PUSH0", stack: ["0x7"] },
      { pc: 9, op: "MSTORE", stack: ["0x7", "0x0"] },
      { pc: 10, op: "PUSH1", stack: [], memory: [`0x${word(7)}`] },
      { pc: 12, op: "PUSH0", stack: ["0x20"] },
      { pc: 13, op: "RETURN", stack: ["0x20", "0x0"] },
    ]);
    const bare = await trace(hash, { disableStack: true, disableStorage: true });
    expect((bare["structLogs"] as readonly unknown[])[2]).toEqual({
      pc: 4,
      op: "SSTORE",
      gas: expect.any(Number),
      gasCost: 22_100,
      depth: 1,
    });
  });

  it("are empty for a transfer, and name the instruction that broke a rule", async () => {
    expect(await trace(await send({ to: bob, value: "0x1" }))).toEqual({ gas: 21_000, failed: false, returnValue: "0x", structLogs: [] });
    // PUSH1 1, JUMP: there is no JUMPDEST.
    await node.post("anvil_setCode", [target, "0x600156"]);
    const hash = await send({ to: target, gas: "0x20000" });
    expect(await trace(hash)).toMatchObject({
      failed: true,
      structLogs: [{ op: "PUSH1" }, { op: "JUMP", error: "invalid jump destination" }],
    });
  });
});
