/** What work costs on all threads together: other work on the machine leaves it alone. */
import type { Column } from "./measure.ts";

/** Microseconds of the whole process for each of the operations that `work` does. */
export function costOf(operations: number, work: () => void | Promise<void>): Column["run"] {
  return async (milliseconds) => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    let done = 0;
    do {
      await work();
      done += operations;
    } while (performance.now() - start < milliseconds);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / done;
  };
}
