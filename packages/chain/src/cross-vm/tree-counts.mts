// How often the trees did what is worth counting.
import type { TreeVm } from "./tree-script.mts";

/** Counts over the trees that were played. */
export class PlayCounts {
  trees = 0;
  /** Trees that Solana transactions played. */
  solanaTrees = 0;
  /** Frames on the longest way down of the tree that is played, and those of it that all three VMs stand on. */
  depth = 0;
  mixedDepth = 0;
  /** Trees at least 4 frames deep with all three VMs on one way down, and the deepest. */
  mixedTrees = 0;
  deepest = 0;
  frames = 0;
  /** Writes to frozen accounts. */
  unwound = 0;
  /** Failures that a try of a program caught. */
  tries = 0;
  /** Failed frames by VM and reason. */
  readonly failures = new Map<string, number>();
  /** Frames by the VM that entered them and their own. */
  readonly crossings = new Map<string, number>();

  enter(depth: number, vms: ReadonlySet<string>, _vm: TreeVm): void {
    this.frames++;
    this.depth = Math.max(this.depth, depth);
    if (vms.size >= 3) this.mixedDepth = Math.max(this.mixedDepth, depth);
  }

  fail(vm: TreeVm, reason: string): void {
    const key = `${vm} ${reason}`;
    this.failures.set(key, (this.failures.get(key) ?? 0) + 1);
  }

  cross(from: string, to: string): void {
    const key = `${from} to ${to}`;
    this.crossings.set(key, (this.crossings.get(key) ?? 0) + 1);
  }

  endTree(): void {
    this.trees++;
    if (this.mixedDepth >= 4) this.mixedTrees++;
    this.deepest = Math.max(this.deepest, this.depth);
    this.depth = 0;
    this.mixedDepth = 0;
  }
}
