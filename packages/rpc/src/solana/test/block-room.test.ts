/** Solana's fee buys room up to a block's target (rule 14): what does not fit is told, or waits, and never keeps the node busy. */
import { ComputeBudgetProgram, Connection, Keypair, SystemProgram, Transaction } from "@solana/web3.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createStoppableFetch, startSolanaNode, type SolanaNode } from "./solana-node.mts";

let node: SolanaNode;
let connection: Connection;
const client = createStoppableFetch();
const payer = Keypair.generate();

beforeAll(async () => {
  node = await startSolanaNode();
  connection = new Connection(node.url, { commitment: "confirmed", fetch: client.fetch });
  await connection.requestAirdrop(payer.publicKey, 10_000_000_000);
  node.chain.dev?.setBlockGasLimit(2_000_000n);
});
afterAll(async () => {
  await client.stop();
  await node.close();
});

async function signed(units: number): Promise<Buffer> {
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: payer.publicKey, blockhash, lastValidBlockHeight }).add(
    ComputeBudgetProgram.setComputeUnitLimit({ units }),
    SystemProgram.transfer({ fromPubkey: payer.publicKey, toPubkey: Keypair.generate().publicKey, lamports: 1_000_000 }),
  );
  transaction.sign(payer);
  return transaction.serialize();
}

describe("a transaction that is too large for half a block and pays Solana's fee only", () => {
  it("is refused by the preflight, and waits where that is skipped, while others go on", async () => {
    const large = await signed(1_400_000);
    await expect(connection.sendRawTransaction(large)).rejects.toThrow("Transaction would exceed max Block Cost Limit");
    const waiting = await connection.sendRawTransaction(large, { skipPreflight: true });
    const small = await connection.sendRawTransaction(await signed(10_000));
    expect((await connection.getSignatureStatus(small)).value).toMatchObject({ err: null });
    expect((await connection.getSignatureStatus(waiting)).value).toBeNull();
    node.chain.dev?.setBlockGasLimit(30_000_000n);
    await node.chain.dev?.mine();
    expect((await connection.getSignatureStatus(waiting)).value).toMatchObject({ err: null });
  });
});
