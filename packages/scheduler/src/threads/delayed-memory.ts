/** A block's memory that is slow at odd moments: for tests of what threads can do to one another. */
import { BlockMemory } from "../memory/block-memory.ts";
import type { BlockMemoryHandle } from "../memory/block-progress.ts";

/** Delays to plant in tests, by a seed. */
export interface PlantedDelays {
  readonly seed: number;
  /** The longest; most are far shorter. */
  readonly microseconds: number;
  /** One access in so many is slow. */
  readonly oneIn: number;
}

/** Sleeps and spins before it reads and writes what other threads write and read: within every step of a worker. */
export class DelayedMemory extends BlockMemory {
  private readonly delays: PlantedDelays;
  private readonly bed = new Int32Array(new SharedArrayBuffer(4));
  private drawn: number;

  constructor(handle: BlockMemoryHandle, delays: PlantedDelays, worker: number) {
    super(handle);
    this.delays = delays;
    this.drawn = (delays.seed ^ Math.imul(worker + 1, 0x9e37_79b9)) | 1;
  }

  override versionBelow(key: number, index: number): number {
    this.pause();
    return super.versionBelow(key, index);
  }

  override creditBelow(key: number, index: number): number {
    this.pause();
    return super.creditBelow(key, index);
  }

  override readValue(value: number): Uint8Array | undefined {
    this.pause();
    return super.readValue(value);
  }

  override findVersion(key: number, index: number): number {
    this.pause();
    return super.findVersion(key, index);
  }

  override findCredit(key: number, index: number): number {
    this.pause();
    return super.findCredit(key, index);
  }

  override setValue(version: number, value: number): void {
    this.pause();
    super.setValue(version, value);
  }

  override setGas(index: number, gasUsed: bigint, blobGasUsed: bigint): void {
    super.setGas(index, gasUsed, blobGasUsed);
    this.pause();
  }

  override addUsed(index: number): void {
    super.addUsed(index);
    this.pause();
  }

  /** Slow while it holds the lock of a key. */
  protected override lock(position: number): void {
    super.lock(position);
    this.pause();
  }

  override wake(): void {
    this.pause();
    super.wake();
  }

  private pause(): void {
    const { microseconds, oneIn } = this.delays;
    if (this.below(oneIn) !== 0) return;
    const share = this.below(1024) / 1024;
    const time = microseconds * share * share * share;
    // Who sleeps lets others have the core; who spins keeps it.
    if (this.below(4) !== 0) Atomics.wait(this.bed, 0, 0, time / 1000);
    else for (const end = performance.now() + time / 1000; performance.now() < end;);
  }

  private below(limit: number): number {
    this.drawn ^= this.drawn << 13;
    this.drawn ^= this.drawn >>> 17;
    this.drawn ^= this.drawn << 5;
    return (this.drawn >>> 0) % limit;
  }
}
