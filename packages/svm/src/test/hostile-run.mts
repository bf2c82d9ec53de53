/** One hostile program from stdin in a process of its own: loaded, translated and run with every unit of a transaction; tells what that took. */
import { readFileSync } from "node:fs";
import { createCompiler } from "../compiler/create-compiler.ts";
import { loadProgram } from "../sbpf/load-program.ts";
import type { HostileCost } from "./hostile.mts";

const computeUnits = 1_400_000;
const heapLength = 32_768;
const mebibyte = 1024 * 1024;

const elf = new Uint8Array(readFileSync(0));
let interpreted: string | undefined;
const compiler = createCompiler({ onInterpreted: (reason) => (interpreted = reason) });
const before = process.memoryUsage().rss;
const start = process.cpuUsage();
const laps: number[] = [];
const lap = (): void => {
  const { user, system } = process.cpuUsage(start);
  laps.push((user + system) / 1000);
};

const loaded = loadProgram(elf, { syscalls: new Set() });
lap();
if (loaded.kind === "invalid") throw new Error(loaded.error.message);
const instance = compiler.prepare(loaded.executable, new Map()).acquire(heapLength);
lap();
const { memory, registers } = instance;
const meter = { remaining: computeUnits };
const outcome = instance.run({ memory, registers, meter });
lap();
instance.release();

const [loading = 0, translated = 0, total = 0] = laps;
const cost: HostileCost = {
  load: loading,
  translate: translated - loading,
  run: total - translated,
  mebibytes: Math.max(0, process.resourceUsage().maxRSS * 1024 - before) / mebibyte,
  interpreted,
  end: outcome.kind === "exit" ? "exit" : outcome.fault.kind === "vm" ? outcome.fault.name : outcome.fault.kind,
  units: computeUnits - meter.remaining,
};
console.log(JSON.stringify(cost));
