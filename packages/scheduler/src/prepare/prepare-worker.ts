/** A thread that prepares: makes the chain's formats and takes shares of one batch after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { EnvironmentSource, FormatDescriptor, TransactionError, TransactionFormat } from "@trireme/core";
import { openBatch } from "./batch-memory.ts";
import { prepareOne } from "./prepare-batch.ts";
import type { PrepareReply, PrepareTask, PrepareThreadSetup } from "./prepare-protocol.ts";

const { formats: sources, rules, owner } = workerData as PrepareThreadSetup;

async function load({ module, name, options }: EnvironmentSource): Promise<TransactionFormat> {
  const exports = (await import(module)) as Readonly<Record<string, unknown>>;
  const make = exports[name];
  if (typeof make !== "function") throw new TypeError(`expected ${module} to export a function ${name}, got ${typeof make}`);
  return (make as (given: unknown) => FormatDescriptor)(options).create();
}

function work(formats: readonly TransactionFormat[], task: PrepareTask): PrepareReply {
  const batch = openBatch(task);
  const errors: [number, TransactionError][] = [];
  for (;;) {
    const share = batch.claim(owner);
    if (share === undefined) return { id: task.id, errors };
    for (let index = share.first; index < share.end; index++) {
      const decoded = prepareOne(batch.raw(index), formats, rules);
      if (decoded.kind === "invalid") {
        errors.push([index, decoded.error]);
        continue;
      }
      const format = formats.findIndex((candidate) => candidate.recognizes(decoded.transaction.raw));
      batch.note(index, format, decoded.transaction);
    }
  }
}

// A failure, here or in the set-up, ends the thread, which the other side sees.
const ready = Promise.all(sources.map(load));
parentPort?.on("message", (task: PrepareTask) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
  void ready.then((formats) => parentPort?.postMessage(work(formats, task)));
});
