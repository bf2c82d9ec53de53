/** Many random programs on both engines: with units to spare, and with every number of units up to what they cost. */
import { loadProgram } from "../sbpf/load-program.ts";
import type { Executable, SbpfVersion } from "../sbpf/executable.ts";
import { writeElf } from "../asm/write-elf.ts";
import { comparedSyscalls, createEnginePair } from "./compare-engines.ts";
import { createRandom, randomProgram } from "./random-program.ts";
import { structuredProgram } from "./structured-program.ts";

export interface EngineFuzzReport {
  /** Programs that the verifier accepted and both engines ran. */
  readonly programs: number;
  /** Of those, how many ran with every budget up to their cost, and in how many runs. */
  readonly programsAtEveryBudget: number;
  readonly runsAtEveryBudget: number;
  /** How runs with units to spare ended. */
  readonly ends: Readonly<Record<string, number>>;
  /** The first disagreement, with what makes it come back. */
  readonly violation: string | undefined;
}

const versions: readonly SbpfVersion[] = [0, 1, 2, 3];
const computeUnits = 3000;
/** Programs that cost more are not run with every budget. */
const mostExpensive = 400;

/** The program of a seed; nothing if the loader or the verifier refuses it. Every fifth one is a plain sequence with jumps anywhere. */
export function programOfSeed(seed: number): Executable | undefined {
  const version = versions[seed % versions.length]!;
  const random = createRandom(seed);
  const source = seed % 5 === 0 ? randomProgram(version, random, 5 + random.below(60)) : structuredProgram(version, random);
  const loaded = loadProgram(writeElf(source), { syscalls: comparedSyscalls });
  return loaded.kind === "loaded" ? loaded.executable : undefined;
}

/** Compares until `programs` and `atEveryBudget` are reached, or until the engines disagree. */
export function fuzzEngines(programs: number, atEveryBudget: number, firstSeed: number): EngineFuzzReport {
  const ends: Record<string, number> = {};
  let done = 0;
  let swept = 0;
  let runs = 0;
  const report = (violation?: string): EngineFuzzReport => ({
    programs: done,
    programsAtEveryBudget: swept,
    runsAtEveryBudget: runs,
    ends,
    violation,
  });
  for (let seed = firstSeed; done < programs || swept < atEveryBudget; seed++) {
    const executable = programOfSeed(seed);
    if (executable === undefined) continue;
    const pair = createEnginePair(executable);
    const { difference, kind, consumed } = pair.compare(computeUnits);
    if (difference !== undefined) return report(`seed ${seed}, ${computeUnits} units: ${difference}`);
    if (!pair.isCleared()) return report(`seed ${seed}, ${computeUnits} units: the compiler's memory is not cleared`);
    done++;
    ends[kind] = (ends[kind] ?? 0) + 1;
    if (swept >= atEveryBudget || consumed > mostExpensive) continue;
    swept++;
    for (let units = 0; units <= consumed; units++) {
      runs++;
      const outcome = pair.compare(units);
      if (outcome.difference !== undefined) return report(`seed ${seed}, ${units} units: ${outcome.difference}`);
    }
  }
  return report();
}
