/** The peer: @ethereumjs/vm's runTx, with the same native crypto as ours and senders that are known beforehand. */
import { createBlock } from "@ethereumjs/block";
import { Common, Hardfork, Mainnet, type CustomCrypto } from "@ethereumjs/common";
import { createMPT } from "@ethereumjs/mpt";
import { MerkleStateManager, SimpleStateManager, Caches } from "@ethereumjs/statemanager";
import { createTxFromRLP, type TypedTransaction } from "@ethereumjs/tx";
import { Account, createAddressFromString, hexToBytes, setLengthLeft, bigIntToBytes, type Address } from "@ethereumjs/util";
import { createVM, encodeReceipt, runTx, type TxReceipt, type VM } from "@ethereumjs/vm";
import { keccak256 } from "@trireme/core";
import { encodeRlp, integerToRlp } from "@trireme/ethereum";
import { benchChainId, startBalance, tokenAddress, type Workload } from "./workload.ts";

/** Which state manager the peer runs on. */
export type PeerState = "simple" | "merkle";

/** A peer that is ready to run a workload once. */
export interface Peer {
  /** Runs every transaction; throws when one fails. */
  run(): Promise<void>;
  /** The same as a block: the roots that its header would have. The Merkle state manager only. */
  runAsBlock(): Promise<BlockRoots>;
}

/** What two executions of one block must agree on. */
export interface BlockRoots {
  readonly stateRoot: Uint8Array;
  readonly transactionsRoot: Uint8Array;
  readonly receiptsRoot: Uint8Array;
}

/** A workload as the peer reads it, once for all its runs. */
export interface PeerWorkload {
  readonly workload: Workload;
  readonly common: Common;
  readonly transactions: readonly TypedTransaction[];
}

const crypto: CustomCrypto = { keccak256: (data) => keccak256(data) };

function createCommon(): Common {
  return new Common({ chain: { ...Mainnet, chainId: benchChainId }, hardfork: Hardfork.Prague, customCrypto: crypto });
}

/**
 * Decodes the workload's transactions and fixes their senders, so that no run recovers them. They are not frozen and
 * are kept for all runs, so the peer has what it caches on them (data cost, hashes), as ours has what is decoded.
 */
export function readPeerWorkload(workload: Workload): PeerWorkload {
  const common = createCommon();
  const transactions = workload.transactions.map((raw, index) => {
    const transaction = createTxFromRLP(hexToBytes(raw), { common, freeze: false });
    const sender = createAddressFromString(workload.senders[index % workload.senders.length] as string);
    transaction.getSenderAddress = () => sender;
    return transaction;
  });
  return { workload, common, transactions };
}

/** A fresh state with the workload's accounts, and the VM on it. */
export async function createPeer({ workload, common, transactions }: PeerWorkload, state: PeerState): Promise<Peer> {
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
  const run = async (onReceipt: (receipt: TxReceipt, tx: TypedTransaction) => void): Promise<void> => {
    let blockGasUsed = 0n;
    for (const tx of transactions) {
      const { execResult, receipt, totalGasSpent } = await runTx(vm, { tx, block, skipHardForkValidation: true, blockGasUsed });
      if (execResult.exceptionError !== undefined) throw new Error(`the peer's transaction failed: ${execResult.exceptionError.error}`);
      blockGasUsed += totalGasSpent;
      onReceipt(receipt, tx);
    }
  };
  return {
    run: () => run(() => undefined),
    async runAsBlock() {
      const receipts: Uint8Array[] = [];
      // As its runBlock does: one checkpoint around the block, which keeps the trie untouched until the root is asked for.
      await vm.evm.journal.checkpoint();
      await run((receipt, tx) => receipts.push(encodeReceipt(receipt, tx.type)));
      await vm.evm.journal.commit();
      return {
        stateRoot: await stateManager.getStateRoot(),
        transactionsRoot: await orderedRoot(transactions.map((tx) => tx.serialize())),
        receiptsRoot: await orderedRoot(receipts),
      };
    },
  };
}

async function orderedRoot(values: readonly Uint8Array[]): Promise<Uint8Array> {
  const trie = await createMPT({ useKeyHashingFunction: keccak256 });
  for (const [index, value] of values.entries()) await trie.put(encodeRlp(integerToRlp(BigInt(index))), value);
  return trie.root();
}

/** Slot of `balanceOf[account]`: the mapping is the token's first variable. */
export function balanceSlot(account: string): Uint8Array {
  const preimage = new Uint8Array(64);
  preimage.set(hexToBytes(account as `0x${string}`), 12);
  return keccak256(preimage);
}
