/** Runs asynchronous steps one after the other: whatever changes the head goes through one queue. */

/** Each step starts when the one before it has ended, well or not. */
export interface SerialQueue {
  /** The step begins when nothing is on its way any more. */
  run<T>(step: () => Promise<T> | T): Promise<T>;
  /** The step may begin while what steps before it left is still on its way: the next block. */
  overlap<T>(step: () => Promise<T> | T): Promise<T>;
  /** Whether the next step in the queue is one that overlaps. */
  readonly isOverlapNext: boolean;
  /** Resolves when everything that was asked for so far has ended and nothing is on its way. */
  idle(): Promise<void>;
}

/** An empty queue. `settle` resolves when nothing is on its way; it does not reject. */
export function createSerialQueue(settle: () => Promise<void> = async () => {}): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  /** Of the steps that have not begun, in their order: whether each overlaps. */
  const waiting: boolean[] = [];
  const ended = (promise: Promise<unknown>): Promise<void> =>
    promise.then(
      () => undefined,
      () => undefined,
    );
  const queue = <T>(overlaps: boolean, step: () => Promise<T> | T): Promise<T> => {
    waiting.push(overlaps);
    const result = ended(last).then(async () => {
      waiting.shift();
      if (!overlaps) await settle();
      return step();
    });
    last = result;
    return result;
  };
  return {
    run: (step) => queue(false, step),
    overlap: (step) => queue(true, step),
    get isOverlapNext() {
      return waiting[0] === true;
    },
    idle: () => ended(last).then(settle),
  };
}
