/** The compiling thread as seen from the outside: started by the first compilation, shared by all. */
import { Worker } from "node:worker_threads";
import { TriremeError } from "@trireme/core";
import type { CompiledContract, CompileOptions, CompileReply, CompileRequest, ContractSource } from "./compile-request.ts";

interface Waiting {
  done(contract: CompiledContract): void;
  failed(error: TriremeError): void;
}

const waiting = new Map<number, Waiting>();
let worker: Worker | undefined;
let lastId = 0;

/** @throws (rejects) TriremeError `INVALID_ARGUMENT` for mistakes in the source, `HOST_FAULT` when the compiler crashes */
export function compileOnThread(from: ContractSource, options: CompileOptions): Promise<CompiledContract> {
  const request: CompileRequest = { id: ++lastId, from, options };
  return new Promise((done, failed) => {
    waiting.set(request.id, { done, failed });
    const thread = (worker ??= start());
    thread.ref();
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin
    thread.postMessage(request);
  });
}

function start(): Worker {
  const isSource = import.meta.url.endsWith(".ts");
  const started = new Worker(
    new URL(isSource ? "./compile-worker.mjs" : "./compile-worker.js", import.meta.url),
    isSource ? { execArgv: ["--conditions=source"] } : {},
  );
  const fail = (cause: unknown): void => {
    if (worker !== started) return;
    worker = undefined;
    const text = cause instanceof Error ? cause.message : String(cause);
    for (const { failed } of waiting.values()) failed(new TriremeError("HOST_FAULT", `the contract compiler ended: ${text}`, { cause }));
    waiting.clear();
  };
  started.on("message", (reply: CompileReply) => {
    settle(reply);
    // An idle thread does not keep the process alive.
    if (waiting.size === 0) started.unref();
  });
  started.on("error", fail);
  started.on("exit", (code) => fail(`exit code ${code}`));
  return started;
}

function settle(reply: CompileReply): void {
  const request = waiting.get(reply.id);
  waiting.delete(reply.id);
  if (reply.kind === "compiled") request?.done(reply.contract);
  else if (reply.kind === "refused")
    request?.failed(new TriremeError("INVALID_ARGUMENT", `the contract does not compile: ${reply.message}`));
  else request?.failed(new TriremeError("HOST_FAULT", `the contract compiler failed: ${reply.message}`));
}
