import { createSolanaRpcFromTransport, createSolanaRpcSubscriptionsFromTransport, generateKeyPairSigner, lamports } from "@solana/kit";
import { getTransferSolInstruction } from "@solana-program/system";
import { Connection, Keypair, LAMPORTS_PER_SOL, PublicKey, sendAndConfirmTransaction, SystemProgram, Transaction } from "@solana/web3.js";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createKitClient } from "../solana/test/kit-client.mts";
import { startSolanaChain, type SolanaChain } from "../solana/test/solana-node.mts";
import { createSolanaSubscriptionsTransport, createSolanaTransport } from "./solana-transport.ts";
import { createInProcessConnection } from "./web3-connection.ts";

let node: SolanaChain;
beforeAll(async () => {
  node = await startSolanaChain();
});
afterAll(() => node.close());

describe("in process, without a port", () => {
  it("kit airdrops, transfers, confirms by subscription, and gets its own errors", async () => {
    const client = createKitClient(
      createSolanaRpcFromTransport(createSolanaTransport(node.dispatcher)),
      createSolanaRpcSubscriptionsFromTransport(createSolanaSubscriptionsTransport(node.dispatcher)),
    );
    const payer = await client.fund(2);
    const to = await generateKeyPairSigner();
    const stop = new AbortController();
    const changes = await client.subscriptions
      .accountNotifications(to.address, { encoding: "base64" })
      .subscribe({ abortSignal: stop.signal });
    const first = (async () => {
      for await (const { value } of changes) return value.lamports;
      return undefined;
    })();
    const transfer = getTransferSolInstruction({ source: payer, destination: to.address, amount: lamports(1_000_000_000n) });
    const signature = await client.send(payer, [transfer]);
    expect(await first).toBe(1_000_000_000n);
    stop.abort();
    const found = await client.rpc.getTransaction(signature, { maxSupportedTransactionVersion: 0, encoding: "json" }).send();
    expect(found?.meta?.err).toBeNull();
    await expect(client.send(payer, [transfer, transfer])).rejects.toMatchObject({
      context: { __code: -32002, logs: expect.any(Array) },
      cause: { context: { index: 0, code: 1 } },
    });
  });

  it("a Connection of web3.js confirms, watches and gets its own errors", async () => {
    const connection = createInProcessConnection(Connection, node.dispatcher, { commitment: "confirmed" });
    const [from, to] = [Keypair.generate(), Keypair.generate()];
    const airdrop = await connection.requestAirdrop(from.publicKey, 2 * LAMPORTS_PER_SOL);
    await connection.confirmTransaction({ signature: airdrop, ...(await connection.getLatestBlockhash()) });
    let watch = 0;
    const seen = new Promise<number>((resolve) => {
      watch = connection.onAccountChange(to.publicKey, ({ lamports: balance }) => resolve(balance));
    });
    const lines = new Promise<readonly string[]>((resolve) => {
      const logs = connection.onLogs(from.publicKey, (entry) => {
        resolve(entry.logs);
        void connection.removeOnLogsListener(logs);
      });
    });
    const transfer = SystemProgram.transfer({ fromPubkey: from.publicKey, toPubkey: to.publicKey, lamports: LAMPORTS_PER_SOL });
    await sendAndConfirmTransaction(connection, new Transaction().add(transfer), [from]);
    expect(await seen).toBe(LAMPORTS_PER_SOL);
    expect(await lines).toContain(`Program ${SystemProgram.programId.toBase58()} success`);
    await connection.removeAccountChangeListener(watch);
    await expect(sendAndConfirmTransaction(connection, new Transaction().add(transfer), [from])).rejects.toThrow(
      "custom program error: 0x1",
    );
    await expect(connection.getTokenAccountBalance(new PublicKey(1))).rejects.toThrow("could not find account");
  });
});
