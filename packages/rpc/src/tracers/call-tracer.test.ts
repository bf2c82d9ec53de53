import {
  addressFromHex,
  addressToHex,
  hexToBytes,
  pubkeyToBase58,
  toAddress,
  type Address,
  type CallMessage,
  type ExecutionResult,
  type InstructionMessage,
  type Pubkey,
} from "@trireme/core";
import { describe, expect, it } from "vitest";
import type { CallFrame } from "./call-frame.ts";
import { createCallTracer } from "./call-tracer.ts";
import { failingPath, failureLines } from "./failing-path.ts";

const wallet = addressFromHex("0xaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa");
const pool = addressFromHex("0x1111111111111111111111111111111111111111");
const engine = addressFromHex("0x2222222222222222222222222222222222222222");
const program = new Uint8Array(32).fill(9) as Pubkey;
const owner = new Uint8Array(32).fill(5) as Pubkey;

const callTo = (recipient: Address, part: Partial<CallMessage> = {}): CallMessage => ({
  kind: "call",
  scheme: "call",
  sender: wallet,
  recipient,
  codeAddress: recipient,
  value: 0n,
  input: hexToBytes("0x12345678"),
  gas: 1_000n,
  depth: 0,
  isStatic: false,
  ...part,
});
const instruction = (part: Partial<InstructionMessage> = {}): InstructionMessage => ({
  kind: "instruction",
  sender: wallet,
  program,
  accounts: [{ pubkey: owner, isSigner: true, isWritable: false }],
  data: Uint8Array.of(3, 1),
  gas: 500n,
  depth: 1,
  isStatic: false,
  stackHeight: 2,
  ...part,
});
const success = (gasLeft: bigint): ExecutionResult => ({ kind: "success", gasLeft, gasRefund: 0n, output: new Uint8Array(0) });
const custom: ExecutionResult = { kind: "revert", gasLeft: 100n, output: new Uint8Array(0), error: '{"Custom":6001}' };
const log = { address: pool, topics: [], data: Uint8Array.of(1) };

describe("createCallTracer", () => {
  it("shows an instruction as a call to its program's address, with what the SVM says beside", () => {
    const tracer = createCallTracer();
    tracer.enter(callTo(pool), "evm");
    tracer.enter(instruction(), "svm");
    tracer.programLog?.(pool, "Program log: no");
    tracer.units?.({ unit: "computeUnits", limit: 500n, used: 400n });
    tracer.exit(custom);
    tracer.exit({ kind: "revert", gasLeft: 50n, output: new Uint8Array(0) });
    expect(tracer.root({ gasLimit: 22_000n, gasUsed: 21_950n })).toEqual({
      type: "CALL",
      from: addressToHex(wallet),
      to: addressToHex(pool),
      value: "0x0",
      gas: "0x55f0",
      gasUsed: "0x55be",
      input: "0x12345678",
      error: "execution reverted",
      calls: [
        {
          type: "CALL",
          from: addressToHex(wallet),
          to: addressToHex(toAddress(program)),
          value: "0x0",
          gas: "0x1f4",
          gasUsed: "0x190",
          input: "0x0301",
          error: "execution reverted",
          revertReason: "custom program error: 0x1771",
          errorDetail: '{"Custom":6001}',
          vm: "svm",
          units: { unit: "computeUnits", limit: "0x1f4", used: "0x190" },
          program: pubkeyToBase58(program),
          accounts: [{ pubkey: pubkeyToBase58(owner), signer: true, writable: false }],
          programLogs: ["Program log: no"],
        },
      ],
    });
  });

  it("puts the instructions of a batch under a root of its own, which fails with the transaction", () => {
    const tracer = createCallTracer({ withLog: true });
    tracer.enter(instruction({ depth: 0 }), "svm");
    tracer.log(log);
    tracer.exit(success(300n));
    tracer.enter(instruction({ depth: 0, gas: 300n }), "svm");
    tracer.exit(success(200n));
    const batch = { sender: wallet, input: Uint8Array.of(1, 2) };
    // The verdict of an environment: each frame succeeded, the transaction did not.
    const rent = { ...custom, error: '{"InsufficientFundsForRent":{"account_index":1}}' };
    const root = tracer.root({ gasLimit: 600n, gasUsed: 400n, result: rent, batch });
    expect(root).toMatchObject({
      type: "CALL",
      from: addressToHex(wallet),
      to: `0x${"00".repeat(20)}`,
      input: "0x0102",
      gas: "0x258",
      gasUsed: "0x190",
      error: "execution reverted",
      revertReason: "Transaction results in an account (1) with insufficient funds for rent",
      errorDetail: '{"InsufficientFundsForRent":{"account_index":1}}',
      calls: [{ gas: "0x1f4", gasUsed: "0xc8" }, { gas: "0x12c" }],
    });
    expect(JSON.stringify(root)).not.toContain("logs");
    expect(failingPath(root as CallFrame)).toEqual([]);
    expect(createCallTracer({ onlyTopCall: true }).root({ gasLimit: 600n, gasUsed: 400n, batch })).not.toHaveProperty("calls");
  });

  it("keeps the logs of what was caught around a failure, and none of what failed, at whichever depth", () => {
    const tracer = createCallTracer({ withLog: true });
    tracer.enter(callTo(pool), "evm");
    tracer.log(log);
    tracer.enter(callTo(engine, { depth: 1 }), "wasm");
    tracer.enter(callTo(pool, { depth: 2 }), "evm");
    tracer.log(log);
    tracer.exit(success(1n));
    tracer.exit(custom);
    tracer.log(log);
    tracer.exit(success(1n));
    const root = tracer.root({ gasLimit: 1n, gasUsed: 1n });
    expect(root?.logs?.map(({ index, position }) => [index, position])).toEqual([
      ["0x0", "0x0"],
      ["0x2", "0x1"],
    ]);
    expect(JSON.stringify(root?.calls)).not.toContain("logs");
  });

  it("is undefined where nothing ran, and the frames of a fourth VM name it", () => {
    expect(createCallTracer().root({ gasLimit: 1n, gasUsed: 1n })).toBeUndefined();
    const tracer = createCallTracer();
    tracer.enter(callTo(engine, { scheme: "staticcall" }), "own-vm");
    tracer.exit({ kind: "halt", reason: "own-vm:badWord", detail: "at 7" });
    expect(tracer.root({ gasLimit: 1n, gasUsed: 1n })).toMatchObject({
      type: "STATICCALL",
      vm: "own-vm",
      error: "own-vm:badWord",
      errorDetail: "at 7",
    });
  });
});

describe("the failing path", () => {
  const frame = (part: Partial<CallFrame>): CallFrame => ({
    type: "CALL",
    from: "0xaa",
    to: "0xbb",
    gas: "0x1",
    gasUsed: "0x1",
    input: "0x",
    ...part,
  });
  const failed = (part: Partial<CallFrame>): CallFrame => frame({ error: "execution reverted", ...part });

  it("goes from a failed frame to its last call as long as that failed, and passes by what was caught", () => {
    const root = failed({
      calls: [failed({ vm: "wasm", calls: [failed({})] }), failed({ calls: [frame({ calls: [failed({})] })] })],
    });
    expect(failingPath(root)).toEqual([1]);
    expect(failingPath(frame({ calls: [failed({})] }))).toBeUndefined();
    expect(failureLines(failed({}))).toEqual([]);
  });

  it("is told innermost first, each reason once", () => {
    const svm = failed({ vm: "svm", program: "Prog", input: "0x030102030405060708", revertReason: "custom program error: 0x1" });
    const wasm = failed({ vm: "wasm", to: "0xcc", input: "0x12345678aa", revertReason: "no price", calls: [svm] });
    const root = failed({ input: "0x11223344", revertReason: "no price", calls: [frame({}), wasm] });
    expect(failureLines(root)).toEqual([
      "    at svm Prog 0x0301020304050607...: custom program error: 0x1",
      "    at wasm 0xcc 0x12345678: no price",
      "    at evm 0xbb 0x11223344",
    ]);
    let deep = svm;
    for (let depth = 0; depth < 30; depth++) deep = failed({ calls: [deep] });
    const lines = failureLines(deep);
    expect([lines.length, lines[0], lines[15]]).toEqual([
      17,
      "    at svm Prog 0x0301020304050607...: custom program error: 0x1",
      "    ... 15 more",
    ]);
  });
});
