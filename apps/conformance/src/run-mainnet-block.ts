/** Runs a real block over its pre-state and compares what the header commits to. */
import { addressToHex, bytesToHex, equalBytes, keccak256, type BlockContext, type Hash, type Log, type Transaction } from "@trireme/core";
import {
  beaconRootsContract,
  blobBaseFee,
  encodeReceipt,
  encodeWithdrawal,
  gasPerBlob,
  hashHeader,
  logsBloom,
  mergeBlooms,
  weiPerGwei,
} from "@trireme/ethereum";
import { createJournal, orderedTrieRoot, type Journal, type WorldState } from "@trireme/state";
import { diffOfAllocation } from "./allocation.ts";
import type { Machine } from "./machine.ts";
import type { MainnetBlock, MainnetTransaction } from "./mainnet-block.ts";
import { mainnetBlockHashes, mainnetRules, type MainnetRules } from "./mainnet-forks.ts";

/** What came of a block. */
export interface MainnetOutcome {
  readonly hardfork: string;
  readonly transactions: number;
  /** Senders that were checked against their signatures. */
  readonly recovered: number;
  readonly gasUsed: bigint;
  /** What differs from the header; empty when nothing does. */
  readonly problems: readonly string[];
}

/** Undefined for a block before London. */
export function runMainnetBlock(vector: MainnetBlock, machine: Machine): MainnetOutcome | undefined {
  const rules = mainnetRules(vector.header.number, vector.header.timestamp);
  if (rules === undefined) return undefined;
  return machine.withState(diffOfAllocation(vector.pre), (world) => runOn(world, vector, rules, machine));
}

function runOn(world: WorldState, vector: MainnetBlock, { hardfork, schedule }: MainnetRules, machine: Machine): MainnetOutcome {
  const { header, transactions } = vector;
  const block: BlockContext = {
    chainId: 1n,
    hardfork,
    number: header.number,
    timestamp: header.timestamp,
    coinbase: header.coinbase,
    gasLimit: header.gasLimit,
    baseFeePerGas: header.baseFeePerGas,
    blobBaseFee: schedule === undefined ? 1n : blobBaseFee(header.excessBlobGas ?? 0n, schedule),
    prevRandao: header.prevRandao,
    difficulty: header.difficulty,
  };
  const problems: string[] = [];
  compare("block hash", vector.hash, hashHeader(header), problems);
  compare("transactions root", header.transactionsRoot, orderedTrieRoot(transactions.map(({ raw }) => raw)), problems);
  if (vector.withdrawals !== undefined && header.withdrawalsRoot !== undefined) {
    compare("withdrawals root", header.withdrawalsRoot, orderedTrieRoot(vector.withdrawals.map(encodeWithdrawal)), problems);
  }
  const decoded = transactions.map((transaction) => decode(transaction, block, machine, problems)).filter((item) => item !== undefined);

  const journal = createJournal(world.reader);
  const getBlockHash = (number: bigint): Hash | undefined => {
    const known = number === header.number - 1n ? header.parentHash : (vector.blockHashes.get(number) ?? mainnetBlockHashes.get(number));
    if (known === undefined) problems.push(`BLOCKHASH of block ${number}, which the vector does not give`);
    return known;
  };
  if (header.parentBeaconBlockRoot !== undefined) {
    machine.executor.systemCall({ address: beaconRootsContract.address, input: header.parentBeaconBlockRoot }, journal, block, {
      getBlockHash,
    });
  }
  const blobGasLimit = BigInt(schedule?.max ?? 0) * gasPerBlob;
  const run = machine.executor.executeBlock({ transactions: decoded, journal, block, blobGasLimit, onInvalid: "stop", getBlockHash });
  for (const { index, error } of run.invalid) problems.push(`transaction ${index}: ${error.code}: ${error.message}`);
  creditWithdrawals(vector, journal);

  if (run.gasUsed !== header.gasUsed) problems.push(`expected ${header.gasUsed} gas used, got ${run.gasUsed}`);
  if (header.blobGasUsed !== undefined && run.blobGasUsed !== header.blobGasUsed) {
    problems.push(`expected ${header.blobGasUsed} blob gas used, got ${run.blobGasUsed}`);
  }
  const receipts = run.executed.map(({ outcome, cumulativeGasUsed }, index) => {
    const bloom = logsBloom(outcome.logs);
    const type = transactions[index]?.type ?? 0;
    return { type, succeeded: outcome.succeeded, cumulativeGasUsed, logsBloom: bloom, logs: outcome.logs satisfies readonly Log[] };
  });
  compare("receipts root", header.receiptsRoot, orderedTrieRoot(receipts.map(encodeReceipt)), problems);
  compare("logs bloom", header.logsBloom, mergeBlooms(receipts.map((receipt) => receipt.logsBloom)), problems);
  return {
    hardfork,
    transactions: transactions.length,
    recovered: transactions.filter(({ isSigned }) => isSigned).length,
    gasUsed: run.gasUsed,
    problems,
  };
}

function decode(transaction: MainnetTransaction, block: BlockContext, machine: Machine, problems: string[]): Transaction | undefined {
  const { raw, hash, from, isSigned } = transaction;
  if (isSigned && !equalBytes(keccak256(raw), hash))
    problems.push(`expected transaction hash ${bytesToHex(hash)}, got ${bytesToHex(keccak256(raw))}`);
  const decoded = machine.decode(raw, block);
  if (decoded.kind === "invalid") {
    problems.push(`transaction ${bytesToHex(hash)}: ${decoded.error.code}: ${decoded.error.message}`);
    return undefined;
  }
  const { sender } = decoded.transaction;
  if (!equalBytes(sender, from))
    problems.push(`transaction ${bytesToHex(hash)}: expected sender ${addressToHex(from)}, got ${addressToHex(sender)}`);
  return decoded.transaction;
}

function creditWithdrawals({ withdrawals }: MainnetBlock, journal: Journal): void {
  journal.beginTransaction();
  for (const { address, amount } of withdrawals ?? []) journal.credit(address, amount * weiPerGwei);
  journal.endTransaction();
}

function compare(what: string, expected: Uint8Array, got: Uint8Array, problems: string[]): void {
  if (!equalBytes(expected, got)) problems.push(`expected ${what} ${bytesToHex(expected)}, got ${bytesToHex(got)}`);
}
