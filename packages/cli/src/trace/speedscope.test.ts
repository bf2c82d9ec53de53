import type { CallFrame, TransactionTrace } from "@trireme/rpc";
import { expect, it } from "vitest";
import { annotate } from "./annotated-frame.ts";
import { createContractDecoder } from "./contract-decoder.ts";
import { createProgramDecoder } from "./program-decoder.ts";
import { speedscopeFile, type SpeedscopeFile } from "./speedscope.ts";

const decoders = { contracts: createContractDecoder([]), programs: createProgramDecoder([]) };
const frame = (to: string, gasUsed: number, calls: readonly CallFrame[] = [], part: Partial<CallFrame> = {}): CallFrame => ({
  type: "CALL",
  from: `0x${"aa".repeat(20)}`,
  to: `0x${to.repeat(20)}`,
  gas: "0xffff",
  gasUsed: `0x${gasUsed.toString(16)}`,
  input: "0x",
  ...(calls.length === 0 ? {} : { calls }),
  ...part,
});
const source = (trace: CallFrame, part: Partial<TransactionTrace> = {}) => {
  const traced: TransactionTrace = {
    hash: `0x${"12".repeat(32)}`,
    signature: "5",
    dialect: "ethereum",
    blockHash: "0x",
    blockNumber: "0x1",
    transactionIndex: "0x0",
    status: "0x1",
    failedAt: null,
    trace,
    ...part,
  };
  return { traced, root: annotate(trace, decoders) };
};

/** What the schema of speedscope's file format demands of a file with evented profiles, and what its importer checks beyond. */
function assertSpeedscope(file: SpeedscopeFile): void {
  expect(file.$schema).toBe("https://www.speedscope.app/file-format-schema.json");
  expect([typeof file.name, typeof file.exporter]).toEqual(["string", "string"]);
  expect(file.profiles[file.activeProfileIndex]).toBeDefined();
  for (const { name, ...rest } of file.shared.frames) expect([typeof name, Object.keys(rest)]).toEqual(["string", []]);
  for (const { type, name, unit, startValue, endValue, events } of file.profiles) {
    expect(type).toBe("evented");
    expect(typeof name).toBe("string");
    expect(["bytes", "microseconds", "milliseconds", "nanoseconds", "none", "seconds"]).toContain(unit);
    expect(endValue).toBeGreaterThanOrEqual(startValue);
    const open: number[] = [];
    let last = startValue;
    for (const event of events) {
      expect(event.at).toBeGreaterThanOrEqual(last);
      last = event.at;
      expect(file.shared.frames[event.frame]).toBeDefined();
      if (event.type === "O") open.push(event.frame);
      else expect(open.pop()).toBe(event.frame);
    }
    expect(open).toEqual([]);
    expect(last).toBeLessThanOrEqual(endValue);
  }
}

it("gives one profile for each transaction, frames by VM and callee, as wide as their gas", () => {
  const transfer = { vm: "svm", program: "11111111111111111111111111111111", input: "0x020000000500000000000000" } as const;
  const wasm = frame("22", 300, [frame("33", 100, [], transfer), frame("33", 50, [], transfer)], { vm: "wasm" });
  const file = speedscopeFile(
    [source(frame("11", 1_000, [wasm])), source(frame("00", 80, [frame("33", 20, [], transfer)]), { dialect: "solana" })],
    "test",
  );
  assertSpeedscope(file);
  expect(file.shared.frames.map(({ name }) => name)).toEqual([
    "evm:0x1111111111111111111111111111111111111111",
    "wasm:0x2222222222222222222222222222222222222222",
    "svm:System.transfer",
    "solana transaction",
  ]);
  expect(file.profiles.map(({ endValue }) => endValue)).toEqual([1_000, 80]);
  expect(file.profiles[0]?.events).toEqual([
    { type: "O", frame: 0, at: 0 },
    { type: "O", frame: 1, at: 0 },
    { type: "O", frame: 2, at: 0 },
    { type: "C", frame: 2, at: 100 },
    { type: "O", frame: 2, at: 100 },
    { type: "C", frame: 2, at: 150 },
    { type: "C", frame: 1, at: 300 },
    { type: "C", frame: 0, at: 1_000 },
  ]);
});

it("is as wide as the calls where a refund made the transaction cheaper than they were", () => {
  const file = speedscopeFile([source(frame("11", 100, [frame("22", 90), frame("33", 30)]))], "test");
  assertSpeedscope(file);
  expect(file.profiles[0]?.endValue).toBe(120);
});
