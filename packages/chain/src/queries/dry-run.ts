/** A transaction tried on top of the head, as the only one of the next block, and forgotten. */
import { contextOf, type BlockSeed } from "../block/block-seed.ts";
import type { Chain } from "../chain.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { ExecutionService } from "../execution/execution-service.ts";
import { noChanges, type Ledger } from "../ledger/ledger.ts";
import { overlayReader } from "../ledger/overlay-reader.ts";

/** What a dry run needs. */
export interface DryRunParts {
  readonly definition: ChainDefinition;
  readonly ledger: Ledger;
  readonly execution: ExecutionService;
  readonly nextSeed: () => BlockSeed;
}

/** Makes `Chain.dryRun`. */
export function createDryRun({ definition, ledger, execution, nextSeed }: DryRunParts): Chain["dryRun"] {
  return async (transaction, tracer) => {
    const seed = nextSeed();
    const context = contextOf(definition, seed);
    const { parentHash, parentBeaconBlockRoot } = seed;
    const plan = {
      context,
      parentHash,
      parentBeaconBlockRoot,
      mutations: ledger.mutations,
      transactions: [transaction],
      recordsAccesses: true,
    };
    const blockNumber = context.number - 1n;
    const state = { blockNumber, overlay: noChanges };
    const { included, skipped, diff, accessList = [] } = await execution.run({ kind: "block", plan }, state);
    const [ran] = included;
    if (ran !== undefined && tracer !== undefined) await execution.run({ kind: "trace", plan }, state, [tracer]);
    if (ran !== undefined)
      return { kind: "executed", result: ran.result, state: overlayReader(ledger.stateAfter(blockNumber), diff), context, accessList };
    const error = skipped[0]?.error ?? { code: "gasLimitReached", message: "expected a transaction that fits an empty block" };
    return { kind: "invalid", error };
  };
}
