/**
 * A thread that reads the head over and over. `result` becomes [1 at the end, reads that failed or made no sense, rounds
 * of one sequence that saw two versions, rounds of one sequence, versions seen].
 */
import { parentPort, workerData } from "node:worker_threads";
import type { Address } from "@trireme/core";
import { openSharedState } from "./open-shared-state.ts";
import type { SharedStateHandle } from "./shared-layout.ts";

interface Task {
  readonly handle: SharedStateHandle;
  readonly accounts: readonly Address[];
  readonly result: Int32Array;
}

const { handle, accounts, result } = workerData as Task;
const state = openSharedState(handle);
const seen = new Set<bigint>();
parentPort?.postMessage("ready", []);
try {
  for (let round = 0; round < 200_000 && (seen.size < 30 || Atomics.load(result, 3) < 200); round++) {
    const before = state.sequence;
    const balances = new Set<bigint>();
    for (const address of accounts) {
      const balance = state.getAccount(address)?.balance;
      if (balance === undefined) Atomics.add(result, 1, 1);
      else balances.add(balance);
    }
    for (const balance of balances) seen.add(balance);
    if (before % 2 !== 0 || before !== state.sequence) continue;
    Atomics.add(result, 3, 1);
    if (balances.size !== 1) Atomics.add(result, 2, 1);
  }
} finally {
  // Whatever happens: the writer waits for it without letting events through.
  Atomics.store(result, 4, seen.size);
  Atomics.store(result, 0, 1);
}
