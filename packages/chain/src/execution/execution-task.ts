/** Everything that a chain executes, as data: so that any of it can be run on this thread or on one with a larger stack. */
import type { Hash, TransactionResult } from "@trireme/core";
import type { HostExecutor } from "@trireme/host";
import type { StateReader } from "@trireme/state";
import { createAccessList, type AccessListOutcome } from "../calls/create-access-list.ts";
import { estimateGas, type Estimate } from "../calls/estimate-gas.ts";
import { simulate, type CallPlan, type Simulation } from "../calls/simulate.ts";
import { simulateBlock, type SimulatedBlockOutcome, type SimulatedBlockPlan } from "../simulation/simulate-block.ts";
import type { ChainTracer } from "../chain.ts";
import type { BlockPlan, ExecutedBlock } from "./block-plan.ts";
import { executeBlock, type BlockGround } from "./execute-block.ts";
import { traceInBlock } from "./trace-in-block.ts";

/** One task. */
export type ExecutionTask =
  | { readonly kind: "block"; readonly plan: BlockPlan }
  | { readonly kind: "call"; readonly plan: CallPlan }
  | { readonly kind: "estimate"; readonly plan: CallPlan }
  | { readonly kind: "accessList"; readonly plan: CallPlan }
  | { readonly kind: "simulatedBlock"; readonly plan: SimulatedBlockPlan }
  /** Runs all of the plan's transactions, the last ones under the tracers. */
  | { readonly kind: "trace"; readonly plan: BlockPlan };

/** What each kind of task gives. */
export interface TaskResults {
  readonly block: ExecutedBlock;
  readonly call: Simulation;
  readonly estimate: Estimate;
  readonly accessList: AccessListOutcome;
  readonly simulatedBlock: SimulatedBlockOutcome;
  /** Of the traced ones. */
  readonly trace: readonly TransactionResult[];
}

/** The result of a task of this kind. */
export type TaskResult<Kind extends ExecutionTask["kind"]> = TaskResults[Kind];

/** What a task runs on. */
export interface TaskGround {
  readonly executor: HostExecutor;
  readonly reader: StateReader;
  readonly getBlockHash: (number: bigint) => Hash | undefined;
  /** One for a call; one for each of the last transactions of a block that are traced. */
  readonly tracers?: readonly ChainTracer[];
  /** @see BlockGround.watch */
  readonly watch?: BlockGround["watch"];
}

/** Runs a task on this thread. @throws TriremeError `HOST_FAULT` | `STACK_OVERFLOW` | `INVALID_ARGUMENT` (overrides) */
export function runTask<Task extends ExecutionTask>(task: Task, ground: TaskGround): TaskResult<Task["kind"]>;
export function runTask(task: ExecutionTask, ground: TaskGround): TaskResults[ExecutionTask["kind"]] {
  switch (task.kind) {
    case "block":
      return executeBlock(task.plan, ground);
    case "call":
      return simulate(task.plan, { ...ground, tracer: ground.tracers?.[0] });
    case "estimate":
      return estimateGas(task.plan, ground);
    case "accessList":
      return createAccessList(task.plan, ground);
    case "simulatedBlock":
      return simulateBlock(task.plan, ground);
    case "trace":
    default:
      return traceInBlock(task.plan, ground);
  }
}
