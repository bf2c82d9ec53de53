/** Reads the transactions that arrive. Those that arrive together are one batch, for all threads that prepare. */
import { setImmediate as turn } from "node:timers/promises";
import { emptyBytes, type Decoded } from "@trireme/core";
import type { PreparePool } from "@trireme/scheduler";
import type { Admission } from "./admission.ts";

/** Fewer are read on the calling thread: what a batch takes is the time of some checks. */
const leastShared = 8;
/** Bounds of a batch, and so of the shared memory that it takes and of the time that those behind it wait. */
const largestBatch = { transactions: 1024, bytes: 4 * 2 ** 20 } as const;
/** Whoever arrives while more bytes than this wait is read at once on the calling thread, which lets nobody else in meanwhile. */
const mostWaitingBytes = 16 * 2 ** 20;
/** Bytes that one that waits takes beside its own, about. */
const bytesBeside = 512;
/** Transactions handed on before others get a turn on the calling thread. */
const handedPerTurn = 128;

/** @see createIntake */
export interface Intake {
  /**
   * What `Admission.decode` gives, in the order of arrival. At once where nothing else arrives or waits; else once the batch
   * is read. `raw` is copied where it has to wait. @throws (or rejects with) what a format throws
   */
  decode(raw: Uint8Array): Decoded | Promise<Decoded>;
  /** Reads what is about to arrive, one after the other. What comes back is to be called when it has: the rest is forgotten then. */
  readAhead(raws: readonly Uint8Array[]): () => void;
  /** Resolves when all that arrived is read, and ends the threads. What arrives later is read on the calling thread. */
  close(): Promise<void>;
}

interface Arrival {
  readonly raw: Uint8Array;
  decoded: Decoded | undefined;
  readonly resolve: (decoded: Decoded) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes the intake of a chain; the pool is its own from then on. */
export function createIntake(admission: Admission, pool: PreparePool): Intake {
  const waiting: Arrival[] = [];
  /** Of transactions that have not arrived yet, by their bytes. */
  const ahead = new Map<string, Promise<Decoded>>();
  let waitingBytes = 0;
  let [isClosed, isBusy] = [false, false];
  let working: Promise<void> = Promise.resolve();

  const takeBatch = (): readonly Arrival[] => {
    let [count, bytes] = [0, 0];
    while (count < Math.min(waiting.length, largestBatch.transactions)) {
      bytes += (waiting[count] as Arrival).raw.length;
      if (bytes > largestBatch.bytes && count > 0) break;
      count++;
    }
    const batch = waiting.splice(0, count);
    for (const { raw } of batch) waitingBytes -= raw.length + bytesBeside;
    return batch;
  };

  const readBatch = async (): Promise<readonly Arrival[]> => {
    const batch = takeBatch();
    const unread = batch.filter(({ decoded }) => decoded === undefined);
    if (unread.length < leastShared || isClosed) return batch;
    try {
      const results = await pool.prepare(unread.map(({ raw }) => raw));
      for (const [index, arrival] of unread.entries()) arrival.decoded = results[index];
    } catch {
      // A fault of a format: each is read again by itself, and the fault goes to the one that it is of.
    }
    return batch;
  };

  const handOn = async (batch: readonly Arrival[]): Promise<void> => {
    for (const [index, { raw, decoded, resolve, reject }] of batch.entries()) {
      try {
        resolve(decoded ?? admission.decode(raw));
      } catch (error) {
        reject(error);
      }
      if ((index + 1) % handedPerTurn === 0) await turn();
    }
  };

  const work = async (): Promise<void> => {
    // Whoever arrives in this turn of the event loop is of one batch.
    await turn();
    let reading = waiting.length > 0 ? readBatch() : undefined;
    while (reading !== undefined) {
      const batch = await reading;
      // The threads go on while the calling one admits what they have read.
      reading = waiting.length > 0 ? readBatch() : undefined;
      await handOn(batch);
      if (waiting.length > 0) reading ??= readBatch();
    }
    isBusy = false;
  };

  const isFull = (): boolean => waitingBytes > mostWaitingBytes;
  /** Those that were read already wait for their turn without their bytes. */
  const wait = (given: Uint8Array, decoded?: Decoded): Promise<Decoded> =>
    new Promise((resolve, reject) => {
      const raw = decoded === undefined ? new Uint8Array(given) : emptyBytes;
      waiting.push({ raw, decoded, resolve, reject });
      waitingBytes += raw.length + bytesBeside;
    });
  const start = (): void => {
    isBusy = true;
    working = work();
  };

  return {
    decode(raw) {
      const name = ahead.size === 0 ? "" : nameOf(raw);
      const known = ahead.get(name);
      if (known !== undefined) {
        ahead.delete(name);
        return known;
      }
      if (!isBusy) {
        start();
        return admission.decode(raw);
      }
      const error = admission.refuse(raw);
      if (error !== undefined) return wait(raw, { kind: "invalid", error });
      return isFull() ? wait(raw, admission.decode(raw)) : wait(raw);
    },
    readAhead(raws) {
      const names: string[] = [];
      for (const raw of raws) {
        const name = nameOf(raw);
        if (ahead.has(name) || isFull() || admission.refuse(raw) !== undefined) continue;
        const reading = wait(raw);
        // A fault is told to whoever submits it, if anybody does.
        reading.catch(() => undefined);
        ahead.set(name, reading);
        names.push(name);
      }
      if (!isBusy && names.length > 0) start();
      return () => {
        for (const name of names) ahead.delete(name);
      };
    },
    async close() {
      isClosed = true;
      await working;
      await pool.close();
    },
  };
}

function nameOf(raw: Uint8Array): string {
  return Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("latin1");
}
