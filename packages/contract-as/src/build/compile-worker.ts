/** The thread that compiles: the compiler ends its process when it crashes, and keeps memory. */
import { parentPort } from "node:worker_threads";
import type binaryenModule from "binaryen";
import { generateModule } from "../generate/generate-module.ts";
import { SourceError } from "../generate/source-error.ts";
import type { CommandLine, Frontend } from "../generate/syntax-tree.ts";
import { compileModule, type Toolchain } from "./compile-module.ts";
import type { CompileReply, CompileRequest } from "./compile-request.ts";
import { readSources } from "./read-sources.ts";

// The specifiers are resolved first because the compiler's own types must not be read: see syntax-tree.ts.
const frontend = (await import(import.meta.resolve("assemblyscript"))) as Frontend;
const toolchain: Toolchain = {
  asc: (await import(import.meta.resolve("assemblyscript/asc"))) as CommandLine,
  binaryen: ((await import(import.meta.resolve("binaryen"))) as { readonly default: typeof binaryenModule }).default,
};

async function answer({ id, from, options }: CompileRequest): Promise<CompileReply> {
  try {
    const { name, files, abi, storageLayout } = generateModule(readSources(frontend, from), options.maximumPages > options.pages);
    const wasm = await compileModule(toolchain, files, options);
    return { id, kind: "compiled", contract: { name, wasm, abi, storageLayout } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { id, kind: error instanceof SourceError ? "refused" : "failed", message };
  }
}

// One after the other: the compiler's modules are global to the thread.
let last: Promise<void> = Promise.resolve();
parentPort?.on("message", (request: CompileRequest) => {
  last = last.then(async () => {
    const reply = await answer(request);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
    parentPort?.postMessage(reply);
  });
});
