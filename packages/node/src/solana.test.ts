import { Connection, Keypair, LAMPORTS_PER_SOL, sendAndConfirmTransaction, SystemProgram, Transaction } from "@solana/web3.js";
import { defineChain } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { svm } from "@trireme/svm";
import { toAddress, weiPerLamport, type Pubkey } from "@trireme/core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { deriveDevAccounts } from "./dev-accounts.ts";
import { defineDevChain, devFaucetSeed } from "./dev-chain.ts";
import { startNode, type RunningNode } from "./start-node.ts";

const accounts = deriveDevAccounts(undefined, 2);
let node: RunningNode;

beforeAll(async () => {
  node = await startNode({ chain: defineDevChain({ accounts }), accounts, port: 0, faucetSeed: devFaucetSeed, logLevel: "silent" });
});
afterAll(() => node.close());

async function call(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const body = JSON.stringify({ jsonrpc: "2.0", id: 1, method, params });
  const response = await fetch(url, { method: "POST", headers: { "content-type": "application/json" }, body });
  return ((await response.json()) as { readonly result?: unknown }).result;
}

describe("a node with the SVM", () => {
  it("has Solana's ports beside each other, and one chain behind both dialects", async () => {
    const { http, ws } = node.solana as NonNullable<RunningNode["solana"]>;
    expect(Number(new URL(ws).port)).toBe(Number(new URL(http).port) + 1);
    const from = accounts.find(({ kind }) => kind === "solana") as (typeof accounts)[number];
    const sender = Keypair.fromSeed(from.privateKey);
    const to = Keypair.generate().publicKey;
    const connection = new Connection(http, "confirmed");
    const transfer = SystemProgram.transfer({ fromPubkey: sender.publicKey, toPubkey: to, lamports: LAMPORTS_PER_SOL });
    const signature = await sendAndConfirmTransaction(connection, new Transaction().add(transfer), [sender]);
    const address = `0x${Buffer.from(toAddress(to.toBytes() as Pubkey)).toString("hex")}`;
    expect(BigInt((await call(node.http, "eth_getBalance", [address, "latest"])) as string)).toBe(BigInt(LAMPORTS_PER_SOL) * weiPerLamport);
    const found = (await call(http, "getTransaction", [signature, { maxSupportedTransactionVersion: 0 }])) as { readonly slot: number };
    const block = (await call(node.http, "eth_getBlockByNumber", [`0x${found.slot.toString(16)}`, false])) as { transactions: string[] };
    expect(block.transactions).toHaveLength(1);
    expect(await call(node.http, "eth_getTransactionReceipt", [block.transactions[0]])).toMatchObject({ status: "0x1", type: "0x74" });
    // web3.js polls on for a second.
    await new Promise((resolve) => setTimeout(resolve, 1_100));
  });

  it("says which standard programs a chain without them lacks", async () => {
    expect(node.solana?.missingPrograms).toEqual([]);
    const bare = await startNode({ chain: defineChain({ chainId: 7, environments: [evm(), svm()] }), port: 0, logLevel: "silent" });
    expect(bare.solana?.missingPrograms).toEqual([
      "SPL Token",
      "Token-2022",
      "Associated Token Account",
      "Memo",
      "Memo v1",
      "Address Lookup Table",
    ]);
    await bare.close();
  });
});
