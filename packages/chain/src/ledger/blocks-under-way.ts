/**
 * Blocks that were executed and are not shown yet. Each is open at first: the next one may be executed before its roots,
 * and so its hash, are known (rule 24). Sealed it goes to the disk, where blocks that wait together are made durable together.
 * They are shown in their order, each once it is durable (rule 27); none after one whose write failed.
 */
import type { StateDiff } from "@trireme/state";
import type { BlockSeed } from "../block/block-seed.ts";
import type { CommittedBlock } from "./ledger.ts";

/** A seed without the parent's hash, which may not be known yet. */
export type OpenSeed = Omit<BlockSeed, "parentHash">;

/** A block on its way. */
export interface BlockUnderWay {
  readonly number: bigint;
  /** What undoes it. */
  readonly undo: StateDiff;
  /** Whether its roots are still to be worked out. */
  readonly isOpen: boolean;
  /** Works the roots out and hands its record to the database, once: where it was done, it gives the same block. */
  seal(): CommittedBlock;
  /** The block, when it is shown. Rejects with `DATABASE_WRITE_FAILED` when it never will be. */
  readonly shown: Promise<CommittedBlock>;
}

/** How a block is made, written and shown. */
export interface UnderWaySteps {
  make(): CommittedBlock;
  /** Resolves when it is durable. */
  write(made: CommittedBlock): Promise<void>;
  show(made: CommittedBlock): void;
}

/** The blocks on their way, oldest first. */
export interface BlocksUnderWay {
  readonly blocks: readonly BlockUnderWay[];
  /** Puts a block behind those that are on their way, all of which are sealed. */
  add(number: bigint, undo: StateDiff, steps: UnderWaySteps): BlockUnderWay;
  /** Seals the newest one: those before it are. What goes wrong with it its `shown` tells. */
  seal(): void;
  /** Seals what is open and resolves when every block is shown, or never will be. */
  settle(): Promise<void>;
}

/** None at first. `stop` makes the error of a block that could not be made or written, and ends the chain. */
export function createBlocksUnderWay(stop: (cause: unknown, number: bigint) => Error): BlocksUnderWay {
  const blocks: BlockUnderWay[] = [];

  const add = (number: bigint, undo: StateDiff, { make, write, show }: UnderWaySteps): BlockUnderWay => {
    const previous = blocks.at(-1)?.shown;
    let made: CommittedBlock | undefined;
    let seal: () => CommittedBlock = () => {
      throw new Error(`block ${number} cannot be sealed yet`);
    };
    const written = new Promise<CommittedBlock>((resolve, reject) => {
      seal = () => {
        if (made !== undefined) return made;
        try {
          made = make();
        } catch (cause) {
          const error = stop(cause, number);
          reject(error);
          throw error;
        }
        const sealed = made;
        write(sealed).then(
          () => resolve(sealed),
          (cause: unknown) => reject(stop(cause, number)),
        );
        return sealed;
      };
    });
    const shownInTurn = async (): Promise<CommittedBlock> => {
      // Both at once, or a failure of this one would be nobody's while the one before it is written.
      const [sealed] = await Promise.all([written, previous]);
      blocks.shift();
      show(sealed);
      return sealed;
    };
    const shown = shownInTurn();
    // Whoever asked for the block hears of a failure; the next block's is another promise.
    shown.catch(() => {});
    const block: BlockUnderWay = {
      number,
      undo,
      get isOpen() {
        return made === undefined;
      },
      seal: () => seal(),
      shown,
    };
    blocks.push(block);
    return block;
  };

  const seal = (): void => {
    try {
      blocks.at(-1)?.seal();
    } catch {
      // `shown` tells it.
    }
  };

  return {
    blocks,
    add,
    seal,
    settle: async () => {
      seal();
      await Promise.allSettled(blocks.map(({ shown }) => shown));
    },
  };
}
