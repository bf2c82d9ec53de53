/** A thread that prepares: makes the chain's formats and takes shares of one batch after the other. */
import { parentPort, workerData } from "node:worker_threads";
import type { FormatDescriptor, TransactionError, TransactionFormat } from "@trireme/core";
import { loadSource } from "../load-source.ts";
import { openBatch } from "./batch-memory.ts";
import { prepareOne } from "./prepare-batch.ts";
import type { PrepareReply, PrepareTask, PrepareThreadSetup } from "./prepare-protocol.ts";

const { formats: sources, rules, owner } = workerData as PrepareThreadSetup;

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
const ready = Promise.all(sources.map(async (source) => (await loadSource<FormatDescriptor>(source)).create()));
parentPort?.on("message", (task: PrepareTask) => {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
  void ready.then((formats) => parentPort?.postMessage(work(formats, task)));
});
