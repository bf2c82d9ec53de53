/**
 * Compiling on a thread of its own. The compiler ends its process when it crashes and keeps memory, and the order of functions
 * that its optimiser chooses depends on addresses, that is, on all that was compiled before: a build has a thread to itself,
 * so that the same source gives the same bytes.
 */
import { Worker } from "node:worker_threads";
import { TriremeError } from "@trireme/core";
import type { CompiledContract, CompileOptions, CompileReply, CompileRequest, ContractSource } from "./compile-request.ts";

let last: Promise<unknown> = Promise.resolve();

/** One after the other. @throws (rejects) TriremeError `INVALID_ARGUMENT` for mistakes in the source, `HOST_FAULT` when the compiler crashes */
export function compileOnThread(from: ContractSource, options: CompileOptions): Promise<CompiledContract> {
  const compiled = last.then(() => replyTo({ from, options })).then(contractFrom);
  last = compiled.catch(() => undefined);
  return compiled;
}

function replyTo(request: CompileRequest): Promise<CompileReply> {
  const isSource = import.meta.url.endsWith(".ts");
  return new Promise((done) => {
    const fail = (cause: unknown): void =>
      done({ kind: "failed", message: cause instanceof Error ? cause.message : `its thread ended with code ${String(cause)}` });
    const worker = new Worker(new URL(isSource ? "./compile-worker.mjs" : "./compile-worker.js", import.meta.url), {
      workerData: request,
      execArgv: isSource ? ["--conditions=source"] : [],
    });
    worker.on("message", done);
    worker.on("error", fail);
    worker.on("exit", fail);
  });
}

function contractFrom(reply: CompileReply): CompiledContract {
  if (reply.kind === "compiled") return reply.contract;
  if (reply.kind === "refused") throw new TriremeError("INVALID_ARGUMENT", `the contract does not compile: ${reply.message}`);
  throw new TriremeError("HOST_FAULT", `the contract compiler failed: ${reply.message}`);
}
