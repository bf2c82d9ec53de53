/** The undo log: what a checkpoint is a position in. Reverting walks it backwards; nothing else is ever copied. */
import { TriremeError, type Checkpoint } from "@trireme/core";

/** Undoes one write: puts `previous` back into `target`. A module-level function, so that logging allocates nothing. */
export type Undo<Target, Previous> = (target: Target, previous: Previous) => void;

/** Writes since the transaction began, in order. */
export interface UndoLog {
  /** Where the next entry goes; rises over the whole life of the journal. */
  position(): Checkpoint;
  /** Position at the checkpoint taken last: what was saved at or after it need not be saved again. */
  checkpointed(): Checkpoint;
  push<Target, Previous>(undo: Undo<Target, Previous>, target: Target, previous: Previous): void;
  checkpoint(): Checkpoint;
  /** @throws TriremeError `HOST_FAULT` for a checkpoint that is no longer open. */
  commit(checkpoint: Checkpoint): void;
  /** @throws TriremeError `HOST_FAULT` for a checkpoint that is no longer open. */
  revert(checkpoint: Checkpoint): void;
  /** Undoes everything in the log. */
  revertAll(): void;
  /** Forgets the entries: what was written stands. */
  clear(): void;
}

const KEPT_CAPACITY = 1 << 14;

/** Makes an empty log. */
export function createUndoLog(): UndoLog {
  let undos: Undo<unknown, unknown>[] = [];
  let targets: unknown[] = [];
  let previous: unknown[] = [];
  let start = 0;
  let size = 0;
  let checkpointed = 0;

  function assertOpen(checkpoint: Checkpoint): void {
    if (checkpoint < start || checkpoint > start + size) {
      throw new TriremeError("HOST_FAULT", `expected an open checkpoint between ${start} and ${start + size}, got ${checkpoint}`);
    }
  }

  function revertTo(length: number): void {
    while (size > length) {
      size--;
      (undos[size] as Undo<unknown, unknown>)(targets[size], previous[size]);
      targets[size] = undefined;
      previous[size] = undefined;
    }
  }

  return {
    position: () => start + size,
    checkpointed: () => checkpointed,
    push(undo, target, value) {
      undos[size] = undo as Undo<unknown, unknown>;
      targets[size] = target;
      previous[size] = value;
      size++;
    },
    checkpoint() {
      checkpointed = start + size;
      return checkpointed;
    },
    commit: assertOpen,
    revert(checkpoint) {
      assertOpen(checkpoint);
      revertTo(checkpoint - start);
      checkpointed = checkpoint;
    },
    revertAll() {
      revertTo(0);
    },
    clear() {
      start += size;
      checkpointed = start;
      if (size > KEPT_CAPACITY) {
        undos = [];
        targets = [];
        previous = [];
      } else {
        // The arrays keep their room but not their references: pages would stay alive through them.
        targets.fill(undefined, 0, size);
        previous.fill(undefined, 0, size);
      }
      size = 0;
    },
  };
}
