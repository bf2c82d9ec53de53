/** What is told to the threads of a pool, and what they tell: words in shared memory, so that a thread hears of it in the midst of a block. */

/** Where a thread can be stopped: it waits there until it is ended, or ends itself. */
export const places = ["key lock", "commit lock", "transaction", "WASM", "exit"] as const;
export type Place = (typeof places)[number];

/** What else a faulty contract can be told to do on a thread; on any other it succeeds. */
export const troubles = ["throw", "overflow", "heap", "spin"] as const;
export type Trouble = (typeof troubles)[number];

/** Survives a structured clone. */
export interface FaultControl {
  readonly buffer: SharedArrayBuffer;
}

const word = { order: 0, countdown: 1, hit: 2, passed: 3, never: 4, setUpFails: 5, expected: 6, met: 7, callerOverflows: 8 } as const;
/** Milliseconds for which a thread waits for the others. */
const patience = 20_000;

export function createFaultControl(): FaultControl {
  return { buffer: new SharedArrayBuffer(9 * 4) };
}

/** One side's way into the words. */
export function openFaultControl({ buffer }: FaultControl) {
  const words = new Int32Array(buffer);
  const names: readonly string[] = [...places, ...troubles];
  return {
    /** The `count`-th time that a thread comes to this place it stops there. */
    order(what: Place | Trouble, count: number): void {
      for (const place of [word.hit, word.passed, word.order]) Atomics.store(words, place, 0);
      Atomics.store(words, word.countdown, count);
      Atomics.store(words, word.order, names.indexOf(what) + 1);
    },
    clear(): void {
      Atomics.store(words, word.order, 0);
    },
    /** Whether this is the time that was ordered. */
    isDue(what: Place | Trouble): boolean {
      return Atomics.load(words, word.order) === names.indexOf(what) + 1 && Atomics.sub(words, word.countdown, 1) === 1;
    },
    /** The worker that stopped; undefined while none has. */
    get hit(): number | undefined {
      const worker = Atomics.load(words, word.hit);
      return worker === 0 ? undefined : worker - 1;
    },
    /** Whether a thread is to come to a place, and none has yet. */
    get isAwaited(): boolean {
      return Atomics.load(words, word.order) !== 0 && Atomics.load(words, word.hit) === 0;
    },
    /** A millisecond. */
    pause: (): void => void Atomics.wait(words, word.never, 0, 1),
    noteHit: (worker: number): void => void Atomics.store(words, word.hit, worker + 1),
    /** Whether the worker came past the place alive. */
    get hasPassed(): boolean {
      return Atomics.load(words, word.passed) !== 0;
    },
    notePassed: (): void => void Atomics.store(words, word.passed, 1),
    /** Does not return. */
    waitForTheEnd(): void {
      for (;;) Atomics.wait(words, word.never, 0);
    },
    /** Whether a thread can be set up. */
    get setUpFails(): boolean {
      return Atomics.load(words, word.setUpFails) !== 0;
    },
    set setUpFails(fails: boolean) {
      Atomics.store(words, word.setUpFails, fails ? 1 : 0);
    },
    /** Whether contracts overflow the stack of the thread that asked for the block. */
    get callerOverflows(): boolean {
      return Atomics.load(words, word.callerOverflows) !== 0;
    },
    set callerOverflows(overflows: boolean) {
      Atomics.store(words, word.callerOverflows, overflows ? 1 : 0);
    },
    /** Before a block: so many workers are to have run a transaction in it, and wait for each other then; 0 for no such thing. */
    expectAll(workers: number): void {
      Atomics.store(words, word.met, 0);
      Atomics.store(words, word.expected, workers === 0 ? 0 : 2 ** workers - 1);
    },
    /** A worker is about to say what a transaction wrote, or has said it. */
    meet(worker: number): void {
      const all = Atomics.load(words, word.expected);
      if ((all & (1 << worker)) === 0 || (Atomics.or(words, word.met, 1 << worker) & (1 << worker)) !== 0) return;
      Atomics.notify(words, word.met);
      const end = performance.now() + patience;
      for (let met = 0; met !== all && performance.now() < end;) {
        met = Atomics.load(words, word.met);
        if (met !== all) Atomics.wait(words, word.met, met, 100);
      }
    },
  };
}
