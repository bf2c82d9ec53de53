/** The execution path of a node, put together once and used for every case. */
import type { BlockContext, Decoded, TransactionFormat } from "@trireme/core";
import { createEthereumFormat, createImpersonatedFormat } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createMemoryDatabase, createWorldState, type StateDiff, type WorldState } from "@trireme/state";

/**
 * Bytes for all suspended frames. State tests have transactions of 10^10 gas and more, which no chain has: with them
 * 1,024 frames of 1 MB are paid for, beyond the default that is proven for the gas of real blocks.
 */
const memoryBudget = 4 * 1024 ** 3;

/** Formats, executor and state. */
export interface Machine {
  readonly executor: HostExecutor;
  /** Decodes bytes of a block. */
  decode(raw: Uint8Array, block: BlockContext): Decoded;
  /** Runs `run` on the state that `diff` makes of the empty one. The world state is used again: opening one costs more than a case. */
  withState<Result>(diff: StateDiff, run: (world: WorldState) => Result): Result;
}

/** Makes the machine of an EVM-only node. */
export function createMachine(): Machine {
  const formats: readonly TransactionFormat[] = [createEthereumFormat(), createImpersonatedFormat()];
  const executor = createHostExecutor({ environments: [createEvm()], formats, memoryBudget });
  let world: WorldState | undefined;
  return {
    executor,
    withState(diff, run) {
      const current = world ?? createEmptyWorld();
      // Whatever throws leaves a world in an unknown state: the next test gets a new one.
      world = undefined;
      current.apply(1n, diff, { entries: diff.entries.map(({ key }) => ({ key, value: undefined })) });
      const result = run(current);
      current.rewind(0n);
      world = current;
      return result;
    },
    decode(raw, block): Decoded {
      const format = formats.find((candidate) => candidate.recognizes(raw));
      if (format !== undefined) return format.decode(raw, { chainId: block.chainId });
      return { kind: "invalid", error: { code: "unknownFormat", message: `expected a transaction, got first byte ${raw[0] ?? "none"}` } };
    },
  };
}

function createEmptyWorld(): WorldState {
  const world = createWorldState({ database: createMemoryDatabase(), historyBlocks: 1 });
  world.apply(0n, { entries: [] }, { entries: [] });
  return world;
}
