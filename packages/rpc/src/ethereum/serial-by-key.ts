/** Runs what has the same key one after the other, and the rest side by side. */

/** @see createSerialByKey */
export interface SerialByKey {
  /** Runs an action once those of the same key before it are over, however they ended. */
  run<T>(key: string, action: () => Promise<T>): Promise<T>;
}

/** Makes one; a key that nothing runs for takes no memory. */
export function createSerialByKey(): SerialByKey {
  const last = new Map<string, Promise<unknown>>();
  return {
    run(key, action) {
      const result = (last.get(key) ?? Promise.resolve()).then(action);
      const settled = result.then(
        () => undefined,
        () => undefined,
      );
      last.set(key, settled);
      void settled.then(() => {
        if (last.get(key) === settled) last.delete(key);
      });
      return result;
    },
  };
}
