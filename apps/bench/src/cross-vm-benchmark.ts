/** `npx pnpm bench cross-vm`: what a call to an empty contract costs in each direction, beside a call inside one VM. */
import { createJournal, type WorldState } from "@trireme/state";
import { callsBetween, createCrossVmWorld, type RunCalls, type Vm } from "./cross-vm-world.ts";
import { type Benchmark, type Figures, type Measurement } from "./measure.ts";

const vms: readonly Vm[] = ["EVM", "WASM", "SVM"];
const accountCounts = [1, 4, 16] as const;
/** Calls of one frame: the log lines of so many programs still fit into one transaction, and Solana's 64 instructions. */
const calls = 40;
/** Frames in a row, with calls and without. */
const frames = 10;

/** All directions as columns of one row, so that their runs are interleaved. */
export async function createCrossVmBenchmark(filter = ""): Promise<Benchmark> {
  const world = await createCrossVmWorld();
  const columns = vms.flatMap((from) =>
    vms.flatMap((to) =>
      accountCountsOf(from, to).map((accounts) => {
        const run = callsBetween(from, to, accounts);
        return { name: nameOf(from, to, accounts), run: (milliseconds: number) => callRate(milliseconds, world, run) };
      }),
    ),
  );
  const chosen = columns.filter(({ name }) => name.includes(filter));
  return { name: "calls to an empty contract", unit: "calls/s of processor time", higherIsBetter: true, columns: chosen };
}

/** One line per direction and number of accounts: calls/s, and how many times the cheaper call inside one VM it costs. */
export function printDirections({ columns }: Measurement): void {
  const figuresOf = (from: Vm, to: Vm, accounts: number): Figures | undefined =>
    columns.find(({ name }) => name === nameOf(from, to, from === "SVM" || to === "SVM" ? accounts : 1));
  console.log(`\n${"direction".padEnd(14)} ${"accounts".padEnd(8)} ${"calls/s".padStart(10)}  cost against the cheaper call inside one VM`);
  for (const from of vms) {
    for (const to of vms) {
      for (const accounts of accountCountsOf(from, to)) {
        const own = figuresOf(from, to, accounts);
        const [left, right] = [figuresOf(from, from, accounts), figuresOf(to, to, accounts)];
        if (own === undefined) continue;
        const shown = from === to || left === undefined || right === undefined ? "" : against(own, from, left, to, right);
        const count = accountCountsOf(from, to).length === 1 ? "any" : String(accounts);
        console.log(
          `${`${from} -> ${to}`.padEnd(14)} ${count.padEnd(8)} ${Math.round(own.median).toLocaleString("en-US").padStart(10)}  ${shown}`,
        );
      }
    }
  }
}

function against(own: Figures, from: Vm, left: Figures, to: Vm, right: Figures): string {
  const [cheaper, median] = left.median >= right.median ? [from, left.median] : [to, right.median];
  const ratio = median / own.median;
  const aim = from === "SVM" || to === "SVM" ? 5 : 3;
  return `${ratio.toFixed(2)}x ${cheaper} -> ${cheaper}; aim ${aim}x: ${ratio <= aim ? "reached" : "not reached"}`;
}

/** Accounts matter where the SVM is a party. */
function accountCountsOf(from: Vm, to: Vm): readonly number[] {
  return from === "SVM" || to === "SVM" ? accountCounts : [1];
}

function nameOf(from: Vm, to: Vm, accounts: number): string {
  const counted = accountCountsOf(from, to).length === 1 ? "" : `, ${accounts} accounts`;
  return `${from} -> ${to}${counted}`;
}

/**
 * Calls per second of the processor's time, all threads of the process counted: a clock on the wall measures the machine's
 * other work. What frames without calls take is subtracted.
 */
function callRate(milliseconds: number, world: WorldState, run: RunCalls): number {
  let [busy, idle, done] = [0, 0, 0];
  do {
    const journal = createJournal(world.reader);
    busy += processorTime(() => repeat(() => run(journal, calls)));
    idle += processorTime(() => repeat(() => run(journal, 0)));
    done += frames * calls;
  } while (busy + idle < 1000 * milliseconds);
  return (1_000_000 * done) / (busy - idle);
}

function repeat(frame: () => void): void {
  for (let index = 0; index < frames; index++) frame();
}

/** Microseconds. */
function processorTime(work: () => void): number {
  const before = process.cpuUsage();
  work();
  const { user, system } = process.cpuUsage(before);
  return user + system;
}
