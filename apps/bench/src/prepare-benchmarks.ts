/** `bench prepare`: decoding and checking signatures ahead of a block, on threads, beside the native libraries' bare calls. */
import { createRequire } from "node:module";
import { ethereum } from "@trireme/chain";
import { bigintToBytes, concatBytes, encodeDialectEnvelope, hexToBytes, keccak256, type FormatDescriptor, type Hash } from "@trireme/core";
import { decodeSignedTransaction } from "@trireme/ethereum";
import { createPreparePool, prepareBatch } from "@trireme/scheduler";
import { decodeWire, solana } from "@trireme/svm";
import secp256k1 from "secp256k1";
import { rate, type Benchmark, type Column } from "./measure.ts";
import { createSvmWorkloads } from "./svm-workload.ts";
import { benchChainId, createWorkload } from "./workload.ts";

const transactions = 2000;
const rules = { chainId: BigInt(benchChainId) };

type Work = () => void | Promise<void>;

/** What is used of sodium-native. */
interface Sodium {
  crypto_sign_verify_detached(signature: Uint8Array, message: Uint8Array, publicKey: Uint8Array): boolean;
}

/** Transactions of a dialect, and the library's calls that they cannot do without. */
interface Dialect {
  readonly name: string;
  readonly format: FormatDescriptor;
  readonly raws: readonly Uint8Array[];
  readonly library: string;
  /** One for each transaction; undefined where the library is not installed. */
  readonly bareCheck: ((index: number) => void) | undefined;
}

/** The rows; every pool stays, with threads that wait. */
export async function createPrepareBenchmarks(): Promise<readonly Benchmark[]> {
  const dialects = [await ethereumDialect(), solanaDialect()];
  return [...dialects.flatMap(checkBenchmarks), ...dialects.map(againBenchmark)];
}

/** By the clock, which needs idle cores, and by the processor's time, which other work on the machine leaves alone. */
function checkBenchmarks({ name, format, raws, library, bareCheck }: Dialect): readonly Benchmark[] {
  const local = [format.create()];
  const pooled = (workers: number, worksHere: boolean): Work => {
    const pool = createPreparePool({ formats: [format], rules, workers, worksHere });
    return async () => assertDecoded(await pool.prepare(raws));
  };
  const works: (readonly [name: string, work: Work])[] = [
    ["2 threads", pooled(2, false)],
    ["1 thread", pooled(1, false)],
    ["1 thread and the calling one", pooled(1, true)],
    ["the calling thread alone", () => assertDecoded(prepareBatch(raws, local, rules))],
  ];
  if (bareCheck !== undefined) works.push([`${library} alone, one thread`, () => raws.forEach((_, index) => bareCheck(index))]);
  return [
    {
      name: `${name}, decoded and checked`,
      unit: "transactions/s",
      higherIsBetter: true,
      columns: works.map(([column, work]) => ({ name: column, run: timed(raws.length, work) })),
    },
    {
      name: `${name}, decoded and checked: cost on all threads`,
      unit: "us of processor time",
      higherIsBetter: false,
      columns: works.map(([column, work]) => ({ name: column, run: costOf(raws.length, work) })),
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
  const calls = raws.map((raw) => {
    const { signature, signed } = decodeSignedTransaction(raw);
    const { r, s, yParity } = signature;
    return { bytes: concatBytes(bigintToBytes(r, 32), bigintToBytes(s, 32)), yParity, hash: keccak256(signed) };
  });
  return {
    name: "Ethereum transfer",
    format: ethereum(),
    raws,
    library: "native secp256k1, recovery",
    bareCheck: (index) => {
      const { bytes, yParity, hash } = calls[index] as (typeof calls)[number];
      secp256k1.ecdsaRecover(bytes, yParity, hash, false);
    },
  };
}

function solanaDialect(): Dialect {
  const wires = createSvmWorkloads(new Uint8Array(32).fill(0x42) as Hash)[0]?.wires ?? [];
  const calls = wires.map((bytes) => {
    const decoded = decodeWire(bytes);
    if (decoded.kind === "invalid") throw new Error(decoded.message);
    const { signatures, message, messageBytes } = decoded.wire;
    // Off V8's heap, where native code would have to move them from.
    return [signatures[0], messageBytes, message.staticAccounts[0]].map((part) => outside(part as Uint8Array));
  });
  const sodium = loadSodium();
  return {
    name: "Solana transfer",
    format: solana(),
    raws: wires.map((payload) => encodeDialectEnvelope({ dialect: "solana", payload })),
    library: "sodium-native, ed25519",
    bareCheck:
      sodium === undefined
        ? undefined
        : (index) => {
            const [signature, message, key] = calls[index] as [Uint8Array, Uint8Array, Uint8Array];
            if (!sodium.crypto_sign_verify_detached(signature, message, key)) throw new Error("a signature did not hold");
          },
  };
}

function outside(bytes: Uint8Array): Uint8Array {
  const copy = Buffer.allocUnsafeSlow(bytes.length);
  copy.set(bytes);
  return copy;
}

function loadSodium(): Sodium | undefined {
  try {
    return createRequire(import.meta.url)("sodium-native") as Sodium;
  } catch {
    return undefined;
  }
}

function timed(operations: number, work: Work): Column["run"] {
  return (milliseconds) => rate(milliseconds, operations, () => undefined, work);
}

/** Microseconds of the whole process for each operation. */
function costOf(operations: number, work: Work): Column["run"] {
  return async (milliseconds) => {
    const [start, before] = [performance.now(), process.cpuUsage()];
    let done = 0;
    do {
      await work();
      done += operations;
    } while (performance.now() - start < milliseconds);
    const { user, system } = process.cpuUsage(before);
    return (user + system) / done;
  };
}

function assertDecoded(decoded: readonly { readonly kind: string }[]): void {
  if (decoded.some(({ kind }) => kind !== "decoded")) throw new Error("a transaction did not decode");
}
