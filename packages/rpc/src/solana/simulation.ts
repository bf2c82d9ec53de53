/** Running a transaction on top of the head and forgetting it. */
import type { Chain, DryRun } from "@trireme/chain";
import type { TransactionError } from "@trireme/core";
import {
  decodeSolanaReceipt,
  decodeSolanaTransaction,
  type SolanaReceipt,
  type SolanaTransaction,
  type SolanaTransactionError,
} from "@trireme/svm";
import { formatInner, formatReturnData } from "./format/transaction.ts";

/** How to simulate. */
export interface SimulationOptions {
  readonly verifiesSignatures: boolean;
}

/** What came of it. `malformed`: no transaction, or one that nobody signed. */
export type SolanaSimulation =
  | { readonly kind: "malformed"; readonly error: SolanaTransactionError; readonly message: string }
  | {
      readonly kind: "ran";
      readonly transaction: SolanaTransaction;
      readonly error: SolanaTransactionError | undefined;
      readonly logs: readonly string[];
      /** Undefined where it could not stand in a block. */
      readonly receipt: SolanaReceipt | undefined;
      readonly run: DryRun;
    };

/** Simulates an enveloped transaction. */
export async function simulate(chain: Chain, raw: Uint8Array, options: SimulationOptions): Promise<SolanaSimulation> {
  const decoded = decodeSolanaTransaction(raw, options);
  if (decoded.kind === "invalid") return { kind: "malformed", error: solanaErrorOf(decoded.error), message: decoded.error.message };
  const { transaction } = decoded;
  const run = await chain.dryRun(transaction);
  if (run.kind === "invalid") return { kind: "ran", transaction, error: solanaErrorOf(run.error), logs: [], receipt: undefined, run };
  const { extra, programLogs } = run.result;
  const receipt = extra === undefined ? undefined : decodeSolanaReceipt(extra);
  return { kind: "ran", transaction, error: receipt?.error, logs: programLogs, receipt, run };
}

/** What simulateTransaction shows on demand. */
export interface SimulationExtras {
  readonly accounts?: unknown;
  readonly withInner?: boolean;
  readonly replacementBlockhash?: object;
}

/** The value of simulateTransaction, and the data of a failed preflight. */
export function showSimulation(simulation: SolanaSimulation & { kind: "ran" }, more: SimulationExtras = {}): object {
  const { error, logs, receipt } = simulation;
  return {
    err: error ?? null,
    logs,
    accounts: more.accounts ?? null,
    unitsConsumed: receipt?.computeUnitsConsumed ?? 0,
    loadedAccountsDataSize: 0,
    returnData: receipt?.returnData === undefined ? null : formatReturnData(receipt.returnData),
    innerInstructions: more.withInner === true && receipt !== undefined ? formatInner(receipt.innerInstructions) : null,
    fee: receipt?.fee ?? null,
    preBalances: receipt?.preBalances ?? null,
    postBalances: receipt?.postBalances ?? null,
    replacementBlockhash: more.replacementBlockhash ?? null,
  };
}

/** Solana's form of a refusal; one that has none is a block without room. */
export function solanaErrorOf(error: TransactionError): SolanaTransactionError {
  return (error as { solana?: SolanaTransactionError }).solana ?? "WouldExceedMaxBlockCostLimit";
}
