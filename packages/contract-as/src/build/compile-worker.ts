/** The thread of one compilation. */
import { parentPort, workerData } from "node:worker_threads";
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

async function answer({ from, options }: CompileRequest): Promise<CompileReply> {
  try {
    const { name, files, abi, storageLayout } = generateModule(readSources(frontend, from), options.maximumPages > options.pages);
    const wasm = await compileModule(toolchain, files, options);
    return { kind: "compiled", contract: { name, wasm, abi, storageLayout } };
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { kind: error instanceof SourceError ? "refused" : "failed", message };
  }
}

// oxlint-disable-next-line unicorn/require-post-message-target-origin -- the port of a thread has no origin
parentPort?.postMessage(await answer(workerData as CompileRequest));
