/** Both dialects' clients of one node, as their users would make them: viem on one port, @solana/kit on the other. */
import {
  appendTransactionMessageInstructions,
  createKeyPairSignerFromBytes,
  createSolanaRpc,
  createTransactionMessage,
  getBase58Encoder,
  getBase64EncodedWireTransaction,
  pipe,
  setTransactionMessageComputeUnitLimit,
  setTransactionMessageComputeUnitPrice,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Address as SolanaAddress,
  type Instruction,
  type KeyPairSigner,
  type Signature,
} from "@solana/kit";
import { createPublicClient, createWalletClient, defineChain, http, type Hash, type Hex, type PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";

/** What the clients need to know of a node. */
export interface Endpoints {
  readonly http: string;
  readonly solana: { readonly http: string } | null;
  readonly chainId: number;
  readonly accounts: readonly { readonly kind: "evm" | "solana"; readonly pubkey: string; readonly secret: string }[];
}

/** An Ethereum wallet and the name under which Solana's programs know it. */
export interface EthereumWallet {
  readonly account: PrivateKeyAccount;
  readonly pubkey: SolanaAddress;
}

/** A transaction of either dialect that stands in a block. */
export interface Settled {
  readonly id: string;
  readonly block: bigint;
  readonly hasSucceeded: boolean;
  /** Gas, or compute units of a Solana transaction. */
  readonly used: bigint;
  /** In wei. */
  readonly fee: bigint;
}

export type Clients = Awaited<ReturnType<typeof createClients>>;

/** The first two accounts of each kind are the people of the story. */
export async function createClients(node: Endpoints) {
  if (node.solana === null) throw new Error("expected a node with Solana's ports");
  const transport = http(node.http);
  const chain = defineChain({
    id: node.chainId,
    name: "Trireme",
    nativeCurrency: { name: "Ether", symbol: "ETH", decimals: 18 },
    rpcUrls: { default: { http: [node.http] } },
  });
  const reader = createPublicClient({ chain, transport, pollingInterval: 20 });
  const rpc = createSolanaRpc(node.solana.http);
  const ethereumWallets = node.accounts
    .filter(({ kind }) => kind === "evm")
    .map(({ secret, pubkey }): EthereumWallet => ({ account: privateKeyToAccount(secret as Hex), pubkey: pubkey as SolanaAddress }));
  const solanaSecrets = node.accounts.filter(({ kind }) => kind === "solana").map(({ secret }) => secret);
  const solanaWallets = await Promise.all(
    solanaSecrets.slice(0, 2).map((secret) => createKeyPairSignerFromBytes(getBase58Encoder().encode(secret))),
  );
  const [provider, trader] = ethereumWallets;
  const [issuer, solanaTrader] = solanaWallets;
  if (provider === undefined || trader === undefined || issuer === undefined || solanaTrader === undefined)
    throw new Error("expected two accounts of each kind");

  return {
    reader,
    wallet: createWalletClient({ chain, transport }),
    rpc,
    provider,
    trader,
    issuer,
    solanaTrader,

    async settle(hash: Hash): Promise<Settled & { readonly contract: Hex | undefined }> {
      const receipt = await reader.waitForTransactionReceipt({ hash });
      const { blockNumber, status, gasUsed, effectiveGasPrice, contractAddress } = receipt;
      return {
        id: hash,
        block: blockNumber,
        hasSucceeded: status === "success",
        used: gasUsed,
        fee: gasUsed * effectiveGasPrice,
        contract: contractAddress ?? undefined,
      };
    },

    /**
     * Signs with the payer and every signer among the instructions' accounts, sends, and waits for the block. With `units` it pays
     * Ethereum's price for so many: what a message that names a contract has to.
     */
    async sendSolana(payer: KeyPairSigner, instructions: readonly Instruction[], budget?: { readonly units: number }): Promise<Settled> {
      const { value: latest } = await rpc.getLatestBlockhash().send();
      // A micro-lamport is 1,000 wei.
      const microLamports = budget === undefined ? undefined : (await reader.getGasPrice()) / 1_000n + 1n;
      const message = pipe(
        createTransactionMessage({ version: 0 }),
        (empty) => setTransactionMessageFeePayerSigner(payer, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash(latest, paid),
        (dated) => setTransactionMessageComputeUnitLimit(budget?.units, dated),
        (limited) => setTransactionMessageComputeUnitPrice(microLamports, limited),
        (priced) => appendTransactionMessageInstructions(instructions, priced),
      );
      const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
      const signature: Signature = await rpc.sendTransaction(wire, { encoding: "base64" }).send();
      const found = await rpc.getTransaction(signature, { encoding: "json", maxSupportedTransactionVersion: 0 }).send();
      if (found === null) throw new Error(`expected ${signature} in a block`);
      return {
        id: signature,
        block: found.slot,
        hasSucceeded: found.meta?.err === null,
        used: found.meta?.computeUnitsConsumed ?? 0n,
        fee: (found.meta?.fee ?? 0n) * 10n ** 9n,
      };
    },
  };
}
