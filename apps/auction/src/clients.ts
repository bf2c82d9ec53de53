/** Both dialects' clients of one node, as their users would make them: viem on one port, @solana/kit on the other. */
import {
  appendTransactionMessageInstructions,
  createKeyPairSignerFromPrivateKeyBytes,
  createSolanaRpc,
  createTransactionMessage,
  getAddressDecoder,
  getAddressEncoder,
  getBase64EncodedWireTransaction,
  pipe,
  setTransactionMessageFeePayerSigner,
  setTransactionMessageLifetimeUsingBlockhash,
  signTransactionMessageWithSigners,
  type Address as SolanaAddress,
  type Instruction,
  type KeyPairSigner,
} from "@solana/kit";
import { devAccountSecret, type DevAccount, type RunningNode } from "@trireme/node";
import { createTestClient, http, publicActions, toBytes, toHex, walletActions, type Hash, type Hex, type PrivateKeyAccount } from "viem";
import { privateKeyToAccount } from "viem/accounts";
import { foundry } from "viem/chains";

/** A transaction of either dialect that stands in a block. */
export interface Settled {
  readonly id: string;
  readonly block: bigint;
  readonly hasSucceeded: boolean;
  /** Gas, or compute units of a Solana transaction. */
  readonly used: bigint;
}

/** @see createClients */
export type Clients = Awaited<ReturnType<typeof createClients>>;

/** A pubkey as Solidity has it. */
export function bytes32Of(pubkey: SolanaAddress): Hex {
  return toHex(new Uint8Array(getAddressEncoder().encode(pubkey)));
}

/** A pubkey as Solana's clients have it. */
export function pubkeyFromBytes32(bytes: Hex): SolanaAddress {
  return getAddressDecoder().decode(toBytes(bytes));
}

/** The node's development accounts sign, of each kind those that it was started with. */
export async function createClients(node: RunningNode, accounts: readonly DevAccount[]) {
  if (node.solana === undefined) throw new Error("expected a node with Solana's ports");
  const viem = createTestClient({ mode: "anvil", chain: foundry, transport: http(node.http), pollingInterval: 20 })
    .extend(publicActions)
    .extend(walletActions);
  const rpc = createSolanaRpc(node.solana.http);
  const ofKind = (wanted: DevAccount["kind"]): readonly DevAccount[] => accounts.filter(({ kind }) => kind === wanted);
  const ethereum: readonly PrivateKeyAccount[] = ofKind("evm").map((account) => privateKeyToAccount(devAccountSecret(account) as Hex));
  const solana: readonly KeyPairSigner[] = await Promise.all(
    ofKind("solana").map(({ privateKey }) => createKeyPairSignerFromPrivateKeyBytes(privateKey)),
  );
  return {
    viem,
    rpc,
    ethereum,
    solana,

    /** The chain mines at once: who has the hash finds the receipt. */
    async settle(hash: Hash): Promise<Settled & { readonly contract: Hex | undefined }> {
      const { blockNumber, status, gasUsed, contractAddress } = await viem.getTransactionReceipt({ hash });
      return { id: hash, block: blockNumber, hasSucceeded: status === "success", used: gasUsed, contract: contractAddress ?? undefined };
    },

    /** Signs with the payer and every signer among the instructions' accounts, and sends; `isForced`: though a simulation would fail. */
    async sendSolana(payer: KeyPairSigner, instructions: readonly Instruction[], isForced = false): Promise<Settled> {
      const { value: latest } = await rpc.getLatestBlockhash().send();
      const message = pipe(
        createTransactionMessage({ version: 0 }),
        (empty) => setTransactionMessageFeePayerSigner(payer, empty),
        (paid) => setTransactionMessageLifetimeUsingBlockhash(latest, paid),
        (dated) => appendTransactionMessageInstructions(instructions, dated),
      );
      const wire = getBase64EncodedWireTransaction(await signTransactionMessageWithSigners(message));
      const signature = await rpc.sendTransaction(wire, { encoding: "base64", skipPreflight: isForced }).send();
      const found = await rpc.getTransaction(signature, { encoding: "json", maxSupportedTransactionVersion: 0 }).send();
      if (found === null) throw new Error(`expected ${signature} in a block`);
      const { slot, meta } = found;
      return { id: signature, block: slot, hasSucceeded: meta?.err === null, used: meta?.computeUnitsConsumed ?? 0n };
    },
  };
}
