// A transaction over EVM, WASM, EVM and SVM on a real node, as `trireme trace` prints it: good, and failed in each VM.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { ComputeBudgetProgram, PublicKey, TransactionInstruction } from "@solana/web3.js";
import { addressFromHex, pubkeyToBase58, toPubkey } from "@trireme/core";
import type { CallFrame, TransactionTrace } from "@trireme/rpc";
import { programIds } from "@trireme/svm";
import type { Hex } from "viem";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { runCommandLine } from "../command-line.ts";
import { createTraceWorld } from "./trace-world.mts";

let world: Awaited<ReturnType<typeof createTraceWorld>>;
beforeAll(async () => {
  world = await createTraceWorld();
});
afterAll(() => world.close());

/** Runs the command; gives what it printed. */
async function trace(...given: string[]): Promise<string> {
  const stdout = vi.spyOn(console, "log").mockReturnValue(undefined);
  try {
    expect(await runCommandLine(["trace", ...given, "--rpc-url", world.node.http])).toBe(0);
    return stdout.mock.calls.map(([line]) => String(line)).join("\n");
  } finally {
    stdout.mockRestore();
  }
}
const traceJson = async (...given: string[]) => JSON.parse(await trace(...given, "--json")) as TransactionTrace;
const callTracer = (hash: string): Promise<CallFrame> =>
  world.reader.request({
    method: "debug_traceTransaction",
    params: [hash, { tracer: "callTracer", tracerConfig: { withLog: true } }],
  } as never);

async function onSolanaPort(method: string, ...params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(world.node.solana!.http, { method: "POST", headers: { "content-type": "application/json" }, body });
  return ((await response.json()) as { readonly result?: unknown }).result;
}
/** The frame at a path. */
const frameAt = (root: CallFrame, path: readonly number[]): CallFrame => path.reduce((frame, place) => frame.calls![place]!, root);
const abis = (): string[] => ["--abi", ...world.abiFiles];

describe("the trace of a transaction over EVM, WASM, EVM and SVM", () => {
  it("shows every frame with its VM, decoded call, cost and outcome", async () => {
    const hash = await world.start(world.paying(5_000_000n));
    const traced = await traceJson(hash, ...abis());
    expect(traced).toMatchObject({ hash, dialect: "ethereum", status: "0x1", failedAt: null });
    expect(traced.trace).toMatchObject({
      callee: world.router,
      decodedInput: { name: "start", fields: [{ name: "relay", value: world.relay }, { name: "target", value: world.payout }, {}, {}] },
      calls: [
        {
          vm: "wasm",
          callee: world.relay,
          units: { unit: "ink" },
          decodedInput: { name: "forward" },
          calls: [
            {
              callee: world.payout,
              decodedInput: { name: "pay", fields: [{ name: "to" }, { name: "lamports", value: "5000000" }] },
              decodedOutput: [{ name: "", value: "7" }],
              logs: [{ position: "0x2", event: { name: "Paid", fields: [{}, { name: "lamports", value: "5000000" }] } }],
              calls: [
                { vm: "svm", callee: "SVM gateway", decodedInput: { name: "pubkeyOf" } },
                {
                  vm: "svm",
                  decodedInput: { name: "invoke", fields: [{ name: "program", value: "System" }] },
                  calls: [
                    {
                      type: "CALL",
                      vm: "svm",
                      callee: "System",
                      program: pubkeyToBase58(programIds.system),
                      decodedInput: { name: "transfer", fields: [{ name: "lamports", value: "5000000" }] },
                      accounts: [
                        { signer: true, writable: true },
                        { pubkey: world.receiver.toBase58(), signer: false, writable: true },
                      ],
                      accountNames: ["source", "destination"],
                    },
                  ],
                },
              ],
            },
          ],
        },
      ],
    });
    // What the relay paid in gas is what it used in ink, rounded up.
    const { gasUsed, units } = frameAt(traced.trace, [0]);
    expect((BigInt(units!.used) + 9_999n) / 10_000n).toBe(BigInt(gasUsed));
    // One clock over all VMs: what a frame's calls used, it used.
    const check = ({ gasUsed, calls = [] }: CallFrame): bigint => {
      const inner = calls.reduce((sum, call) => sum + check(call), 0n);
      expect(BigInt(gasUsed)).toBeGreaterThanOrEqual(inner);
      return BigInt(gasUsed);
    };
    check(traced.trace);
    const text = await trace(hash, ...abis());
    expect(text.split("\n").map((line) => line.replace(/ {2}[\d,]+ gas.*$/, ""))).toEqual([
      `${hash} succeeded`,
      expect.stringMatching(/^block \d+, place 0, [\d,]+ of 3,000,000 gas$/),
      "",
      expect.stringMatching(
        /^EVM {2}0x\w{40}\.start\(relay: 0x\w{4}\.\.\w{4}, target: .*, data: 0x\w{8}\.\.\(68 bytes\), isLate: false\)$/,
      ),
      expect.stringMatching(/^├─ WASM 0x\w{40}\.forward\(/),
      expect.stringMatching(/^│ {2}├─ EVM {2}0x\w{40}\.pay\(to: 0x.*, lamports: 5000000\)$/),
      expect.stringMatching(/^│ {2}│ {2}├─ SVM {2}SVM gateway\.pubkeyOf\(account: 0x.*\) \[staticcall\]$/),
      expect.stringMatching(/^│ {2}│ {2}│ {5}→ 0x/),
      "│  │  ├─ SVM  SVM gateway.invoke(program: System)",
      "│  │  │  └─ SVM  System.transfer(lamports: 5000000)",
      expect.stringMatching(/^│ {2}│ {2}│ {2}event Paid\(to: 0x.*, lamports: 5000000\)$/),
      "│  │  └─ → 7",
      expect.stringMatching(/^│ {2}└─ → 0x/),
      expect.stringMatching(/^└─ → answer: 0x/),
    ]);
    expect(await trace(hash, "--verbose")).toContain(`destination ${world.receiver.toBase58()} (writable)`);
  });

  it.each([
    ["svm", () => world.start(world.paying(5_000_000_000n)), [0, 0, 1, 0], "ResultWithNegativeLamports (custom program error: 0x1)"],
    ["evm", () => world.start(world.refusing()), [0, 0], "Closed(since: 42)"],
    ["wasm", () => world.start("0x"), [0], "nothing to forward"],
    ["evm", () => world.start(world.paying(5_000_000n), true), [], "too late"],
  ] as const)("names the frame that failed: %s", async (vm, send, path, reason) => {
    const hash = await send();
    const { failedAt, status, trace: root } = await traceJson(hash, ...abis());
    expect({ failedAt, status }).toEqual({ failedAt: path, status: "0x0" });
    expect(frameAt(root, path).vm ?? "evm").toBe(vm);
    expect(JSON.stringify(root)).not.toContain('"logs"');
    const text = await trace(hash, ...abis());
    expect(text.split("\n").filter((line) => line.includes("failed here"))).toEqual([
      expect.stringContaining(`✗ ${reason}  <- failed here`),
    ]);
    if (path.length > 0)
      expect(text).toMatch(new RegExp(`Failed at\n  EVM .*\n[^]* ${vm.toUpperCase()} .*: ${reason.replace(/[()]/g, "\\$&")}$`));
  });

  it("is geth's callTracer for tools that know no other VM", async () => {
    const hash = await world.start(world.paying(5_000_000_000n));
    const root = await callTracer(hash);
    const known = ["type", "from", "to", "value", "gas", "gasUsed", "input", "output", "error", "revertReason", "calls", "logs"];
    const check = (frame: CallFrame): void => {
      expect(["CALL", "STATICCALL"]).toContain(frame.type);
      for (const field of ["from", "to"] as const) expect(frame[field]).toMatch(/^0x[0-9a-f]{40}$/);
      if (frame.vm === undefined) expect(Object.keys(frame).filter((name) => !known.includes(name))).toEqual([]);
      frame.calls?.forEach(check);
    };
    check(root);
    expect(frameAt(root, [0, 0, 1, 0])).toMatchObject({ error: "execution reverted", revertReason: "custom program error: 0x1" });
  });

  it("leaves viem its revert data, and tells the way to the frame behind the message", async () => {
    const { abi, account, reader, router } = world;
    const call = { address: router, abi, functionName: "start", account: account.address } as const;
    const failing = reader.simulateContract({ ...call, args: [world.relay, world.payout, world.refusing(), false] });
    await expect(failing).rejects.toThrow("Error: Closed(uint256 since)");
    await expect(failing).rejects.toThrow(
      new RegExp(
        `execution reverted\n    at evm ${world.payout} 0x\\w{8}: execution reverted\n    at wasm ${world.relay} 0x\\w{8}\n    at evm ${world.router} 0x\\w{8}\n`,
        "i",
      ),
    );
    await expect(reader.estimateContractGas({ ...call, args: [world.relay, world.payout, "0x", false] })).rejects.toThrow(
      /nothing to forward/,
    );
  });
});

describe("the trace of a Solana transaction", () => {
  it("is found by either id, on either port: a root over its instructions", async () => {
    const id = await world.sendSolana(world.sending(2_000_000), world.sending(1_000_000));
    const traced = await traceJson(id);
    expect(traced).toMatchObject({
      signature: id,
      dialect: "solana",
      failedAt: null,
      trace: {
        type: "CALL",
        to: `0x${"00".repeat(20)}`,
        calls: [{ callee: "System" }, { decodedInput: { fields: [{ value: "1000000" }] } }],
      },
    });
    expect(await traceJson(traced.hash)).toEqual(traced);
    expect(await onSolanaPort("trireme_traceTransaction", id)).toMatchObject({
      hash: traced.hash,
      trace: { calls: [{ vm: "svm" }, { vm: "svm" }] },
    });
    expect(await callTracer(traced.hash)).toMatchObject({
      type: "CALL",
      calls: [
        { type: "CALL", vm: "svm" },
        { type: "CALL", vm: "svm" },
      ],
    });
    const block = await world.reader.request({ method: "debug_traceBlockByNumber", params: ["latest", { tracer: "callTracer" }] } as never);
    expect(block).toMatchObject([{ txHash: traced.hash, result: { type: "CALL", calls: [{ vm: "svm" }, { vm: "svm" }] } }]);
    expect(await trace(id)).toMatch(/^2 instructions by 0x.*\n├─ SVM {2}System\.transfer\(lamports: 2000000\) .*\n└─ SVM {2}System\./m);
  });

  it("shows the contract that an instruction called, and where it failed", async () => {
    const id = await world.sendSolana(
      ComputeBudgetProgram.setComputeUnitPrice({ microLamports: 2_000_000 }),
      new TransactionInstruction({
        programId: new PublicKey(toPubkey(addressFromHex(world.payout))),
        keys: [{ pubkey: world.payer.publicKey, isSigner: true, isWritable: true }],
        data: Buffer.from(world.refusing().slice(2), "hex"),
      }),
    );
    const { failedAt, trace: root } = await traceJson(id, ...abis());
    expect(failedAt).toEqual([1, 0]);
    expect(frameAt(root, [1])).toMatchObject({ vm: "svm", callee: world.payout, decodedInput: { name: "refuse" } });
    expect(frameAt(root, [1, 0])).toMatchObject({ type: "CALL", to: world.payout.toLowerCase(), decodedError: { name: "Closed" } });
    expect(await trace(id, ...abis())).toMatch(/EVM {2}0x\w{40}\.refuse: Closed\(since: 42\)$/);
  });
});

describe("trireme trace", () => {
  it("writes transactions as profiles of one speedscope file", async () => {
    const path = join(world.folder, "out.speedscope.json");
    const hashes = [await world.start(world.paying(5_000_000n)), await world.start("0x")];
    await trace(...hashes, "--speedscope", path, ...abis());
    const file = JSON.parse(readFileSync(path, "utf8")) as {
      readonly profiles: readonly { readonly name: string; readonly endValue: number }[];
    };
    const used = await Promise.all(
      hashes.map(async (hash) => Number((await world.reader.getTransactionReceipt({ hash: hash as Hex })).gasUsed)),
    );
    expect(file).toMatchObject({
      profiles: hashes.map((name, index) => ({ type: "evented", name, startValue: 0, endValue: used[index] })),
    });
    expect(JSON.stringify(file)).toContain('"svm:System.transfer"');
  });

  it("is coloured on a terminal that wants it, and nowhere else", async () => {
    const hash = await world.start("0x");
    const { isTTY } = process.stdout;
    try {
      vi.stubEnv("NO_COLOR", "");
      expect(await trace(hash)).not.toContain("\u001b");
      process.stdout.isTTY = true;
      expect(await trace(hash)).toContain("\u001b[31m✗ nothing to forward");
      vi.stubEnv("NO_COLOR", "1");
      expect(await trace(hash)).not.toContain("\u001b");
    } finally {
      process.stdout.isTTY = isTTY;
      vi.unstubAllEnvs();
    }
  });

  it.each([
    [["0x12"], /^trireme: http:\S+ answers: invalid params\[0\] \(id\): expected data of 32 bytes/],
    [[`0x${"12".repeat(32)}`], /^trireme: http:\S+ answers: transaction not found/],
    [[`0x${"12".repeat(32)}`, "--abi", "/nowhere.json"], /^trireme: --abi \/nowhere.json: ENOENT/],
    [
      [`0x${"12".repeat(32)}`, "--rpc-url", "http://127.0.0.1:1"],
      /^trireme: --rpc-url: expected a Trireme node at http:\/\/127.0.0.1:1, got: /,
    ],
  ])("refuses %j in one line", async (given, message) => {
    const stderr = vi.spyOn(console, "error").mockReturnValue(undefined);
    try {
      const url = given.includes("--rpc-url") ? [] : ["--rpc-url", world.node.http];
      expect(await runCommandLine(["trace", ...given, ...url])).toBe(1);
      expect(stderr.mock.calls.map(([line]) => String(line))).toEqual([expect.stringMatching(message)]);
    } finally {
      stderr.mockRestore();
    }
  });
});
