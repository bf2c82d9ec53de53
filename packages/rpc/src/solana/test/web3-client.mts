/** What tests with web3.js do again and again. */
import {
  Connection,
  Keypair,
  LAMPORTS_PER_SOL,
  sendAndConfirmTransaction,
  Transaction,
  type Signer,
  type TransactionInstruction,
} from "@solana/web3.js";
import { createStoppableFetch } from "./solana-node.mts";

/** A connection that can be put away. */
export interface Web3Client {
  readonly connection: Connection;
  fund(sol: number): Promise<Keypair>;
  /** Sends instructions, and waits for their confirmation. */
  send(payer: Keypair, instructions: readonly TransactionInstruction[], signers?: readonly Signer[]): Promise<string>;
  stop(): Promise<void>;
}

export function createWeb3Client(url: string): Web3Client {
  const { fetch, stop } = createStoppableFetch();
  const connection = new Connection(url, { commitment: "confirmed", fetch });
  return {
    connection,
    stop,
    async fund(sol) {
      const keypair = Keypair.generate();
      const signature = await connection.requestAirdrop(keypair.publicKey, sol * LAMPORTS_PER_SOL);
      await connection.confirmTransaction({ signature, ...(await connection.getLatestBlockhash()) });
      return keypair;
    },
    send: (payer, instructions, signers = []) =>
      sendAndConfirmTransaction(connection, new Transaction().add(...instructions), [payer, ...signers]),
  };
}
