/** Which blocks a simulation makes: numbers and times in order, gaps between the numbers filled with empty blocks. */
import { TriremeError, type BlockContext } from "@trireme/core";
import type { BlockHeader } from "@trireme/ethereum";
import type { SimulationBlock } from "../chain.ts";

/** A block of the series: what was asked of it, its number and time settled. */
export interface SeriesBlock extends Pick<BlockContext, "number" | "timestamp"> {
  readonly request: SimulationBlock;
}

/** Seconds between blocks whose time nobody chose, as geth. */
const secondsBetweenBlocks = 12n;

const emptyBlock: SimulationBlock = {};

/**
 * Lays the blocks out after `base`. The wire codes that execution-apis gives each refusal go with `details.code`.
 * @throws TriremeError `INVALID_ARGUMENT` (`blockNumbersOutOfOrder`, `timestampsOutOfOrder`) | `LIMIT_EXCEEDED` (`tooManyBlocks`)
 */
export function blockSeries(
  requests: readonly SimulationBlock[],
  base: Pick<BlockHeader, "number" | "timestamp">,
  maxBlocks: number,
): readonly SeriesBlock[] {
  const series: SeriesBlock[] = [];
  let { number, timestamp } = base;
  for (const request of requests) {
    const wanted = request.overrides?.number ?? number + 1n;
    if (wanted <= number) {
      throw refusal("INVALID_ARGUMENT", "blockNumbersOutOfOrder", `block numbers must be in order: ${wanted} <= ${number}`);
    }
    if (wanted - base.number > BigInt(maxBlocks)) {
      throw refusal("LIMIT_EXCEEDED", "tooManyBlocks", `too many blocks: expected at most ${maxBlocks}, got ${wanted - base.number}`);
    }
    while (++number < wanted) series.push({ request: emptyBlock, number, timestamp: (timestamp += secondsBetweenBlocks) });
    const time = request.overrides?.timestamp ?? timestamp + secondsBetweenBlocks;
    if (time <= timestamp) {
      throw refusal("INVALID_ARGUMENT", "timestampsOutOfOrder", `block timestamps must be in order: ${time} <= ${timestamp}`);
    }
    timestamp = time;
    series.push({ request, number, timestamp });
  }
  return series;
}

function refusal(kind: "INVALID_ARGUMENT" | "LIMIT_EXCEEDED", code: string, message: string): TriremeError {
  return new TriremeError(kind, message, { details: { code } });
}
