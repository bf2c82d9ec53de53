/** Readings of memory: the process after a collection, its peak while something runs, and the heaps of a pool's threads. */
import { readFileSync } from "node:fs";
import { setTimeout as after } from "node:timers/promises";
import { setFlagsFromString, getHeapStatistics } from "node:v8";
import { runInNewContext } from "node:vm";
import { Worker } from "node:worker_threads";

/** Bytes in a MiB. */
export const mebibyte = 2 ** 20;

// Without a collection before each reading the heap figure says when V8 last felt like one.
setFlagsFromString("--expose-gc");
/** Collects the garbage of the calling thread. */
export const collectGarbage = runInNewContext("gc") as () => void;

/** Words that threads and the main thread share: how often a reading was asked for, and heaps by thread. */
export interface HeapBoard {
  readonly asked: SharedArrayBuffer;
  /** Bytes of a thread's heap and of what it holds outside, by the thread's number; 0 where there is none. */
  readonly heaps: SharedArrayBuffer;
  /** The reading that each answers. */
  readonly answered: SharedArrayBuffer;
}

const mostThreads = 64;

export function createHeapBoard(): HeapBoard {
  return {
    asked: new SharedArrayBuffer(4),
    heaps: new SharedArrayBuffer(mostThreads * 8),
    answered: new SharedArrayBuffer(mostThreads * 4),
  };
}

/** On a thread of a pool: answers, between blocks, whenever a reading is asked for. */
export function answerOn({ asked, heaps, answered }: HeapBoard, worker: number): void {
  const [question, answers, bytes] = [new Int32Array(asked), new Int32Array(answered), new Float64Array(heaps)];
  setInterval(() => {
    const number = Atomics.load(question, 0);
    if (Atomics.load(answers, worker) === number) return;
    collectGarbage();
    const { used_heap_size: used, external_memory: external } = getHeapStatistics();
    bytes[worker] = used + external;
    Atomics.store(answers, worker, number);
  }, 20).unref();
}

/** A reading, in bytes. */
export interface MemoryReading {
  readonly heap: number;
  /** Of every thread of the pool. */
  readonly threads: readonly number[];
  /** Resident bytes of the process, and those of files that are mapped among them: the system takes these back when it needs them. */
  readonly rss: number;
  readonly files: number;
}

/** Collects everywhere and reads; the calling thread is worker 0. @throws RangeError when a thread does not answer */
export async function readMemory({ asked, heaps, answered }: HeapBoard, workers: number): Promise<MemoryReading> {
  const number = Atomics.add(new Int32Array(asked), 0, 1) + 1;
  const answers = new Int32Array(answered).subarray(1, workers);
  for (let waited = 0; !answers.every((answer) => answer === number); waited++) {
    if (waited > 1_000) throw new RangeError(`expected ${answers.length} threads to say how large their heaps are, got ${answers.join()}`);
    await after(20);
  }
  collectGarbage();
  await after(200);
  collectGarbage();
  // The shared memory of a chain lies outside of the heap; external counts array buffers as well.
  const { heapUsed, external, rss } = process.memoryUsage();
  return { heap: heapUsed + external, threads: [...new Float64Array(heaps).subarray(1, workers)], rss, files: mappedFiles() };
}

/** 0 where the system does not say. */
function mappedFiles(): number {
  try {
    return Number(/^RssFile:\s+(\d+) kB$/m.exec(readFileSync("/proc/self/status", "utf8"))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}

/** Resident bytes of the process at most since the last look, every few milliseconds, whatever the calling thread does. */
export interface PeakWatch {
  take(): number;
  stop(): Promise<unknown>;
}

export function watchPeak(): PeakWatch {
  const peak = new Float64Array(new SharedArrayBuffer(8));
  const program = `const { workerData } = require("node:worker_threads");
    const peak = new Float64Array(workerData);
    setInterval(() => { const rss = process.memoryUsage.rss(); if (rss > peak[0]) peak[0] = rss; }, 3);`;
  const worker = new Worker(program, { eval: true, workerData: peak.buffer });
  return {
    take: () => {
      const [bytes = 0] = peak;
      peak[0] = 0;
      return bytes;
    },
    stop: () => worker.terminate(),
  };
}
