// What a WASM program prints on a development chain, seen by a client: in the trace of its transaction, and when it failed.
import { createPublicClient, createWalletClient, http, parseAbi, parseEther, toHex, type Hex } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";
import { brotliCompressSync } from "node:zlib";
import { expect, it } from "vitest";
import { deriveDevAccounts, devAccountSecret } from "./dev-accounts.ts";
import { defineDevChain } from "./dev-chain.ts";
import { startNode } from "./start-node.ts";

/** log_txt("ahoy"), log_i32(42), then the length of the calldata as status: with any, the call reverts. */
const program =
  "0061736d01000000010f0360017f0060027f7f0060017f017f02250207636f6e736f6c65076c6f675f693332000007636f6e736f6c65076c6f675f747874000103020102050401010101071c02066d656d6f727902000f757365725f656e747279706f696e7400020a10010e00410041041001412a100020000b0b0a010041000b0461686f79";

it("stands in debug_traceTransaction, the lines of a call that reverted too", async () => {
  const accounts = deriveDevAccounts(undefined, 1);
  const node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, logLevel: "silent" });
  try {
    const account = privateKeyToAccount(devAccountSecret(accounts[0] as (typeof accounts)[number]) as Hex);
    const reader = createPublicClient({ chain: foundry, transport: http(node.http) });
    const wallet = createWalletClient({ account, chain: foundry, transport: http(node.http) });
    const code = Buffer.concat([Buffer.from("eff00000", "hex"), brotliCompressSync(Buffer.from(program, "hex"))]);
    const prelude = Buffer.from(`7f${code.length.toString(16).padStart(64, "0")}80602b6000396000f300`, "hex");
    const deployed = await wallet.sendTransaction({ data: toHex(Buffer.concat([prelude, code])), gas: 5_000_000n });
    const address = (await reader.getTransactionReceipt({ hash: deployed })).contractAddress as Hex;
    await wallet.writeContract({
      address: "0x0000000000000000000000000000000000000071",
      abi: parseAbi(["function activateProgram(address program) payable returns (uint16, uint256)"]),
      functionName: "activateProgram",
      args: [address],
      value: parseEther("1"),
      gas: 5_000_000n,
    });
    for (const [data, error] of [
      ["0x", undefined],
      ["0x01", "execution reverted"],
    ] as const) {
      const hash = await wallet.sendTransaction({ to: address, data, gas: 1_000_000n });
      const trace: unknown = await reader.request({
        method: "debug_traceTransaction" as never,
        params: [hash, { tracer: "callTracer" }] as never,
      });
      expect(trace).toMatchObject({ vm: "wasm", units: { unit: "ink" }, programLogs: ["ahoy", "42"] });
      expect((trace as { error?: string }).error).toBe(error);
    }
  } finally {
    await node.close();
  }
});
