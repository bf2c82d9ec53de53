/** Runs messages of instructions on the model host as a Solana transaction's frames run on the real one. */
import {
  gasLeftOf,
  toAddress,
  weiPerLamport,
  type ExecutionEnvironment,
  type ExecutionResult,
  type Host,
  type Hash,
  type Instruction,
  type Pubkey,
  type TransactionContext,
} from "@trireme/core";
import { createModelHost, testBlock, type ModelHost } from "@trireme/testing";
import { cryptoSyscalls } from "../crypto/crypto-syscalls.ts";
import { compileMessage } from "../transaction/signed-message.mts";
import { createSyscallTable, runtimeSyscalls } from "../syscalls/syscall-table.ts";
import { computeBudgetOf } from "../transaction/compute-budget.ts";
import { transactionRecord, type TransactionRecord } from "../runtime/transaction-record.ts";
import { messageAccounts } from "../transaction/message-accounts.ts";
import { precompileSignatures } from "../transaction/decode-transaction.ts";
import type { SolanaTransactionContext } from "../transaction/solana-transaction-context.ts";
import { installPrograms, type GenesisProgram } from "../programs/install-programs.ts";
import type { OracleAccount } from "./litesvm-oracle.mts";

/** What a transaction did. */
export interface WorldResult {
  readonly result: ExecutionResult;
  readonly logs: readonly string[];
  readonly units: bigint;
  readonly record: TransactionRecord;
}

/** A chain of one block. */
export interface SvmWorld {
  readonly host: ModelHost;
  setAccount(account: OracleAccount): void;
  getAccount(key: Pubkey): OracleAccount;
  install(...programs: readonly GenesisProgram[]): void;
  /** Runs the instructions in one transaction; the payer pays 5,000 lamports for every signature first. */
  send(payer: Pubkey, instructions: readonly Instruction[]): WorldResult;
}

/** A world that the environment runs in. */
export function createSvmWorld(environment: ExecutionEnvironment, others: readonly ExecutionEnvironment[] = []): SvmWorld {
  const host = createModelHost({ environments: [environment, ...others], block: { ...testBlock, number: 3n } });
  const rules = { syscalls: createSyscallTable(runtimeSyscalls, cryptoSyscalls) };
  return {
    host,
    setAccount({ key, owner, lamports, data, executable }) {
      const address = toAddress(key);
      host.setBalance(address, lamports * weiPerLamport);
      if (data.length === 0 && !executable && owner.every((byte) => byte === 0)) return;
      host.setSvmRecord(address, { pubkey: key, owner, executable, dataLength: data.length });
      host.writeAccountData(address, 0, data);
    },
    getAccount: (key) => accountOf(key, host),
    install(...programs) {
      const block = { ...testBlock, number: 0n };
      installPrograms(Object.create(host, { block: { value: block } }) as Host, programs, rules);
    },
    send(payer, instructions) {
      host.beginTransaction();
      const message = compileMessage(payer, instructions, new Uint8Array(32));
      const budget = computeBudgetOf(message);
      if ("error" in budget) throw new Error(`expected a budget, got ${JSON.stringify(budget.error)}`);
      const { heapLength } = budget;
      const units = BigInt(budget.computeUnitLimit);
      const accounts = messageAccounts(message, { writable: [], readonly: [] });
      const fee = 5_000n * BigInt(message.requiredSignatures + precompileSignatures(message)) * weiPerLamport;
      host.setBalance(toAddress(payer), host.getBalance(toAddress(payer)) - fee);
      const shown = message.instructions.map(({ programIndex, accountIndices, data }) => ({
        program: message.staticAccounts[programIndex] as Pubkey,
        accounts: Array.from(accountIndices, (index) => accounts[index] as (typeof accounts)[number]),
        data,
      }));
      const context: SolanaTransactionContext = {
        origin: toAddress(payer),
        gasPrice: 0n,
        blobHashes: [],
        instructions: shown,
        solana: {
          accounts,
          feePayer: payer,
          blockhash: new Uint8Array(32) as Hash,
          heapLength,
          computeUnitLimit: Number(units),
          lamportsPerSignature: 5_000n,
        },
      };
      (host as { transaction: TransactionContext }).transaction = context;
      const checkpoint = host.checkpoint();
      let result: ExecutionResult = { kind: "success", gasLeft: units, gasRefund: 0n, output: new Uint8Array(0) };
      for (const [instructionIndex, instruction] of shown.entries()) {
        const gas = gasLeftOf(result);
        const frame = { kind: "instruction", ...instruction, sender: toAddress(payer), gas, depth: 0, isStatic: false } as const;
        result = host.call({ ...frame, stackHeight: 1, instructionIndex });
        if (result.kind !== "success") break;
      }
      const verdict = result.kind === "success" ? environment.verifyTransaction?.(host) : undefined;
      if (verdict !== undefined) result = { ...verdict, kind: "revert", gasLeft: gasLeftOf(result) };
      if (result.kind === "success") host.commit(checkpoint);
      else host.revert(checkpoint);
      const logs = host.programLogs.map(({ line }) => line);
      host.endTransaction();
      return { result, logs, units: units - gasLeftOf(result), record: transactionRecord(context) };
    },
  };
}

function accountOf(key: Pubkey, host: Host): OracleAccount {
  const address = toAddress(key);
  const lamports = host.getBalance(address) / weiPerLamport;
  const record = host.getSvmRecord(address);
  const data = new Uint8Array(record?.dataLength ?? 0);
  if (record !== undefined) host.readAccountData(address, 0, data);
  return { key, owner: record?.owner ?? (new Uint8Array(32) as Pubkey), lamports, data, executable: record?.executable ?? false };
}
