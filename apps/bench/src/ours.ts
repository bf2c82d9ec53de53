/** Our column: format, host, journal, environment and world state, exactly as a block runs them. */
import { addressFromHex, bigintToBytes, hexToBytes, zeroAddress, type BlockContext, type Transaction } from "@trireme/core";
import { createEthereumFormat, encodeReceipt, logsBloom } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, orderedTrieRoot, type WorldState } from "@trireme/state";
import { balanceSlot, type BlockRoots } from "./peer.ts";
import { benchChainId, startBalance, tokenAddress, type Workload } from "./workload.ts";

/** Our side, ready to run a workload once. */
export interface Ours {
  /** Runs every transaction; throws when one fails. */
  run(): void;
  /** The same as a block: the roots that its header would have. */
  runAsBlock(): BlockRoots;
}

/** The block that all transactions stand in; the peer's has the same figures. */
export const benchBlock: BlockContext = {
  chainId: BigInt(benchChainId),
  hardfork: "prague",
  number: 1n,
  timestamp: 1n,
  coinbase: zeroAddress,
  gasLimit: 10_000_000_000n,
  baseFeePerGas: 7n,
  blobBaseFee: 1n,
  prevRandao: new Uint8Array(32),
  difficulty: 0n,
};

const format = createEthereumFormat();
const executor: HostExecutor = createHostExecutor({ environments: [evm().create()], formats: [format] });

/** Decodes a workload, which recovers the senders: they are known before anything is timed, as the peer's are. */
export function readTransactions(workload: Workload): readonly Transaction[] {
  return workload.transactions.map((raw) => {
    const decoded = format.decode(hexToBytes(raw), { chainId: BigInt(benchChainId) });
    if (decoded.kind === "invalid") throw new Error(decoded.error.message);
    return decoded.transaction;
  });
}

/** A committed state with the workload's accounts, in the shared memory that a node reads too. */
export function createWorld(workload: Workload): WorldState {
  const world = createWorldState({ database: createMemoryDatabase() });
  const journal = createJournal(world.reader);
  for (const account of workload.accounts) journal.setBalance(addressFromHex(account), startBalance);
  if (workload.tokenCode !== undefined) {
    const token = addressFromHex(tokenAddress);
    journal.setBalance(token, startBalance);
    journal.setCode(token, hexToBytes(workload.tokenCode));
    for (const account of workload.accounts) journal.setStorage(token, balanceSlot(account), bigintToBytes(1_000_000n, 32));
  }
  const { diff, undo } = journal.takeDiff();
  world.apply(0n, diff, undo);
  return world;
}

/** A fresh journal over the state, and the transactions to run on it. The state itself never changes. */
export function createOurs(world: WorldState, transactions: readonly Transaction[]): Ours {
  const journal = createJournal(world.reader);
  return {
    run() {
      const room = { gasLeft: benchBlock.gasLimit, blobGasLeft: 0n };
      for (const transaction of transactions) {
        const outcome = executor.executeTransaction(transaction, journal, benchBlock, room);
        if (outcome.kind === "invalid") throw new Error(`our transaction is invalid: ${outcome.error.message}`);
        if (!outcome.succeeded) throw new Error("our transaction failed");
      }
    },
    runAsBlock() {
      const { executed } = executor.executeBlock({ transactions, journal, block: benchBlock, blobGasLimit: 0n, onInvalid: "stop" });
      if (executed.length !== transactions.length) throw new Error("our transaction is invalid");
      const receipts = executed.map(({ outcome: { succeeded, logs }, cumulativeGasUsed }) =>
        encodeReceipt({ type: 2, succeeded, cumulativeGasUsed, logsBloom: logsBloom(logs), logs }),
      );
      return {
        stateRoot: world.preview(journal.takeDiff().diff),
        transactionsRoot: orderedTrieRoot(transactions.map(({ raw }) => raw)),
        receiptsRoot: orderedTrieRoot(receipts),
      };
    },
  };
}
