/** The peer: @ethereumjs/vm's runTx, with the same native crypto as ours and senders that are known beforehand. */
import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet, type CustomCrypto } from "@ethereumjs/common";
import { MerkleStateManager, SimpleStateManager, Caches } from "@ethereumjs/statemanager";
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { Account, createAddressFromString, hexToBytes, setLengthLeft, bigIntToBytes, type Address } from "@ethereumjs/util";
import { createVM, runTx, type VM } from "@ethereumjs/vm";
import { keccak256 } from "@trireme/core";
import { benchChainId, startBalance, tokenAddress, type Workload } from "./workload.ts";

/** Which state manager the peer runs on. */
export type PeerState = "simple" | "merkle";

/** A peer that is ready to run a workload once. */
export interface Peer {
  readonly transactions: readonly TypedTransaction[];
  /** Runs every transaction; throws when one fails. */
  run(): Promise<void>;
}

const crypto: CustomCrypto = { keccak256: (data) => keccak256(data) };

function createCommon(): Common {
  return new Common({ chain: { ...Mainnet, chainId: benchChainId }, hardfork: Hardfork.Prague, customCrypto: crypto });
}

/** Decodes the workload's transactions and fixes their senders, so that no run recovers them. */
function readTransactions(workload: Workload, common: Common): readonly TypedTransaction[] {
  return workload.transactions.map((raw, index) => {
    const transaction = createTxFromRLP(hexToBytes(raw), { common, freeze: false });
    const sender = createAddressFromString(workload.senders[index % workload.senders.length] as string);
    transaction.getSenderAddress = () => sender;
    return transaction;
  });
}

/** A fresh state with the workload's accounts, and the VM on it. */
export async function createPeer(workload: Workload, state: PeerState): Promise<Peer> {
  const common = createCommon();
  const stateManager = state === "simple" ? new SimpleStateManager({ common }) : new MerkleStateManager({ common, caches: new Caches() });
  const put = (address: Address) => stateManager.putAccount(address, new Account(0n, startBalance));
  for (const account of workload.accounts) await put(createAddressFromString(account));
  if (workload.tokenCode !== undefined) {
    const token = createAddressFromString(tokenAddress);
    await put(token);
    await stateManager.putCode(token, hexToBytes(workload.tokenCode));
    for (const account of workload.accounts) {
      await stateManager.putStorage(token, balanceSlot(account), setLengthLeft(bigIntToBytes(1_000_000n), 32));
    }
  }
  await stateManager.checkpoint();
  await stateManager.commit();
  const vm: VM = await createVM({ common, stateManager });
  const block = createBlock(
    { header: { number: 1n, gasLimit: 10_000_000_000n, baseFeePerGas: 7n, timestamp: 1n } },
    { common, skipConsensusFormatValidation: true },
  );
  const transactions = readTransactions(workload, common);
  return {
    transactions,
    async run() {
      for (const tx of transactions) {
        const { execResult } = await runTx(vm, { tx, block, skipHardForkValidation: true });
        if (execResult.exceptionError !== undefined) throw new Error(`the peer's transaction failed: ${execResult.exceptionError.error}`);
      }
    },
  };
}

/** Slot of `balanceOf[account]`: the mapping is the token's first variable. */
export function balanceSlot(account: string): Uint8Array {
  const preimage = new Uint8Array(64);
  preimage.set(hexToBytes(account as `0x${string}`), 12);
  return keccak256(preimage);
}
