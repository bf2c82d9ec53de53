/** What hostile programs cost at most, each measured in a process of its own. */
import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { writeElf } from "../asm/write-elf.ts";
import { hostileProgram, hostileShapes } from "./hostile-programs.ts";

/** Milliseconds of CPU time, of all threads; memory beyond the process with the ELF in it. */
export interface HostileCost {
  readonly load: number;
  readonly translate: number;
  readonly run: number;
  readonly mebibytes: number;
  /** Why the program is not translated; undefined where it is. */
  readonly interpreted: string | undefined;
  readonly end: string;
  readonly units: number;
}

const lengths = [0x1_0000, 0x8_0000, 0xf_f000, 0x9f_0000];
const mostMilliseconds = 1000;
const mostMebibytes = 64;

/** Measures every shape at several lengths and prints a line for each. Tells how many are beyond a second or 64 MiB. */
export function measureHostilePrograms(seed: number): number {
  let beyond = 0;
  console.log("engine       ELF KiB   load  translate    run ms    MiB  shape");
  for (const length of lengths) {
    for (const shape of hostileShapes) {
      const elf = writeElf(hostileProgram(shape, length, seed));
      const cost = measure(elf);
      const isBeyond = cost.load + cost.translate + cost.run > mostMilliseconds || cost.mebibytes > mostMebibytes;
      if (isBeyond) beyond++;
      const columns = [
        (cost.interpreted === undefined ? "compiler" : "interpreter").padEnd(11),
        (elf.length / 1024).toFixed(0).padStart(8),
        cost.load.toFixed(0).padStart(6),
        cost.translate.toFixed(0).padStart(10),
        cost.run.toFixed(0).padStart(9),
        cost.mebibytes.toFixed(0).padStart(6),
        ` ${shape}: ${cost.end} after ${cost.units}${isBeyond ? " BEYOND" : ""}`,
      ];
      console.log(columns.join(" "));
    }
  }
  return beyond;
}

function measure(elf: Uint8Array): HostileCost {
  const script = fileURLToPath(new URL("hostile-run.mts", import.meta.url));
  const { stdout, stderr, status } = spawnSync(process.execPath, [...process.execArgv, script], { input: elf, encoding: "utf8" });
  if (status !== 0) throw new Error(`a hostile program ended its process with ${status}: ${stderr}`);
  return JSON.parse(stdout) as HostileCost;
}
