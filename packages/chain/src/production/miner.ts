/** When blocks are made: for every transaction, by the clock, or when asked. */
import { bytesToHex, type Hash, type TransactionError } from "@trireme/core";
import type { Block, Mining } from "../chain.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { BlockProducer, Production } from "./block-producer.ts";

/** @see createMiner */
export interface Miner {
  mining: Mining;
  /**
   * To be called when the mempool took a transaction. In auto mode resolves when its block is durable, or when it
   * cannot stand in the next block; with an error when it left the mempool without one.
   */
  settle(hash: Hash): Promise<TransactionError | undefined>;
  /** Makes one block, an empty one if need be; `onBegin` is called right before. */
  mine(onBegin?: () => void): Promise<Block>;
  close(): void;
}

/** What a miner works with. `onFailure` hears of a block by the clock that could not be made; the clock then stops. */
export interface MinerParts {
  readonly producer: BlockProducer;
  readonly mempool: Mempool;
  readonly mining: Mining;
  readonly onFailure: (error: unknown) => void;
}

/** Starts making blocks. */
export function createMiner({ producer, mempool, mining: initial, onFailure }: MinerParts): Miner {
  let mining = initial;
  let timer: NodeJS.Timeout | undefined;
  let isClosed = false;
  /** The automatic block that has not begun yet: every transaction that comes before it begins shares it. */
  let upcoming: Promise<Production> | undefined;

  const nextAutomaticBlock = (): Promise<Production> => {
    upcoming ??= producer.produce({
      allowEmpty: false,
      // Until its turn comes, whoever submits gets into the same block.
      onBegin: () => {
        upcoming = undefined;
      },
    });
    return upcoming;
  };

  const settle = async (hash: Hash): Promise<TransactionError | undefined> => {
    while (mining.kind === "auto" && mempool.has(hash)) {
      const { committed, dropped, crowdedOut } = await nextAutomaticBlock();
      const name = bytesToHex(hash);
      const error = dropped.get(name);
      if (error !== undefined) return error;
      // Only for room that others took is the next block worth waiting for: the rest has to wait for something to change.
      if (committed === undefined || !crowdedOut.has(name)) return undefined;
    }
    return undefined;
  };

  const startTimer = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (mining.kind !== "interval" || isClosed) return;
    const { milliseconds } = mining;
    const tick = async (): Promise<void> => {
      const own = timer;
      try {
        await producer.produce({ allowEmpty: true });
      } catch (error) {
        onFailure(error);
        return;
      }
      if (timer === own && !isClosed) timer = later(tick, milliseconds);
    };
    timer = later(tick, milliseconds);
  };

  const mineWaiting = async (): Promise<void> => {
    try {
      while (mining.kind === "auto" && mempool.size > 0 && (await nextAutomaticBlock()).committed !== undefined);
    } catch (error) {
      onFailure(error);
    }
  };

  startTimer();
  return {
    get mining() {
      return mining;
    },
    set mining(next) {
      mining = next;
      startTimer();
      if (next.kind === "auto" && mempool.size > 0) void mineWaiting();
    },
    settle,
    mine: async (onBegin = () => {}) => {
      const { committed } = await producer.produce({ allowEmpty: true, onBegin });
      return (committed as NonNullable<typeof committed>).block;
    },
    close: () => {
      isClosed = true;
      clearTimeout(timer);
    },
  };
}

/** A timer that does not keep the process alive by itself: a chain in process ends with its program. */
function later(step: () => Promise<void>, milliseconds: number): NodeJS.Timeout {
  const timer = setTimeout(() => void step(), milliseconds);
  timer.unref();
  return timer;
}
