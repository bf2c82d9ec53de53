/** AssemblyScript to the module that is deployed. */
import { readFileSync } from "node:fs";
import { stripVTControlCharacters } from "node:util";
import type binaryenModule from "binaryen";
import { SourceError } from "../generate/source-error.ts";
import type { CommandLine } from "../generate/syntax-tree.ts";
import type { CompileOptions } from "./compile-request.ts";
import { dataSegments } from "./data-segments.ts";
import { evaluateStart, startExport } from "./evaluate-start.ts";

/** The tools, loaded once per thread. */
export interface Toolchain {
  readonly asc: CommandLine;
  readonly binaryen: typeof binaryenModule;
}

const sdkFolder = new URL("../../assembly/", import.meta.url);
const sdkFile = /(?:^|\/)node_modules\/@trireme\/contract-as\/(.+\.ts)$/;
const keptExports: ReadonlySet<string> = new Set(["memory", "user_entrypoint"]);

/** Compiles, runs the initialisers at build time, and strips. `files` are paths without ".ts"; the first is the entry. */
export async function compileModule(
  toolchain: Toolchain,
  files: ReadonlyMap<string, string>,
  options: CompileOptions,
): Promise<Uint8Array> {
  return finish(toolchain.binaryen, await compile(toolchain.asc, files, options), options);
}

async function compile(asc: CommandLine, files: ReadonlyMap<string, string>, options: CompileOptions): Promise<Uint8Array> {
  const [entry] = files.keys();
  let binary: Uint8Array | undefined;
  const { error, stderr } = await asc.main([`${entry}.ts`, ...compilerFlags(options)], {
    readFile: (name) => textOf(files, name),
    writeFile: (_name, contents) => {
      if (typeof contents !== "string") binary = contents;
    },
    listFiles: () => [],
  });
  if (error !== null || binary === undefined) {
    // Where the environment asks for colours the compiler writes them, whoever reads.
    const told = stripVTControlCharacters(stderr.toString()).trim();
    throw new SourceError(told === "" ? (error?.message ?? "no output") : told);
  }
  return binary;
}

function compilerFlags({ optimizeFor, pages, maximumPages }: CompileOptions): string[] {
  const flags = {
    runtime: "stub",
    // abort becomes unreachable: a Failure without data.
    use: "abort=",
    // "Only variables, functions and enums become exports": the contract's class is one of the source only.
    disableWarning: "235",
    exportStart: startExport,
    initialMemory: pages,
    maximumMemory: maximumPages,
    outFile: "module.wasm",
  };
  return [optimizeFor === "size" ? "-Oz" : "-O3", ...Object.entries(flags).flatMap(([name, value]) => [`--${name}`, `${value}`])];
}

function textOf(files: ReadonlyMap<string, string>, name: string): string | null {
  const sdk = sdkFile.exec(name.replaceAll("\\", "/"))?.[1];
  if (sdk === undefined) return files.get(name.replace(/\.ts$/, "")) ?? null;
  try {
    return readFileSync(new URL(sdk, sdkFolder), "utf8");
  } catch {
    return null;
  }
}

/** Runs the initialisers, drops the exports that nobody calls and what only they need, and optimises the rest. */
function finish(binaryen: Toolchain["binaryen"], wasm: Uint8Array, options: CompileOptions): Uint8Array {
  const module = binaryen.readBinary(wasm);
  try {
    const { Features } = binaryen;
    module.setFeatures(Features.BulkMemoryOpt | Features.SignExt | Features.MutableGlobals | Features.NontrappingFPToInt);
    const data = evaluateStart(binaryen, module, options);
    for (let index = module.getNumExports() - 1; index >= 0; index--) {
      const { name } = binaryen.getExportInfo(module.getExportByIndex(index));
      if (!keptExports.has(name)) module.removeExport(name);
    }
    binaryen.setOptimizeLevel(options.optimizeFor === "size" ? 2 : 3);
    binaryen.setShrinkLevel(options.optimizeFor === "size" ? 2 : 0);
    module.optimize();
    const float = /\bf(?:32|64)\.\w+/.exec(module.emitText())?.[0];
    if (float !== undefined) throw new SourceError(`floating point (${float}) does not run on chain`);
    const segments = dataSegments(data).map(({ start, end }) => ({
      offset: module.i32.const(start),
      data: data.slice(start, end),
      passive: false,
    }));
    module.removeExport("memory");
    module.setMemory(options.pages, options.maximumPages, "memory", segments);
    return module.emitBinary();
  } finally {
    module.dispose();
  }
}
