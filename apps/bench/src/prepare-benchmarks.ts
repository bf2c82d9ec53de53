/** `bench prepare`: decoding and checking signatures ahead of a block, on threads, beside the libraries' bare calls. */
import { ethereum } from "@trireme/chain";
import { encodeDialectEnvelope, hexToBytes, type FormatDescriptor, type Hash } from "@trireme/core";
import { createPreparePool, prepareBatch } from "@trireme/scheduler";
import { solana } from "@trireme/svm";
import { recoveries, verifications, type BareLibrary } from "./bare-checks.ts";
import { createArrivalBenchmarks } from "./arrival-benchmarks.ts";
import { rate, type Benchmark, type Column } from "./measure.ts";
import { costOf } from "./processor-cost.ts";
import { createSvmWorkloads } from "./svm-workload.ts";
import { benchChainId, createWorkload } from "./workload.ts";

const transactions = 2000;
const rules = { chainId: BigInt(benchChainId) };

type Work = () => void | Promise<void>;

/** Transactions of a dialect, and the libraries whose calls they cannot do without. */
interface Dialect {
  readonly name: string;
  readonly format: FormatDescriptor;
  readonly raws: readonly Uint8Array[];
  readonly libraries: readonly BareLibrary[];
}

/** A column of checks; `work` does `operations` of them. */
interface CheckWork {
  readonly column: string;
  readonly operations: number;
  readonly work: Work;
}

/** The rows; every pool stays, with threads that wait. */
export async function createPrepareBenchmarks(): Promise<readonly Benchmark[]> {
  const dialects = [await ethereumDialect(), solanaDialect()];
  return [...dialects.flatMap(checkBenchmarks), ...dialects.map(againBenchmark), ...(await createArrivalBenchmarks())];
}

/** By the clock, which needs idle cores, and by the processor's time, which other work on the machine leaves alone. */
function checkBenchmarks({ name, format, raws, libraries }: Dialect): readonly Benchmark[] {
  const local = [format.create()];
  const pooled = (workers: number, worksHere: boolean): Work => {
    const pool = createPreparePool({ formats: [format], rules, workers, worksHere });
    return async () => assertDecoded(await pool.prepare(raws));
  };
  const alone = libraries.map(({ name: library, check }): CheckWork => {
    // JavaScript alone takes more than a millisecond for each.
    const some = raws.slice(0, 200);
    return { column: `${library} alone`, operations: some.length, work: () => some.forEach((_, index) => check(index)) };
  });
  const works: readonly CheckWork[] = [
    { column: "2 threads", operations: raws.length, work: pooled(2, false) },
    { column: "1 thread", operations: raws.length, work: pooled(1, false) },
    { column: "1 thread and the calling one", operations: raws.length, work: pooled(1, true) },
    { column: "the calling thread alone", operations: raws.length, work: () => assertDecoded(prepareBatch(raws, local, rules)) },
    ...alone,
  ];
  const together = libraries.flatMap(({ name: library, onThreads }): Column[] =>
    onThreads === undefined ? [] : [{ name: `${library} alone, 2 threads`, run: onThreads(2) }],
  );
  return [
    {
      name: `${name}, decoded and checked`,
      unit: "transactions/s",
      higherIsBetter: true,
      columns: [...works.map(({ column, operations, work }) => ({ name: column, run: timed(operations, work) })), ...together],
    },
    {
      name: `${name}, decoded and checked: cost on all threads`,
      unit: "us of processor time",
      higherIsBetter: false,
      columns: works.map(({ column, operations, work }) => ({ name: column, run: costOf(operations, work) })),
    },
  ];
}

/** What the calling thread does for a transaction that another thread has checked. */
function againBenchmark({ name, format, raws }: Dialect): Benchmark {
  const { decode, decodeKnown } = format.create();
  const decoded = raws.map((raw) => decode(raw, rules));
  const nanoseconds =
    (work: () => void): Column["run"] =>
    async (milliseconds) =>
      1e9 / (await timed(raws.length, work)(milliseconds));
  return {
    name: `${name}, decoded again`,
    unit: "ns",
    higherIsBetter: false,
    columns: [
      {
        name: "sender and hash known",
        run: nanoseconds(() => {
          for (const [index, raw] of raws.entries()) {
            const known = decoded[index];
            if (known?.kind === "decoded") decodeKnown?.(raw, rules, known.transaction.sender, known.transaction.hash);
          }
        }),
      },
      {
        name: "checked",
        run: nanoseconds(() => {
          for (const raw of raws) decode(raw, rules);
        }),
      },
    ],
  };
}

async function ethereumDialect(): Promise<Dialect> {
  const workload = await createWorkload("prepare", 200, transactions);
  const raws = workload.transactions.map((transaction) => hexToBytes(transaction));
  return { name: "Ethereum transfer", format: ethereum(), raws, libraries: recoveries(raws) };
}

function solanaDialect(): Dialect {
  const wires = createSvmWorkloads(new Uint8Array(32).fill(0x42) as Hash)[0]?.wires ?? [];
  return {
    name: "Solana transfer",
    format: solana(),
    raws: wires.map((payload) => encodeDialectEnvelope({ dialect: "solana", payload })),
    libraries: verifications(wires),
  };
}

function timed(operations: number, work: Work): Column["run"] {
  return (milliseconds) => rate(milliseconds, operations, () => undefined, work);
}

function assertDecoded(decoded: readonly { readonly kind: string }[]): void {
  if (decoded.some(({ kind }) => kind !== "decoded")) throw new Error("a transaction did not decode");
}
