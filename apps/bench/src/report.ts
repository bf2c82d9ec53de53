/** Benchmark results as a table for people and as JSON for machines. */
import { writeFileSync } from "node:fs";
import { arch, cpus, platform } from "node:os";
import type { Measurement } from "./measure.ts";

function figure(value: number): string {
  if (!Number.isFinite(value)) return "-";
  if (value >= 100) return Math.round(value).toLocaleString("en-US");
  return value.toPrecision(3);
}

/** One line per column, medians with their spread, ratios of ours to each peer unless they mean nothing. */
export function printMeasurement(measurement: Measurement, showsRatios = true): void {
  console.log(`\n${measurement.name} (${measurement.unit})`);
  for (const { name, median, minimum, maximum } of measurement.columns) {
    const ratio = measurement.ratios.find(({ peer }) => peer === name)?.ratio;
    const against = ratio === undefined || !showsRatios ? "" : `  ours is ${ratio.toFixed(2)}x`;
    console.log(`  ${name.padEnd(44)} ${figure(median).padStart(12)}  [${figure(minimum)} .. ${figure(maximum)}]${against}`);
  }
  const first = measurement.ratios[0];
  if (measurement.aim !== undefined && first !== undefined) {
    console.log(
      `  aim ${measurement.aim}x against ${first.peer}: ${first.ratio >= measurement.aim ? "reached" : "not reached"} (${first.ratio.toFixed(2)}x)`,
    );
  }
}

/** Writes everything, with the machine it was measured on. */
export function writeJson(path: string, rounds: number, measurements: readonly Measurement[]): void {
  const machine = { node: process.version, platform: platform(), arch: arch(), cores: cpus().length, cpu: cpus()[0]?.model ?? "" };
  writeFileSync(path, `${JSON.stringify({ date: new Date().toISOString(), machine, rounds, measurements }, null, 2)}\n`);
}
