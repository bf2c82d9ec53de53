/** Runs one block of a simulation: overrides, system calls, the calls as transactions one after the other, system calls. */
import {
  gasLeftOf,
  keccak256,
  type Address,
  type BlockContext,
  type Hash,
  type Log,
  type TransactionError,
  type TransactionResult,
} from "@trireme/core";
import { encodeSignedTransaction, type EthereumTransaction } from "@trireme/ethereum";
import { createJournal, type Journal, type StateDiff } from "@trireme/state";
import type { IncludedTransaction } from "../block/assemble-block.ts";
import { callContext, callTransaction, pricesOf, senderOf } from "../calls/call-transaction.ts";
import { withDeadline, type Deadline } from "../calls/deadline-tracer.ts";
import { applyOverrides } from "../calls/state-overrides.ts";
import type { AccountOverride, CallRequest, SimulatedCall } from "../chain.ts";
import { beginBlock, endBlock } from "../execution/execute-block.ts";
import type { TaskGround } from "../execution/execution-task.ts";
import { createTransferLogTracer } from "./transfer-log-tracer.ts";

/** The whole input of a simulated block beside the state that it starts from: plain data. */
export interface SimulatedBlockPlan {
  readonly context: BlockContext;
  readonly parentHash: Hash;
  readonly parentBeaconBlockRoot: Hash | undefined;
  readonly stateOverrides: readonly (readonly [Address, AccountOverride])[];
  readonly calls: readonly CallRequest[];
  readonly traceTransfers: boolean;
  readonly validation: boolean;
  /** Gas that the simulation has left, for all calls together. */
  readonly gasCap: bigint;
  readonly deadline: Deadline | undefined;
  /** Hashes of the simulated blocks before this one, which no chain has. */
  readonly blockHashes: readonly (readonly [bigint, Hash])[];
}

/** What came of a block. */
export type SimulatedBlockOutcome =
  | {
      readonly kind: "executed";
      readonly included: readonly IncludedTransaction[];
      readonly calls: readonly SimulatedCall[];
      readonly requests: readonly Uint8Array[];
      readonly diff: StateDiff;
    }
  /** A call that could not stand in a block ends the simulation. */
  | { readonly kind: "invalid"; readonly index: number; readonly error: TransactionError };

const noLimit = 1n << 64n;

/** Runs a plan. @throws TriremeError `INVALID_ARGUMENT` | `NOT_SUPPORTED` (overrides); `LIMIT_EXCEEDED` (time) */
export function simulateBlock(plan: SimulatedBlockPlan, ground: TaskGround): SimulatedBlockOutcome {
  const simulated = new Map(plan.blockHashes);
  const getBlockHash = (number: bigint): Hash | undefined => simulated.get(number) ?? ground.getBlockHash(number);
  const site = { executor: ground.executor, reader: ground.reader, getBlockHash };
  const { context, parentHash, parentBeaconBlockRoot } = plan;
  const journal = createJournal(ground.reader);
  applyOverrides(plan.stateOverrides, journal);
  beginBlock({ context, parentHash, parentBeaconBlockRoot, mutations: [], transactions: [] }, journal, site);
  const included: IncludedTransaction[] = [];
  const calls: SimulatedCall[] = [];
  let gasUsed = 0n;
  for (const [index, request] of plan.calls.entries()) {
    const transaction = transactionFrom(request, plan, gasUsed, journal);
    const outcome =
      "code" in transaction
        ? ({ kind: "invalid", error: transaction } as const)
        : runCall(transaction, request, plan, { ...ground, getBlockHash }, journal);
    if (outcome.kind === "invalid") return { kind: "invalid", index, error: outcome.error };
    gasUsed += outcome.result.gasUsed;
    included.push(outcome);
    calls.push(outcome.call);
  }
  ground.executor.runHooks("endBlock", journal, context, { getBlockHash });
  const requests = endBlock(plan, journal, site);
  return { kind: "executed", included: included.map(asEthereum), calls, requests, diff: journal.takeDiff().diff };
}

/** The transaction of a call with geth's defaults: the sender's nonce, the gas that block and simulation have left. */
function transactionFrom(
  request: CallRequest,
  { context, validation, gasCap }: SimulatedBlockPlan,
  gasUsed: bigint,
  journal: Journal,
): EthereumTransaction | TransactionError {
  const expected = journal.getNonce(senderOf(request));
  const nonce = request.nonce ?? expected;
  if (validation && nonce !== expected) {
    return { code: nonce < expected ? "nonceTooLow" : "nonceTooHigh", message: `expected nonce ${expected}, got ${nonce}` };
  }
  const left = context.gasLimit - gasUsed;
  const asked = request.gas ?? left;
  if (asked > left) {
    return { code: "gasLimitReached", message: `block gas limit reached: expected a gas limit of at most ${left}, got ${asked}` };
  }
  const spent = gasCap - gasUsed;
  const prices = pricesOf(request, context.baseFeePerGas);
  const transaction = callTransaction(request, asked < spent ? asked : spent, nonce, prices, context.chainId);
  return request.gasPrice === undefined || transaction.type !== 2 ? transaction : { ...transaction, type: 0 };
}

type RunCall = { readonly kind: "executed"; readonly call: SimulatedCall } & IncludedTransaction;

function runCall(
  transaction: EthereumTransaction,
  request: CallRequest,
  plan: SimulatedBlockPlan,
  { executor, getBlockHash }: TaskGround,
  journal: Journal,
): RunCall | { readonly kind: "invalid"; readonly error: TransactionError } {
  const transfers = plan.traceTransfers ? createTransferLogTracer() : undefined;
  const tracer = plan.deadline === undefined ? transfers : withDeadline(transfers, plan.deadline);
  // Without validation, a call that offers no price pays no base fee.
  const context = plan.validation
    ? plan.context
    : { ...callContext(plan.context, transaction, request), blobBaseFee: plan.context.blobBaseFee };
  const outcome = executor.executeTransaction(
    transaction,
    journal,
    context,
    { gasLeft: noLimit, blobGasLeft: noLimit },
    { getBlockHash, ...(tracer === undefined ? {} : { tracer }) },
  );
  if (outcome.kind === "invalid") return outcome;
  return { kind: "executed", transaction, result: outcome, call: callOf(transaction, outcome, transfers?.logs) };
}

function callOf({ gasLimit }: EthereumTransaction, outcome: TransactionResult, transfers: readonly Log[] | undefined): SimulatedCall {
  const { result, gasUsed, succeeded } = outcome;
  const used = gasLimit - gasLeftOf(result);
  const logs = succeeded ? (transfers ?? outcome.logs) : [];
  return { result, gasUsed, maxUsedGas: used > gasUsed ? used : gasUsed, logs };
}

/** As the block shows it: an Ethereum transaction whose signature is zeros. */
function asEthereum({ transaction, result }: IncludedTransaction): IncludedTransaction {
  const raw = encodeSignedTransaction(transaction as EthereumTransaction, { yParity: 0, r: 0n, s: 0n });
  return { transaction: { ...transaction, format: "ethereum", raw, hash: keccak256(raw) as Hash }, result };
}
