// How often the trees did what is worth counting.
import type { TreeVm } from "./tree-script.mts";

/** Counts over the trees that were played. */
export class PlayCounts {
  trees = 0;
  /** Trees that Solana transactions played. */
  solanaTrees = 0;
  /** Second instructions of Solana transactions, and programs that a wallet of Ethereum's called. */
  secondInstructions = 0;
  walletCalls = 0;
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

  enter(depth: number, vms: ReadonlySet<string>): void {
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

  /** Failed frames that `matches` holds for. */
  failed(matches: (vm: string, reason: string) => boolean): number {
    let count = 0;
    for (const [key, times] of this.failures) {
      const space = key.indexOf(" ");
      if (matches(key.slice(0, space), key.slice(space + 1))) count += times;
    }
    return count;
  }

  /** What was played, in lines. */
  describe(): string {
    const list = (map: ReadonlyMap<string, number>): string =>
      [...map]
        .toSorted(([, left], [, right]) => right - left)
        .map(([key, times]) => `${key} ${times}`)
        .join(", ");
    const share = Math.round((100 * this.mixedTrees) / this.trees);
    return [
      `${this.trees} trees, ${this.solanaTrees} of them by Solana transactions, ` +
        `${this.secondInstructions} of which came to a second instruction, ${this.walletCalls} by wallets that call a program: ${this.frames} frames, to a depth of ${this.deepest}; ` +
        `${share} % at least 4 frames deep with all three VMs`,
      `calls: ${list(this.crossings)}`,
      `failed frames: ${list(this.failures)}`,
      `${this.unwound} writes to frozen accounts unwound their frames, ${this.tries} failures were caught by a try`,
    ].join("\n");
  }

  endTree(): void {
    this.trees++;
    if (this.mixedDepth >= 4) this.mixedTrees++;
    this.deepest = Math.max(this.deepest, this.depth);
    this.depth = 0;
    this.mixedDepth = 0;
  }
}
