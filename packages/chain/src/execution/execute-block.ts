/** Executes a block over a state: mutations, system calls, transactions, system calls. Synchronous and pure. */
import { bytesToHex, concatBytes, isAtLeast, TriremeError, type Address, type Hash, type Hardfork, type Transaction } from "@trireme/core";
import {
  beaconRootsContract,
  consolidationRequestsContract,
  historyStorageContract,
  precompileAddresses,
  withdrawalRequestsContract,
} from "@trireme/ethereum";
import type { HostExecutor } from "@trireme/host";
import type { SerialWatch } from "@trireme/scheduler";
import { createJournal, type Journal, type StateReader } from "@trireme/state";
import { maxBlobGas } from "../block/block-seed.ts";
import { createAccessRecorder } from "../calls/access-recorder.ts";
import { applyMutations } from "../dev/mutation.ts";
import type { BlockPlan, ExecutedBlock } from "./block-plan.ts";

/** What a block is executed on. */
export interface BlockGround {
  readonly executor: HostExecutor;
  /** The state after the parent block. */
  readonly reader: StateReader;
  readonly getBlockHash: (number: bigint) => Hash | undefined;
  /** Told before each transaction, and once after the last one. */
  readonly watch?: Pick<SerialWatch, "next"> | undefined;
}

/**
 * Runs a plan. Transactions that are invalid are skipped.
 * @throws TriremeError `HOST_FAULT` | `STACK_OVERFLOW` with the hash of the transaction that caused it, if one did, in `details.transactionHash`
 */
export function executeBlock(plan: BlockPlan, ground: BlockGround): ExecutedBlock {
  const { executor, getBlockHash } = ground;
  const { context } = plan;
  const journal = createJournal(ground.reader);
  beginBlock(plan, journal, ground);
  const recorder = plan.recordsAccesses === true ? createAccessRecorder(journal) : undefined;
  let current: Transaction | undefined;
  const inTurn = function* (): Iterable<Transaction> {
    for (const transaction of plan.transactions) {
      ground.watch?.next();
      yield (current = transaction);
    }
    ground.watch?.next();
    current = undefined;
  };
  try {
    const { executed, invalid } = executor.executeBlock({
      transactions: inTurn(),
      journal: recorder?.journal ?? journal,
      block: context,
      blobGasLimit: maxBlobGas(context.hardfork),
      onInvalid: "skip",
      getBlockHash,
    });
    executor.runHooks("endBlock", journal, context, { getBlockHash });
    const requests = endBlock(plan, journal, ground);
    return {
      included: executed.map(({ transaction, outcome }) => ({ transaction, result: outcome })),
      skipped: invalid.map(({ transaction, error }) => ({ transaction, error })),
      requests,
      ...journal.takeDiff(),
      ...(recorder === undefined ? {} : { accessList: recorder.list(warmAddresses(plan, executor)) }),
    };
  } catch (error) {
    if (current === undefined || !(error instanceof TriremeError)) throw error;
    const transactionHash = bytesToHex(current.hash);
    throw new TriremeError(error.code, `transaction ${transactionHash}: ${error.message}`, { cause: error, details: { transactionHash } });
  }
}

/** What is warm from the start: what a transaction declares among it. */
function warmAddresses({ context, transactions }: BlockPlan, { warmAddresses: ofEnvironments }: HostExecutor): readonly Address[] {
  const named = transactions.flatMap(({ sender, declared = [] }) => [sender, ...declared.map(({ address }) => address)]);
  return [context.coinbase, ...precompileAddresses(context.hardfork), ...ofEnvironments, ...named];
}

/** What happens before the first transaction: mutations, EIP-4788 and EIP-2935, then the hooks of environments and formats. */
export function beginBlock(plan: BlockPlan, journal: Journal, { executor, getBlockHash }: BlockGround): void {
  const { context, parentHash, parentBeaconBlockRoot } = plan;
  applyMutations(plan.mutations, journal);
  const call = (since: Hardfork, address: typeof beaconRootsContract.address, input: Uint8Array): void => {
    if (isAtLeast(context.hardfork, since)) executor.systemCall({ address, input }, journal, context, { getBlockHash });
  };
  if (parentBeaconBlockRoot !== undefined) call(beaconRootsContract.since, beaconRootsContract.address, parentBeaconBlockRoot);
  call(historyStorageContract.since, historyStorageContract.address, parentHash);
  executor.runHooks("beginBlock", journal, context, { getBlockHash });
}

/** What happens after the last transaction: the queues of EIP-7002 and EIP-7251 are emptied, where genesis has them. */
export function endBlock(
  { context }: Pick<BlockPlan, "context">,
  journal: Journal,
  { executor, getBlockHash }: BlockGround,
): readonly Uint8Array[] {
  if (!isAtLeast(context.hardfork, "prague")) return [];
  const requests: Uint8Array[] = [];
  for (const [type, { address }] of [
    [1, withdrawalRequestsContract],
    [2, consolidationRequestsContract],
  ] as const) {
    const result = executor.systemCall({ address, input: new Uint8Array(0) }, journal, context, { getBlockHash });
    if (result?.kind === "success" && result.output.length > 0) requests.push(concatBytes(Uint8Array.of(type), result.output));
  }
  return requests;
}
