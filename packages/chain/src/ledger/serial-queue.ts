/** Runs asynchronous steps one after the other: whatever changes the head goes through one queue. */

/** Each step starts when the one before it has ended, well or not. */
export interface SerialQueue {
  run<T>(step: () => Promise<T> | T): Promise<T>;
  /** Resolves when everything that was asked for so far has ended. */
  idle(): Promise<void>;
}

/** @see SerialQueue */
export function createSerialQueue(): SerialQueue {
  let last: Promise<unknown> = Promise.resolve();
  const settled = (promise: Promise<unknown>): Promise<void> =>
    promise.then(
      () => undefined,
      () => undefined,
    );
  return {
    run: (step) => {
      const result = settled(last).then(step);
      last = result;
      return result;
    },
    idle: () => settled(last),
  };
}
