/** web3.js 1.x over the real ports, as a Solana developer would write it. */
import {
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  PublicKey,
  sendAndConfirmTransaction,
  SystemProgram,
  Transaction,
  TransactionInstruction,
  TransactionMessage,
  VersionedTransaction,
} from "@solana/web3.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStoppableFetch, startSolanaNode, type SolanaNode } from "./solana-node.mts";

let node: SolanaNode;
let connection: Connection;
const client = createStoppableFetch();
beforeAll(async () => {
  node = await startSolanaNode();
  connection = new Connection(node.url, { commitment: "confirmed", fetch: client.fetch });
});
afterAll(async () => {
  await client.stop();
  await node.close();
});

async function airdrop(to: PublicKey, lamports: number): Promise<void> {
  const signature = await connection.requestAirdrop(to, lamports);
  const latest = await connection.getLatestBlockhash();
  const { value } = await connection.confirmTransaction({ signature, ...latest });
  expect(value.err).toBeNull();
}

describe("web3.js", () => {
  it("airdrops, transfers, confirms by subscription and reads it back", async () => {
    const [from, to] = [Keypair.generate(), Keypair.generate()];
    await airdrop(from.publicKey, 2 * LAMPORTS_PER_SOL);
    const transaction = new Transaction().add(
      SystemProgram.transfer({ fromPubkey: from.publicKey, toPubkey: to.publicKey, lamports: LAMPORTS_PER_SOL }),
    );
    const signature = await sendAndConfirmTransaction(connection, transaction, [from]);
    expect(await connection.getBalance(to.publicKey)).toBe(LAMPORTS_PER_SOL);
    expect(await connection.getBalance(from.publicKey)).toBe(LAMPORTS_PER_SOL - 5000);
    const found = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
    expect(found?.meta).toMatchObject({ err: null, fee: 5000, computeUnitsConsumed: 150 });
    expect(found?.meta?.logMessages).toEqual([
      "Program 11111111111111111111111111111111 invoke [1]",
      "Program 11111111111111111111111111111111 success",
    ]);
    const status = await connection.getSignatureStatus(signature);
    expect(status.value).toMatchObject({ err: null, confirmationStatus: "finalized" });
  });

  it("shows a failed preflight with logs, and sends past it on demand", async () => {
    const from = Keypair.generate();
    await airdrop(from.publicKey, LAMPORTS_PER_SOL);
    const transfer = SystemProgram.transfer({
      fromPubkey: from.publicKey,
      toPubkey: Keypair.generate().publicKey,
      lamports: 5 * LAMPORTS_PER_SOL,
    });
    await expect(sendAndConfirmTransaction(connection, new Transaction().add(transfer), [from])).rejects.toThrow(
      /Transaction simulation failed: Error processing Instruction 0: custom program error: 0x1/,
    );
    const { blockhash } = await connection.getLatestBlockhash();
    const message = new TransactionMessage({
      payerKey: from.publicKey,
      recentBlockhash: blockhash,
      instructions: [transfer],
    }).compileToV0Message();
    const transaction = new VersionedTransaction(message);
    transaction.sign([from]);
    const signature = await connection.sendTransaction(transaction, { skipPreflight: true });
    const found = await connection.getTransaction(signature, { maxSupportedTransactionVersion: 0 });
    expect(found?.meta?.err).toEqual({ InstructionError: [0, { Custom: 1 }] });
    expect(await connection.getBalance(from.publicKey)).toBe(LAMPORTS_PER_SOL - 5000);
  });

  it("simulates, and calls the memo program", async () => {
    const payer = Keypair.generate();
    await airdrop(payer.publicKey, LAMPORTS_PER_SOL);
    const memo = new TransactionInstruction({
      keys: [],
      programId: new PublicKey("MemoSq4gqABAXKb96qnH8TysNcWxMyWCqXgDLGmfcHr"),
      data: Buffer.from("hello from trireme"),
    });
    const { blockhash } = await connection.getLatestBlockhash();
    const message = new TransactionMessage({
      payerKey: payer.publicKey,
      recentBlockhash: blockhash,
      instructions: [memo],
    }).compileToV0Message();
    const simulated = await connection.simulateTransaction(new VersionedTransaction(message));
    expect(simulated.value.err).toBeNull();
    expect(simulated.value.logs?.join("\n")).toContain("hello from trireme");
    await sendAndConfirmTransaction(connection, new Transaction().add(memo), [payer]);
  });
});
