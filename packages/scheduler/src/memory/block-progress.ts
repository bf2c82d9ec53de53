/** How far a block is: what its workers tell one another beside what they read and write. */
import { TriremeError } from "@trireme/core";
import { blockState, field, header, layoutMagic, parentState, status, transactionsStart, transactionWords } from "./layout.ts";

/** What another thread needs to work on the same block. Survives a structured clone. */
export interface BlockMemoryHandle {
  readonly buffer: SharedArrayBuffer;
}

/** What a transaction needs of a block. */
export interface TransactionNeeds {
  readonly gasLimit: bigint;
  readonly blobGas: bigint;
  readonly ceiling: bigint;
}

/** The memory of the block is spent: the block is to be run without it. */
export class MemorySpent extends Error {}

/** Milliseconds after which whoever waits for the parent looks whether the block was given up. */
const parentPatience = 5;

/** The words of a block and of its transactions. A class: workers look at them at every step. */
export class BlockProgress {
  readonly words: Int32Array;
  readonly bytes: Uint8Array;
  readonly transactions: number;
  private readonly floats: Float64Array;

  /** @throws TriremeError `INVALID_ARGUMENT` when the buffer is no block memory */
  constructor({ buffer }: BlockMemoryHandle) {
    const words = new Int32Array(buffer);
    if (words[header.magic] !== layoutMagic)
      throw new TriremeError("INVALID_ARGUMENT", "expected the memory of a block, got something else");
    this.words = words;
    this.bytes = new Uint8Array(buffer);
    this.floats = new Float64Array(buffer, 0, words.length >>> 1);
    this.transactions = words[header.transactions] as number;
  }

  /** What a transaction used of the block's room. */
  setGas(index: number, gasUsed: bigint, blobGasUsed: bigint): void {
    const at = this.at(index);
    this.floats[(at + field.gasUsed) / 2] = Number(gasUsed);
    this.words[at + field.blobGasUsed] = Number(blobGasUsed);
  }

  /** What a transaction must find left of the block's room; `ceiling` is the gas of the block up to which it may stand at all. */
  setNeeds(index: number, { gasLimit, blobGas, ceiling }: TransactionNeeds): void {
    const at = this.at(index);
    this.floats[(at + field.gasLimit) / 2] = Number(gasLimit);
    this.words[at + field.blobGas] = Number(blobGas);
    this.floats[(at + field.ceiling) / 2] = Number(ceiling);
  }

  /** Whether the committed transactions leave a transaction what it needs. */
  hasRoomFor(index: number, gasLimit: bigint, blobGasLimit: bigint): boolean {
    const at = this.at(index);
    const { floats, words } = this;
    const gas = (floats[header.gasUsed / 2] as number) + (floats[(at + field.gasLimit) / 2] as number);
    if (gas > Number(gasLimit) || gas > (floats[(at + field.ceiling) / 2] as number)) return false;
    return (floats[header.blobGasUsed / 2] as number) + (words[at + field.blobGas] as number) <= Number(blobGasLimit);
  }

  /** Takes what a transaction used off the room of those above it. */
  addUsed(index: number): void {
    const at = this.at(index);
    (this.floats[header.gasUsed / 2] as number) += this.floats[(at + field.gasUsed) / 2] as number;
    (this.floats[header.blobGasUsed / 2] as number) += this.words[at + field.blobGasUsed] as number;
  }

  /** What the committed transactions leave of the block's room. */
  roomBelow({ gasLeft, blobGasLeft }: { readonly gasLeft: bigint; readonly blobGasLeft: bigint }) {
    const [gasUsed, blobGasUsed] = [this.floats[header.gasUsed / 2], this.floats[header.blobGasUsed / 2]] as [number, number];
    return { gasLeft: gasLeft - BigInt(gasUsed), blobGasLeft: blobGasLeft - BigInt(blobGasUsed) };
  }

  /** From here on whoever commits runs what is left. */
  makeSerial(): void {
    Atomics.compareExchange(this.words, header.state, blockState.running, blockState.serial);
  }

  /** The hash of the block before is to come: reading it waits. */
  openParent(): void {
    Atomics.store(this.words, header.parent, parentState.open);
  }

  /** The hash is there. */
  closeParent(hash: Uint8Array): void {
    this.bytes.set(hash, header.parentHash * 4);
    Atomics.store(this.words, header.parent, parentState.closed);
    Atomics.notify(this.words, header.parent);
    this.wake();
  }

  /** `parentState`. */
  get parent(): number {
    return Atomics.load(this.words, header.parent);
  }

  /** A copy. The parent is closed. */
  get parentHash(): Uint8Array {
    return this.bytes.slice(header.parentHash * 4, header.parentHash * 4 + 32);
  }

  /** Sleeps until the parent is closed. @throws MemorySpent when the block was given up */
  waitForParent(): void {
    while (this.parent === parentState.open) {
      if (this.state === blockState.broken) throw new MemorySpent();
      Atomics.wait(this.words, header.parent, parentState.open, parentPatience);
    }
  }

  /** The transaction from which on the block was run serially, for want of hope; undefined where it was not. */
  get restFrom(): number | undefined {
    return this.words[header.restFrom] || undefined;
  }

  set restFrom(index: number) {
    this.words[header.restFrom] = index;
  }

  /** Transactions that may be taken: the first ones. */
  get inputs(): number {
    return Atomics.load(this.words, header.inputs);
  }

  set inputs(count: number) {
    Atomics.store(this.words, header.inputs, count);
    if (count > 0) this.wake();
  }

  /** Leaves a transaction to workers with a larger stack: once only, since those hand nothing on. */
  handOn(index: number): void {
    const { words } = this;
    const at = this.at(index);
    words[at + field.isHandedOn] = 1;
    Atomics.store(words, at + field.status, status.ready);
    for (;;) {
      const last = Atomics.load(words, header.handedOn);
      words[at + field.nextHanded] = last;
      if (Atomics.compareExchange(words, header.handedOn, last, index + 1) === last) break;
    }
    this.wake();
  }

  isHandedOn(index: number): boolean {
    return this.words[this.at(index) + field.isHandedOn] === 1;
  }

  /** A transaction that was handed on and that nobody has taken; undefined where there is none. */
  takeHandedOn(): number | undefined {
    const { words } = this;
    for (;;) {
      const last = Atomics.load(words, header.handedOn);
      if (last === 0) return undefined;
      const next = words[this.at(last - 1) + field.nextHanded] as number;
      if (Atomics.compareExchange(words, header.handedOn, last, next) === last) return last - 1;
    }
  }

  /** Every transaction is committed. */
  finish(): void {
    Atomics.store(this.words, header.state, blockState.done);
    this.wake();
  }

  /** Runs beyond the first of a transaction that did not hold. */
  get aborts(): number {
    return Atomics.load(this.words, header.aborts);
  }

  get state(): number {
    return Atomics.load(this.words, header.state);
  }

  /** Gives the memory up: workers leave it as soon as they look. A block that is done stays so: all that it is lies in the memory. */
  breakUp(): void {
    for (const state of [blockState.running, blockState.serial])
      Atomics.compareExchange(this.words, header.state, state, blockState.broken);
    this.wake();
  }

  /** Wakes whoever waits for something to change. */
  wake(): void {
    Atomics.add(this.words, header.wake, 1);
    // Whoever is about to sleep has said so before it looks whether something has changed.
    if (Atomics.load(this.words, header.sleeping) > 0) Atomics.notify(this.words, header.wake);
  }

  /** What `sleep` wants to know: taken before the look that found nothing to do. */
  get changes(): number {
    return Atomics.load(this.words, header.wake);
  }

  /** Sleeps until something changes after `seen`, `milliseconds` at most. */
  sleep(seen: number, milliseconds: number): void {
    Atomics.add(this.words, header.sleeping, 1);
    Atomics.wait(this.words, header.wake, seen, milliseconds);
    Atomics.sub(this.words, header.sleeping, 1);
  }

  /** i32 position of a transaction's words. */
  at(index: number): number {
    return transactionsStart + index * transactionWords;
  }
}
