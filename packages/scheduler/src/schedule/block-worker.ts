/**
 * One worker's part in a block. Transactions run ahead of their turn on what lower ones have written so far, each after the
 * one that it is expected to depend on; they are committed in the order of the block by whoever holds the commit lock: if what
 * a transaction read still holds it stands, else it runs again there and then, when nothing below it can change any more. So
 * each runs at most twice but for waits, and the block is what running it serially gives.
 */
import { beforeBlock, field, header, blockState, parentState, status } from "../memory/layout.ts";
import { LockHeld, type BlockMemory } from "../memory/block-memory.ts";
import { MemorySpent } from "../memory/block-progress.ts";
import { Blocked, dropWrites, markEstimates, publishWrites, staleRead, type VersionedState } from "../memory/versioned-state.ts";
import { conflictWriter } from "./conflict-writer.ts";
import type { BlockBody, BodyOutcome, BodyResult } from "./block-body.ts";

/** What a step came to. `idle`: nothing to do until another worker gets on. */
export type StepResult = "worked" | "idle" | "done";

/** Faults to plant in tests: each but the last breaks the law that a block is what running it serially gives. */
export interface PlantedFaults {
  readonly skipsValidation?: boolean;
  readonly endsEarly?: boolean;
  /** A transaction counts as executed before its writes are there. */
  readonly publishesLate?: boolean;
  /** What a transaction wrote is forgotten before it runs again: nothing marks it as an estimate, nothing takes it back. */
  readonly losesEstimates?: boolean;
  /** Nothing is marked, but it is taken back. Who reads it meanwhile is caught when it is committed. */
  readonly marksNoEstimates?: boolean;
}

/** What a worker works with. */
export interface BlockWorkerParts {
  readonly memory: BlockMemory;
  readonly state: VersionedState;
  readonly body: BlockBody;
  readonly events?: WorkerEvents;
  readonly faults?: PlantedFaults;
  /** Sum at which the rest of the block goes on serially: a commit that had to run again adds 2, one that held takes 1 off. */
  readonly patience?: number;
  /** Whether what a run threw may not be thrown on another worker, with a larger stack. Left out by those, who run what is handed on. */
  readonly handsOn?: (error: unknown) => boolean;
  /** Whether a step runs one transaction at most: else one that commits runs all that it finds it has to. */
  readonly isBrief?: boolean;
}

/** Who watches a worker. Nothing that it does changes what the block is. */
export interface WorkerEvents {
  started(index: number, incarnation: number): void;
  /** `by` is a lower transaction that it waits for; `conflict` the key that did not hold. */
  ended(index: number, end: { readonly kind: "executed" | "blocked" | "faulted"; readonly by?: number }): void;
  /** `by` is the transaction that wrote the key, -1 where none is to be found. */
  aborted(index: number, conflict: number, by: number): void;
}

/** Transactions that a worker may keep waiting for others before it takes new ones. */
const maxWaiting = 256;
/** Ten commits in a row that had to run again: the rest of the block goes on serially. */
const usualPatience = 21;

/** What a transaction waits for that needs the hash of the block before: no transaction. */
const untilParent = -0x4000_0000;

/** A worker in a block. A class: its steps are taken one by one, by a thread or by a simulator. */
export class BlockWorker {
  private readonly parts: BlockWorkerParts;
  /** Taken and not run yet, lowest first. */
  private readonly waiting: { readonly index: number; after: number }[] = [];
  private running: { readonly index: number; readonly result: BodyResult } | undefined;
  private recent = 0;
  /** Whether the last commit ran its transaction again. */
  private hasRunAgain = false;
  /** What it must leave to others to commit. */
  private declined = -1;

  constructor(parts: BlockWorkerParts) {
    this.parts = parts;
  }

  /** Takes one step: commits what is ready, or publishes what it ran, or runs a transaction. @throws MemorySpent, or what a transaction's last run threw */
  step(): StepResult {
    const { memory } = this.parts;
    const { state } = memory;
    if (state === blockState.done || state === blockState.broken) return "done";
    if (this.running !== undefined) return this.publish(this.running) ? "worked" : "idle";
    if (this.commit()) return "worked";
    if (memory.state !== blockState.running) return memory.state === blockState.serial ? "idle" : "done";
    const index = this.take();
    if (index === undefined) return "idle";
    this.execute(index);
    return "worked";
  }

  /** Runs a transaction ahead of its turn. Its writes are published by the next step. */
  private execute(index: number): void {
    const { memory, state, body, events } = this.parts;
    const at = memory.at(index);
    const incarnation = (memory.words[at + field.incarnation] as number) + 1;
    memory.words[at + field.incarnation] = incarnation;
    Atomics.store(memory.words, at + field.status, status.executing);
    // Whoever runs the rest serially has said so before it looks who is at something.
    if (memory.state !== blockState.running) {
      Atomics.store(memory.words, at + field.status, status.ready);
      return;
    }
    events?.started(index, incarnation);
    // Nothing below it can change any more: what it throws now it always throws.
    const isInTurn = Atomics.load(memory.words, header.committed) === index;
    state.begin(index);
    try {
      this.running = { index, result: body.execute(index, undefined) };
    } catch (error) {
      if (this.parts.handsOn?.(error) === true) {
        events?.ended(index, { kind: "faulted", by: index - 1 });
        return memory.handOn(index);
      }
      if (error instanceof MemorySpent || isInTurn) throw error;
      const by = error instanceof Blocked ? error.by : index - 1;
      events?.ended(index, { kind: error instanceof Blocked ? "blocked" : "faulted", by });
      // What it threw may come of what it read: it runs again when that cannot be any more.
      Atomics.store(memory.words, at + field.status, status.ready);
      if (by === beforeBlock) this.wait(index, untilParent, status.executed);
      else this.wait(index, by, error instanceof Blocked ? status.executed : status.committed);
    }
  }

  /** False when it has to be tried again. */
  private publish({ index, result }: { readonly index: number; readonly result: BodyResult }): boolean {
    const { memory, state, events, faults } = this.parts;
    state.keepReads();
    if (faults?.publishesLate === true) Atomics.store(memory.words, memory.at(index) + field.status, status.executed);
    try {
      this.keep(index, result);
    } catch (error) {
      if (error instanceof LockHeld) return false;
      throw error;
    }
    this.running = undefined;
    Atomics.store(memory.words, memory.at(index) + field.status, status.executed);
    events?.ended(index, { kind: "executed" });
    memory.wake();
    return true;
  }

  private keep(index: number, result: BodyResult): void {
    publishWrites(this.parts.memory, index, result.writes);
    this.keepOutcome(index, result);
  }

  private keepOutcome(index: number, { outcome, gasUsed, blobGasUsed }: BodyOutcome): void {
    const { memory } = this.parts;
    const at = memory.at(index);
    memory.words[at + field.outcomeLength] = outcome.length;
    memory.words[at + field.outcome] = memory.keepBytes(outcome);
    memory.setGas(index, gasUsed, blobGasUsed);
  }

  /** Commits as far as it goes. False when there was nothing to commit, or somebody else does it. */
  private commit(): boolean {
    const { memory } = this.parts;
    const { words } = memory;
    const next = Atomics.load(words, header.committed);
    const isSerial = memory.state === blockState.serial;
    // All of the rest is one run, which cannot be handed on in the midst of it.
    if (isSerial && this.parts.handsOn !== undefined) return false;
    if (next === this.declined) return false;
    const isReady = isSerial || this.statusOf(next) === status.executed;
    if (!isReady || Atomics.compareExchange(words, header.commitLock, 0, 1) !== 0) return false;
    let hasCommitted = false;
    try {
      while (memory.state === blockState.serial ? this.parts.handsOn === undefined && this.runRest() : this.commitNext()) {
        hasCommitted = true;
        if (this.hasRunAgain && this.parts.isBrief === true) break;
      }
    } finally {
      Atomics.store(words, header.commitLock, 0);
    }
    // Who finds nothing to commit wakes nobody: in a long run they would keep each other awake.
    if (hasCommitted) memory.wake();
    return hasCommitted;
  }

  private commitNext(): boolean {
    const { memory, body, faults } = this.parts;
    const index = Atomics.load(memory.words, header.committed);
    if (index === memory.transactions || this.statusOf(index) !== status.executed) return false;
    const room = memory.roomBelow(body.room);
    const stale = faults?.skipsValidation === true ? 0 : staleRead(memory, index);
    const isRunAgain = stale !== 0 || body.dependsOnRoom(index, room);
    if (isRunAgain && this.parts.handsOn !== undefined && memory.isHandedOn(index)) {
      this.declined = index;
      return false;
    }
    if (isRunAgain && !this.runAgain(index, room, stale)) return false;
    this.hasRunAgain = isRunAgain;
    if (!isRunAgain) this.recent = Math.max(0, this.recent - 1);
    this.committed(index);
    // Who waited for it need not wait until these commits have come to an end.
    if (isRunAgain) memory.wake();
    if (index + 1 === memory.transactions || (faults?.endsEarly === true && index + 2 === memory.transactions)) memory.finish();
    return true;
  }

  /** All below it is committed: this run is the last. False when it was handed on. */
  private runAgain(index: number, room: BlockBody["room"], conflict: number): boolean {
    const { memory, events, faults } = this.parts;
    const { words } = memory;
    Atomics.add(words, header.aborts, 1);
    events?.aborted(index, conflict, conflict === 0 ? -1 : conflictWriter(memory, conflict, index));
    // Whoever meets an estimate of it waits until it is committed, and does something else meanwhile.
    Atomics.store(words, memory.at(index) + field.status, status.executing);
    if (faults?.losesEstimates === true) words[memory.at(index) + field.writeCount] = 0;
    if (faults?.marksNoEstimates !== true) markEstimates(memory, index);
    try {
      this.runInTurn(index, room);
    } catch (error) {
      if (!(error instanceof LockHeld) && this.parts.handsOn?.(error) !== true) throw error;
      events?.ended(index, { kind: "faulted", by: index - 1 });
      memory.handOn(index);
      return false;
    }
    this.recent += 2;
    if (this.recent >= (this.parts.patience ?? usualPatience)) memory.makeSerial();
    return true;
  }

  private runInTurn(index: number, room: BlockBody["room"]): void {
    const { memory, state, body, events } = this.parts;
    const at = memory.at(index);
    const incarnation = (memory.words[at + field.incarnation] as number) + 1;
    memory.words[at + field.incarnation] = incarnation;
    events?.started(index, incarnation);
    state.begin(index);
    this.keep(index, body.execute(index, room));
    events?.ended(index, { kind: "executed" });
  }

  private committed(index: number): void {
    const { memory } = this.parts;
    memory.addUsed(index);
    Atomics.store(memory.words, memory.at(index) + field.status, status.committed);
    Atomics.store(memory.words, header.committed, index + 1);
  }

  /** Runs all that is not committed, as a serial block does. False while others are still at something. */
  private runRest(): boolean {
    const { memory, state, body, events } = this.parts;
    const first = Atomics.load(memory.words, header.committed);
    const end = memory.transactions;
    for (let index = first; index < end; index++) if (this.statusOf(index) === status.executing) return false;
    if (first === end || memory.inputs < end) return false;
    memory.restFrom = first;
    // What was run ahead counts no more; nobody reads it.
    for (let index = first; index < end; index++) dropWrites(memory, index);
    state.begin(first);
    const started = (index: number): void => {
      const at = memory.at(index);
      const incarnation = (memory.words[at + field.incarnation] as number) + 1;
      memory.words[at + field.incarnation] = incarnation;
      events?.started(index, incarnation);
    };
    const writes = body.executeRest(first, started, (index, result) => {
      this.keepOutcome(index, result);
      events?.ended(index, { kind: "executed" });
      this.committed(index);
    });
    publishWrites(memory, end - 1, writes);
    memory.finish();
    return true;
  }

  /** The next transaction to run: one that waited and need not any more, else a new one. */
  private take(): number | undefined {
    const { memory } = this.parts;
    const { words } = memory;
    const handed = this.parts.handsOn === undefined ? memory.takeHandedOn() : undefined;
    if (handed !== undefined) return handed;
    const place = this.waiting.findIndex(({ after }) => this.mayRun(after));
    if (place >= 0) {
      const [found] = this.waiting.splice(place, 1);
      return found?.index;
    }
    while (this.waiting.length < maxWaiting) {
      const index = Atomics.load(words, header.next);
      if (index >= memory.inputs) return undefined;
      if (Atomics.compareExchange(words, header.next, index, index + 1) !== index) continue;
      const after = words[memory.at(index) + field.after] as number;
      if (this.mayRun(after)) return index;
      this.wait(index, after, status.executed);
    }
    return undefined;
  }

  private wait(index: number, after: number, least: number): void {
    // A wait for a commit is told by a negative number.
    const until = least === status.committed ? -2 - after : after;
    const place = this.waiting.findIndex((other) => other.index > index);
    this.waiting.splice(place < 0 ? this.waiting.length : place, 0, { index, after: until });
  }

  private mayRun(after: number): boolean {
    if (after === -1) return true;
    if (after === untilParent) return this.parts.memory.parent !== parentState.open;
    return after >= 0 ? this.statusOf(after) >= status.executed : this.statusOf(-2 - after) === status.committed;
  }

  private statusOf(index: number): number {
    const { memory } = this.parts;
    return index < 0 || index >= memory.transactions ? status.committed : Atomics.load(memory.words, memory.at(index) + field.status);
  }
}
