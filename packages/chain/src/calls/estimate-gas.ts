/** The least gas limit with which a transaction succeeds, by binary search as geth does it. */
import { gasLeftOf, isAtLeast, type ExecutionResult, type Tracer, type TransactionError } from "@trireme/core";
import { maxTransactionGas } from "@trireme/ethereum";
import { pricesOf, senderOf } from "./call-transaction.ts";
import { simulate, type CallGround, type CallPlan, type Simulation } from "./simulate.ts";

/** What an estimate found; `failed` carries how the call ends even with all the gas that it may have. */
export type Estimate =
  | { readonly kind: "estimated"; readonly gas: bigint }
  | { readonly kind: "failed"; readonly result: ExecutionResult }
  | { readonly kind: "invalid"; readonly error: TransactionError };

/** Gas of a plain transfer. */
const transferGas = 21_000n;
/** Gas that CALL with value gives its callee on top (EIP-150 keeps 1/64 of the rest back). */
const callStipend = 2_300n;
/** Gas that a search may run through for an exact estimate; past it an estimate of at most 1/64 too much is good enough. */
const exactSearchGas = 20_000_000n;

/**
 * The smallest gas limit with which it succeeds and no more of its frames fail than with all the gas, exact to the gas unless the call is a long one; a call that depends on its gas
 * in no monotone way gets one that works.
 */
export function estimateGas(plan: CallPlan, ground: CallGround): Estimate {
  const { request, context } = plan;
  const { maxFeePerGas } = pricesOf(request, context.baseFeePerGas);
  let high = request.gas !== undefined && request.gas >= transferGas ? request.gas : context.gasLimit;
  if (isAtLeast(context.hardfork, "osaka") && high > maxTransactionGas) high = maxTransactionGas;
  if (high > plan.gasCap) high = plan.gasCap;
  if (maxFeePerGas > 0n) {
    const affordable = allowance(plan, ground, maxFeePerGas);
    if (affordable.kind === "invalid") return affordable;
    if (affordable.gas < high) high = affordable.gas;
  }
  let spent = 0n;
  let failures = 0;
  const attempt = (gas: bigint): Simulation => {
    const tracer = createFailureCount();
    const simulation = simulate(plan, { ...ground, tracer }, { gas });
    if (simulation.kind === "executed") spent += simulation.gasUsed;
    failures = tracer.failures;
    return simulation;
  };

  if (isPlainTransfer(plan, ground) && high >= transferGas && hasSucceeded(attempt(transferGas)))
    return { kind: "estimated", gas: transferGas };
  const widest = attempt(high);
  if (widest.kind === "invalid") return widest;
  if (widest.result.kind !== "success") return { kind: "failed", result: widest.result };

  const failuresOfWidest = failures;
  // A frame that fails for want of gas may be caught, in whichever VM: then the transaction succeeds, but it is another one.
  const suffices = (gas: bigint): boolean => hasSucceeded(attempt(gas)) && failures <= failuresOfWidest;
  // No less than what was used can do; a little more than what was spent before refunds nearly always does.
  let low = widest.gasUsed - 1n;
  const likely = ((widest.gasLimit - gasLeftOf(widest.result) + callStipend) * 64n) / 63n;
  if (likely < high) {
    if (suffices(likely)) high = likely;
    else low = likely;
  }
  const isFound = (): boolean => low + 1n >= high || (spent >= exactSearchGas && (high - low) * 64n <= high);
  while (!isFound()) {
    const half = (low + high) / 2n;
    // Most transactions need little more than they use: high estimates are approached from below.
    const middle = half > low * 2n ? low * 2n : half;
    if (suffices(middle)) high = middle;
    else low = middle;
  }
  return { kind: "estimated", gas: high };
}

/** Counts frames that fail, caught or not. */
function createFailureCount(): Tracer & { failures: number } {
  const count = {
    failures: 0,
    wantsSteps: false,
    wantsMemory: false,
    enter: () => {},
    exit: ({ kind }: ExecutionResult) => void (kind === "success" || count.failures++),
    log: () => {},
    step: () => {},
    selfDestruct: () => {},
  };
  return count;
}

function hasSucceeded(simulation: Simulation): boolean {
  return simulation.kind === "executed" && simulation.result.kind === "success";
}

function isPlainTransfer({ request, stateOverrides }: CallPlan, { reader }: CallGround): boolean {
  const { to, data, accessList, authorizationList, blobVersionedHashes } = request;
  if (to === undefined || (data?.length ?? 0) > 0 || stateOverrides.length > 0) return false;
  if ((accessList?.length ?? 0) + (authorizationList?.length ?? 0) + (blobVersionedHashes?.length ?? 0) > 0) return false;
  const account = reader.getAccount(to);
  return account === undefined || (account.svm === undefined && reader.getCode(account.codeHash) === undefined);
}

/** Gas that the sender can pay for at this price. */
function allowance(
  plan: CallPlan,
  ground: CallGround,
  price: bigint,
): { readonly kind: "allowed"; readonly gas: bigint } | { readonly kind: "invalid"; readonly error: TransactionError } {
  const sender = senderOf(plan.request);
  const override = plan.stateOverrides.findLast(([address]) => address.every((byte, index) => byte === sender[index]));
  const balance = override?.[1].balance ?? ground.reader.getAccount(sender)?.balance ?? 0n;
  const value = plan.request.value ?? 0n;
  if (balance >= value) return { kind: "allowed", gas: (balance - value) / price };
  const message = `insufficient funds for transfer: expected a balance of at least ${value} wei, got ${balance} wei`;
  return { kind: "invalid", error: { code: "insufficientFunds", message } };
}
