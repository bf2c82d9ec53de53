/** A block whose transactions run on the pool's threads; what stands before and after them runs here. */
import { equalBytes, type Hash } from "@trireme/core";
import type { BlockPool, Choice } from "@trireme/scheduler";
import { createJournal, flatGetOf, type DiffAndUndo, type FlatGet, type StateDiff } from "@trireme/state";
import { maxBlobGas } from "../block/block-seed.ts";
import { mergeDiffs, overlayReader } from "../ledger/overlay-reader.ts";
import { serially, withRun, type SerialReason } from "../observing/block-run.ts";
import type { BlockPlan, ExecutedBlock } from "./block-plan.ts";
import { beginBlock, endBlock, type BlockGround } from "./execute-block.ts";
import { openGround, type OpenGround } from "./open-ground.ts";

/** What lies between the head, whose state the threads see, and the ground of the block. */
export interface ParallelGround extends BlockGround {
  readonly aboveHead: StateDiff;
  /** Hashes of the 256 blocks before, 32 bytes each, newest first; anything in the parent's place where that is open. */
  readonly blockHashes: Uint8Array;
  /** Works out the parent's hash, where nobody has yet: the plan's is none then. Called when the threads have the block. */
  readonly openParent?: (() => Hash) | undefined;
}

/**
 * Runs a plan as `executeBlock` does; says why it is to be run serially when the pool gave it up, which leaves nothing behind.
 * The head must stay where it is until it ends.
 */
export async function executeInParallel(
  plan: BlockPlan,
  ground: ParallelGround,
  pool: BlockPool,
  choice?: Choice,
): Promise<ExecutedBlock | SerialReason> {
  const { executor, reader, getBlockHash, aboveHead, blockHashes } = ground;
  const { context, transactions } = plan;
  const { known, openParent } = groundOf(plan, ground);
  const get = flatGetOf(reader);
  const run = await pool.run({
    context,
    blobGasLimit: maxBlobGas(context.hardfork),
    transactions,
    ground: mergeDiffs([aboveHead, known]),
    blockHashes,
    ...(openParent === undefined ? {} : { openParent: { ...openParent, close: () => withGround(openParent.close(), aboveHead) } }),
    base: { reader, get },
    ...(choice === undefined ? {} : { after: choice.after }),
  });
  if (run.kind === "givenUp") return serially("givenUp", `given up: ${run.reason}`);
  const after = createJournal(overlayReader(reader, run.changes.diff));
  executor.runHooks("endBlock", after, context, { getBlockHash });
  const requests = endBlock(plan, after, ground);
  const included: ExecutedBlock["included"][number][] = [];
  const skipped: ExecutedBlock["skipped"][number][] = [];
  for (const [index, transaction] of transactions.entries()) {
    const outcome = run.outcomes[index];
    if (outcome === undefined) continue;
    if (outcome.kind === "invalid") skipped.push({ transaction, error: outcome.error });
    else included.push({ transaction, result: outcome });
  }
  const executed = { included, skipped, requests, ...compose(run.changes, after.takeDiff(), get) };
  const begun = openParent === undefined ? "" : `, begun before the hash of block ${context.number - 1n} was known`;
  return withRun(plan, executed, `${choice?.reason ?? "as asked for"}${begun}`, run.record);
}

function groundOf(plan: BlockPlan, ground: ParallelGround): Partial<OpenGround> & Pick<OpenGround, "known"> {
  if (ground.openParent !== undefined) return openGround(plan, ground, ground.openParent);
  const before = createJournal(ground.reader);
  beginBlock(plan, before, ground);
  return { known: before.takeDiff().diff };
}

function withGround<Closed extends { readonly ground: StateDiff }>(closed: Closed, aboveHead: StateDiff): Closed {
  return { ...closed, ground: mergeDiffs([aboveHead, closed.ground]) };
}

/** Both changes, one after the other, against the state before the first. */
function compose(first: DiffAndUndo, second: DiffAndUndo, base: FlatGet): DiffAndUndo {
  if (second.diff.entries.length === 0) return first;
  const diff = mergeDiffs([first.diff, second.diff]).entries.flatMap((entry) => {
    const before = base(entry.key);
    return isSame(before, entry.value) ? [] : [{ ...entry, before }];
  });
  return {
    diff: { entries: diff.map(({ key, value }) => ({ key, value })) },
    undo: { entries: diff.map(({ key, before }) => ({ key, value: before })) },
  };
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equalBytes(left, right);
}
