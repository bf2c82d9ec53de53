/** `bench stack`: how many programs with all of their stack nest on threads of several stack sizes. */
import { Worker } from "node:worker_threads";
import { instrument, parseModule, wasmRules } from "@trireme/wasm";
import { compileAssembly } from "./compile-assembly.mjs";
import { programWords, stackPrograms } from "./stack-programs.ts";
import type { StackFigures, StackTask } from "./stack-worker.ts";

/** MiB: about a main thread's, a worker's as Node makes it, and larger ones; the chain's own thread has 256. */
const sizes: readonly number[] = [1, 4, 16, 64, 256];
/** As many as the gas of one frame reaches; and how many programs nest at most, because each needs a page of memory to call. */
const [mostAlone, mostInTurn] = [900, 128];

/** Measures, and prints a line for each size. V8's first compiler has the larger frames. */
export async function printStackTable(): Promise<void> {
  const programs = [];
  for (const { name, source } of stackPrograms) {
    const wasm = await compileAssembly(source, "-O0");
    const { recursions, words, frame } = fill(wasm);
    const share = `${words.toLocaleString("en-US")} of ${programWords.toLocaleString("en-US")} words`;
    console.log(`${name}: frames of ${frame} words, ${share} in each program`);
    programs.push({ wasm, recursions });
  }
  console.log(`\nprograms that nest: alone, up to ${mostAlone}; in turn with contracts of the EVM, up to ${mostInTurn}`);
  console.log(["stack".padEnd(20), ...stackPrograms.map(({ name }) => name.padStart(26))].join(""));
  let largest = 0;
  for (const compiler of ["liftoff", "turbofan"] as const) {
    for (const size of sizes) {
      const figures = await measureOn(size, { programs, mostAlone, mostInTurn, compiler });
      for (const [alone] of figures) if (alone > 30 && alone < mostAlone) largest = Math.max(largest, (size * 1024) / alone);
      console.log([`${size} MiB, ${compiler}`.padEnd(20), ...figures.map((pair) => pair.join("; ").padStart(26))].join(""));
    }
  }
  const need = (frames: number): string => `${frames.toLocaleString("en-US")} need ${Math.ceil((frames * largest) / 1024)} MiB`;
  console.log(`a program takes at most ${Math.ceil(largest)} KiB: ${need(mostInTurn)}, ${need(1024)}`);
}

/** How deep the largest function recurses before the program's words are used up. */
function fill(wasm: Uint8Array): { readonly recursions: number; readonly words: number; readonly frame: number } {
  const parsed = parseModule(wasm, wasmRules(60));
  if (parsed.kind === "invalid") throw new Error(parsed.fault.message);
  const result = instrument(parsed.module, { isDebug: false });
  if (result.kind === "invalid") throw new Error(result.fault.message);
  const frame = Math.max(...result.frames);
  const others = result.frames.reduce((sum, words) => sum + words, 0) - frame;
  // The checker wants more words left than a frame takes.
  const frames = Math.floor((programWords - 1 - others) / frame);
  return { recursions: frames - 1, words: others + frames * frame, frame };
}

function measureOn(stackSizeMb: number, workerData: StackTask): Promise<StackFigures> {
  return new Promise((done, failed) => {
    const worker = new Worker(new URL("./stack-worker.mjs", import.meta.url), {
      workerData,
      resourceLimits: { stackSizeMb },
      execArgv: ["--conditions=source"],
    });
    worker.once("message", done);
    worker.once("error", failed);
  });
}
