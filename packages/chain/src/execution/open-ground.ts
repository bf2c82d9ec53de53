/**
 * What stands before the first transaction of a block whose parent's hash is to come (rule 24): the block begins with two
 * hashes that nobody has. What comes out the same does not hang on the hash; what does not is an estimate until it is known.
 */
import { bytesToHex, equalBytes, type Hash } from "@trireme/core";
import type { PooledBlock } from "@trireme/scheduler";
import { createJournal, type StateDiff, type StateDiffEntry } from "@trireme/state";
import type { BlockPlan } from "./block-plan.ts";
import { beginBlock, type BlockGround } from "./execute-block.ts";

/** The ground as far as it is known, and how the rest is worked out. */
export interface OpenGround {
  readonly known: StateDiff;
  readonly openParent: NonNullable<PooledBlock["openParent"]>;
}

/** Hashes of no block: one of all ones, and one that differs from it in every byte. */
const placeholders = [0xff, 0xa5].map((byte) => new Uint8Array(32).fill(byte) as Hash) as [Hash, Hash];

/** `hash` works the parent's hash out; it is called once, by `close`. */
export function openGround(plan: BlockPlan, ground: BlockGround, hash: () => Hash): OpenGround {
  const begin = (parentHash: Hash): StateDiff => {
    const journal = createJournal(ground.reader);
    const parent = plan.context.number - 1n;
    const getBlockHash = (number: bigint): Hash | undefined => (number === parent ? parentHash : ground.getBlockHash(number));
    beginBlock({ ...plan, parentHash }, journal, { ...ground, getBlockHash });
    return journal.takeDiff().diff;
  };
  const [first, second] = placeholders.map(begin) as [StateDiff, StateDiff];
  const others = new Map(second.entries.map((entry) => [bytesToHex(entry.key), entry]));
  const known: StateDiffEntry[] = [];
  const keys: Uint8Array[] = [];
  for (const { key, value } of first.entries) {
    const other = others.get(bytesToHex(key));
    // A key that one of them lacks is made of the hash: nobody can read the real one before it is known.
    if (other === undefined) continue;
    if (isSame(value, other.value)) known.push({ key, value });
    else keys.push(key);
  }
  const close = () => {
    const parentHash = hash();
    return { hash: parentHash, ground: begin(parentHash) };
  };
  return { known: { entries: known }, openParent: { keys, close } };
}

function isSame(left: Uint8Array | undefined, right: Uint8Array | undefined): boolean {
  return left === undefined || right === undefined ? left === right : equalBytes(left, right);
}
