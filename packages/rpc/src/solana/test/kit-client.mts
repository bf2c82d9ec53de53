/** What tests with kit do again and again: keys with lamports, transactions that are confirmed. */
import {
  airdropFactory,
  appendTransactionMessageInstructions,
  assertIsSendableTransaction,
  assertIsTransactionWithBlockhashLifetime,
  compressTransactionMessageUsingAddressLookupTables,
  createTransactionMessage,
  generateKeyPairSigner,
  getSignatureFromTransaction,
  lamports,
  pipe,
  sendAndConfirmTransactionFactory,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type AddressesByLookupTableAddress,
  type Instruction,
  type KeyPairSigner,
  type Rpc,
  type RpcSubscriptions,
  type Signature,
  type SolanaRpcApi,
  type SolanaRpcSubscriptionsApi,
} from "@solana/kit";

/** Both sides of a node, and the two factories over them. */
export interface KitClient {
  readonly rpc: Rpc<SolanaRpcApi>;
  readonly subscriptions: RpcSubscriptions<SolanaRpcSubscriptionsApi>;
  /** A key with so many SOL. */
  fund(sol: number): Promise<KeyPairSigner>;
  /** Sends instructions and waits until a subscription has confirmed them. */
  send(payer: KeyPairSigner, instructions: readonly Instruction[], tables?: AddressesByLookupTableAddress): Promise<Signature>;
}

export function createKitClient(rpc: Rpc<SolanaRpcApi>, subscriptions: RpcSubscriptions<SolanaRpcSubscriptionsApi>): KitClient {
  const rpcs = { rpc, rpcSubscriptions: subscriptions } as never;
  const airdrop = airdropFactory(rpcs);
  const sendAndConfirm = sendAndConfirmTransactionFactory(rpcs);
  return {
    rpc,
    subscriptions,
    async fund(sol) {
      const signer = await generateKeyPairSigner();
      await airdrop({ recipientAddress: signer.address, lamports: lamports(BigInt(sol * 1e9)), commitment: "confirmed" });
      return signer;
    },
    async send(payer, instructions, tables) {
      const { value: latest } = await rpc.getLatestBlockhash().send();
      const message = pipe(
        createTransactionMessage({ version: 0 }),
        (empty) => setTransactionMessageFeePayerSigner(payer, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash(latest, paid),
        (dated) => appendTransactionMessageInstructions(instructions, dated),
        (whole) => (tables === undefined ? whole : compressTransactionMessageUsingAddressLookupTables(whole, tables)),
      );
      const transaction = await signTransactionMessageWithSigners(message);
      assertIsSendableTransaction(transaction);
      assertIsTransactionWithBlockhashLifetime(transaction);
      await sendAndConfirm(transaction, { commitment: "confirmed" });
      return getSignatureFromTransaction(transaction);
    },
  };
}
