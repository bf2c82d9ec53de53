/** Runs a call as the transaction that it stands for, and forgets it. */
import type { Address, BlockContext, ExecutionResult, Hash, Log, TransactionError } from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import { createJournal, type Journal, type StateReader } from "@trireme/state";
import type { AccountOverride, CallRequest, ChainTracer } from "../chain.ts";
import { watchTouches } from "../execution/watch-touches.ts";
import { withDeadline, type Deadline } from "./deadline-tracer.ts";
import { callContext, callTransaction, pricesOf, senderOf } from "./call-transaction.ts";
import { applyOverrides } from "./state-overrides.ts";

/** What a call runs on. */
export interface CallGround {
  readonly executor: HostExecutor;
  readonly reader: StateReader;
  readonly getBlockHash: (number: bigint) => Hash | undefined;
  readonly tracer?: ChainTracer | undefined;
}

/** A call and the block in which it is taken to run: plain data. */
export interface CallPlan {
  readonly request: CallRequest;
  /** Overrides of the block included. */
  readonly context: BlockContext;
  readonly stateOverrides: readonly (readonly [Address, AccountOverride])[];
  /** Gas that no call may exceed, in gas; the bound on its time too. */
  readonly gasCap: bigint;
  /** For all runs of the plan together; none where undefined. */
  readonly deadline?: Deadline | undefined;
}

/** How a simulated transaction ended. */
export type Simulation =
  | {
      readonly kind: "executed";
      readonly result: ExecutionResult;
      readonly gasUsed: bigint;
      readonly gasLimit: bigint;
      readonly logs: readonly Log[];
    }
  | { readonly kind: "invalid"; readonly error: TransactionError };

const noLimit = 1n << 64n;

/** Runs a plan with a gas limit of its request, of the cap, or of what the sender can pay, whichever is least. */
export function simulate(
  plan: CallPlan,
  ground: CallGround,
  options: { readonly gas?: bigint; readonly record?: (journal: Journal) => Journal } = {},
): Simulation {
  const { request, gasCap } = plan;
  const base = createJournal(ground.reader);
  applyOverrides(plan.stateOverrides, base);
  const journal = options.record === undefined ? base : options.record(base);
  const prices = pricesOf(request, plan.context.baseFeePerGas);
  const context = callContext(plan.context, prices, request);
  const sender = senderOf(request);
  const asked = options.gas ?? request.gas ?? affordableGas(base.getBalance(sender), request, prices.maxFeePerGas, gasCap);
  const gasLimit = asked < gasCap ? asked : gasCap;
  const transaction = callTransaction(request, gasLimit, request.nonce ?? base.getNonce(sender), prices, context.chainId);
  const tracer = plan.deadline === undefined ? ground.tracer : withDeadline(ground.tracer, plan.deadline);
  const watch = ground.tracer?.wantsTouches === true ? watchTouches(journal, [context.coinbase]) : undefined;
  const outcome = ground.executor.executeTransaction(
    transaction,
    watch?.journal ?? journal,
    context,
    { gasLeft: noLimit, blobGasLeft: noLimit },
    {
      getBlockHash: ground.getBlockHash,
      ...(tracer === undefined ? {} : { tracer }),
    },
  );
  if (outcome.kind === "invalid") return outcome;
  if (watch !== undefined) ground.tracer?.touched?.(watch.touched());
  return { kind: "executed", result: outcome.result, gasUsed: outcome.gasUsed, gasLimit, logs: outcome.logs };
}

function affordableGas(balance: bigint, { value = 0n }: CallRequest, price: bigint, gasCap: bigint): bigint {
  if (price === 0n || balance <= value) return gasCap;
  return (balance - value) / price;
}
