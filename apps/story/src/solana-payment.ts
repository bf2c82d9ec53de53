/** A payment from a Solana wallet to an Ethereum account, sent with web3.js to the node's other port. */
import { Connection, Keypair, LAMPORTS_PER_SOL, PublicKey, SystemProgram, Transaction, type Signer } from "@solana/web3.js";
import { base58 } from "@scure/base";
import type { DevAnnouncement } from "./dev-node.ts";

/** A finished payment. */
export interface SolanaPayment {
  readonly signature: string;
  readonly slot: number;
  readonly units: number;
}

/** Pays `sol` from the first Solana key to the pubkey of an Ethereum account, and waits for the block. */
export async function payFromSolana(node: DevAnnouncement, pubkey: string, sol: number): Promise<SolanaPayment> {
  const from = node.accounts.find(({ kind }) => kind === "solana");
  if (node.solana === null || from === undefined) throw new Error("expected a node with Solana's ports and keys");
  const connection = new Connection(node.solana.http, { commitment: "confirmed", wsEndpoint: node.solana.ws });
  const sender: Signer = Keypair.fromSecretKey(base58.decode(from.secret));
  const { blockhash, lastValidBlockHeight } = await connection.getLatestBlockhash();
  const transaction = new Transaction({ feePayer: sender.publicKey, blockhash, lastValidBlockHeight }).add(
    SystemProgram.transfer({ fromPubkey: sender.publicKey, toPubkey: new PublicKey(pubkey), lamports: sol * LAMPORTS_PER_SOL }),
  );
  transaction.sign(sender);
  const signature = await connection.sendRawTransaction(transaction.serialize());
  const found = await connection.getTransaction(signature, { commitment: "confirmed", maxSupportedTransactionVersion: 0 });
  if (found?.meta?.err !== null) throw new Error(`the payment failed: ${JSON.stringify(found?.meta?.err)}`);
  return { signature, slot: found.slot, units: found.meta.computeUnitsConsumed ?? 0 };
}
