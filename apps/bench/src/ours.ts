/** Our column: format, host, journal and environment, exactly as a block runs them. */
import {
  addressFromHex,
  bytesToHex,
  hexToBytes,
  keccak256,
  zeroAddress,
  type BlockContext,
  type Hash,
  type Transaction,
} from "@trireme/core";
import { createEthereumFormat } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createJournal, type AccountRecord, type Journal, type StateReader } from "@trireme/state";
import { emptyCodeHash } from "@trireme/core";
import { balanceSlot } from "./peer.ts";
import { benchChainId, startBalance, tokenAddress, type Workload } from "./workload.ts";

/** Our side, ready to run a workload once. */
export interface Ours {
  run(): void;
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

/** A state with the workload's accounts. */
export function createReader(workload: Workload): StateReader {
  const wallet: AccountRecord = {
    nonce: 0n,
    balance: startBalance,
    codeHash: emptyCodeHash,
    storageGeneration: 0,
    slotCount: 0,
    svm: undefined,
  };
  const accounts = new Map(workload.accounts.map((account) => [account as string, wallet]));
  const slots = new Map<string, Uint8Array>();
  const code = workload.tokenCode === undefined ? undefined : hexToBytes(workload.tokenCode);
  if (code !== undefined) {
    accounts.set(tokenAddress, { ...wallet, codeHash: keccak256(code) as Hash, slotCount: workload.accounts.length });
    const million = new Uint8Array(32);
    million.set([0x0f, 0x42, 0x40], 29);
    for (const account of workload.accounts) slots.set(bytesToHex(balanceSlot(account)), million);
  }
  const token = bytesToHex(addressFromHex(tokenAddress));
  return {
    getAccount: (address) => accounts.get(bytesToHex(address)),
    getSlot: (address, _, key) => (bytesToHex(address) === token ? slots.get(bytesToHex(key)) : undefined),
    getCode: () => code,
    getDataPage: () => undefined,
    getNextGeneration: () => 0,
  };
}

/** A fresh journal over the state, and the transactions to run on it. */
export function createOurs(reader: StateReader, transactions: readonly Transaction[]): Ours {
  const journal: Journal = createJournal(reader);
  return {
    run() {
      for (const transaction of transactions) {
        const outcome = executor.executeTransaction(transaction, journal, benchBlock, { gasLeft: benchBlock.gasLimit, blobGasLeft: 0n });
        if (outcome.kind !== "executed" || !outcome.succeeded)
          throw new Error(
            `our transaction failed: ${JSON.stringify(outcome, (_, value: unknown) => (typeof value === "bigint" ? String(value) : value))}`,
          );
      }
    },
  };
}
