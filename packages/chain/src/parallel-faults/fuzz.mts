/** `npx pnpm fuzz terminate`: ends more threads than the test does. Ends with 1 where a block is not what it is serially, or the next one is not parallel. */
import { parseArgs } from "node:util";
import { compileFaults } from "./run-faults.mts";
import type { TerminateReport } from "./play-terminate.mts";

const { values } = parseArgs({ options: { times: { type: "string", default: "1000" }, seed: { type: "string", default: "1" } } });
const [times, seed] = [positive("times"), positive("seed")];
/** Instants of one process and seed. */
const atOnce = 100;

const scenarios = await compileFaults();
const places = new Map<string, { ended: number; givenUp: number }>();
let isWell = true;
try {
  for (let done = 0, next = seed; done < times; done += atOnce, next++) {
    const report = (await scenarios.run("terminate", { times: Math.min(atOnce, times - done), seed: next })) as TerminateReport;
    for (const [place, { ended, givenUp }] of Object.entries(report.places)) {
      const sum = places.get(place) ?? { ended: 0, givenUp: 0 };
      places.set(place, { ended: sum.ended + ended, givenUp: sum.givenUp + givenUp });
    }
    for (const line of [...report.wrong.map((text) => `WRONG: ${text}`), ...report.notParallel.map((text) => `NOT PARALLEL: ${text}`)]) {
      isWell = false;
      console.error(line);
    }
    const { clean, ended, next: after } = report.medians;
    const givenUp = [...places.values()].reduce((sum, place) => sum + place.givenUp, 0);
    console.log(
      `${Math.min(times, done + atOnce)} instants, seeds ${seed} to ${next}, ${givenUp} blocks given up; medians in ms: block ${clean}, with an end in it ${ended}, the next ${after}`,
    );
  }
} finally {
  scenarios.remove();
}
const [ended, givenUpInAll] = (["ended", "givenUp"] as const).map((key) =>
  [...places.values()].reduce((sum, place) => sum + place[key], 0),
);
console.log(`\nthread ended in          instants   blocks given up and run serially`);
for (const [place, sum] of places) console.log(`${place.padEnd(24)} ${String(sum.ended).padStart(8)} ${String(sum.givenUp).padStart(12)}`);
console.log(`${"all".padEnd(24)} ${String(ended).padStart(8)} ${String(givenUpInAll).padStart(12)}`);
console.log(isWell ? "every block right, every next one parallel" : "FAILED");
process.exitCode = isWell ? 0 : 1;

function positive(name: "times" | "seed"): number {
  const value = Number(values[name]);
  if (Number.isSafeInteger(value) && value > 0) return value;
  console.error(`--${name}: expected a positive integer, got ${values[name]}`);
  process.exit(2);
}
