/** Whole Solana transactions, ours (format, host, SVM, one thread) and litesvm, with and without signature checks; writes to a large account. */
import { encodeDialectEnvelope, pubkeyFromBase58, systemProgram, toAddress, weiPerLamport, type Hash, type Pubkey } from "@trireme/core";
import { createHostExecutor, type HostExecutor } from "@trireme/host";
import { createJournal, createMemoryDatabase, createWorldState, type Journal, type WorldState } from "@trireme/state";
import { createSolanaFormat, createSvm, decodeSolanaTransaction } from "@trireme/svm";
import { splPrograms } from "@trireme/svm-programs";
import internal from "litesvm/dist/internal.js";
import { rate, type Benchmark, type Column } from "./measure.ts";
import { benchBlock } from "./ours.ts";
import { createSvmWorkloads, type SvmWorkload, type WorkloadAccount } from "./svm-workload.ts";

const format = createSolanaFormat();
const blockhash = new Uint8Array(32).fill(0x42) as Hash;
const execution = { getBlockHash: () => blockhash };
/** A transaction goes through more code than a loop does: V8 takes longer to compile it. */
const patience = 4;
const room = { gasLeft: benchBlock.gasLimit, blobGasLeft: 0n };

/** The rows. */
export function createSvmTransactionBenchmarks(): readonly Benchmark[] {
  const executor = createHostExecutor({ environments: [createSvm({ programs: splPrograms() })], formats: [format] });
  const rows = createSvmWorkloads(blockhash).flatMap((workload) =>
    [true, false].map((verifies): Benchmark => {
      const world = createWorld(executor, workload.accounts);
      return {
        name: `${workload.name}, signatures ${verifies ? "checked" : "not checked"}`,
        unit: "transactions/s of processor time",
        higherIsBetter: true,
        aim: 1,
        columns: [ourColumn(executor, world, workload, verifies), peerColumn(workload, verifies)],
      };
    }),
  );
  return [...rows, ...largeAccountBenchmarks()];
}

function createWorld(executor: HostExecutor, accounts: readonly WorkloadAccount[]): WorldState {
  const world = createWorldState({ database: createMemoryDatabase() });
  const journal = createJournal(world.reader);
  executor.runHooks("writeGenesis", journal, { ...benchBlock, number: 0n }, execution);
  for (const account of accounts) writeAccount(journal, account);
  const { diff, undo } = journal.takeDiff();
  world.apply(0n, diff, undo);
  return world;
}

function writeAccount(journal: Journal, { key, owner, lamports, data }: WorkloadAccount): void {
  const address = toAddress(key);
  journal.setBalance(address, lamports * weiPerLamport);
  if (Buffer.compare(owner, systemProgram) === 0) return;
  journal.setSvmRecord(address, { pubkey: key, owner, executable: false, dataLength: data.length });
  journal.writeAccountData(address, 0, data);
}

function ourColumn(executor: HostExecutor, world: WorldState, { wires }: SvmWorkload, verifiesSignatures: boolean): Column {
  const raws = wires.map((payload) => encodeDialectEnvelope({ dialect: "solana", payload }));
  const open = (): Journal => {
    const journal = createJournal(world.reader);
    executor.runHooks("beginBlock", journal, benchBlock, execution);
    return journal;
  };
  const run = (journal: Journal): void => {
    for (const raw of raws) {
      const decoded = decodeSolanaTransaction(raw, { verifiesSignatures });
      if (decoded.kind === "invalid") throw new Error(`our transaction is invalid: ${decoded.error.message}`);
      const outcome = executor.executeTransaction(decoded.transaction, journal, benchBlock, room, execution);
      if (outcome.kind !== "executed" || !outcome.succeeded) throw new Error(`our transaction failed: ${JSON.stringify(outcome.kind)}`);
    }
  };
  return { name: "trireme, one thread", run: (milliseconds) => cpuRate(patience * milliseconds, raws.length, open, run) };
}

function peerColumn({ wires, accounts }: SvmWorkload, verifiesSignatures: boolean): Column {
  const svm = new internal.LiteSvm();
  svm.setSigverify(verifiesSignatures);
  svm.setBlockhashCheck(false);
  svm.setTransactionHistory(0n);
  const open = (): void => {
    for (const { key, owner, lamports, data } of accounts) {
      svm.setAccount(key, new internal.Account(lamports, data, owner, false, 2n ** 64n - 1n));
    }
  };
  const run = (): void => {
    for (const wire of wires) {
      const outcome = svm.sendLegacyTransaction(wire);
      if ("err" in outcome) throw new Error(outcome.meta().logs().join("\n"));
    }
  };
  return { name: "litesvm", run: (milliseconds) => cpuRate(patience * milliseconds, wires.length, open, run) };
}

/** As `rate`, by the processor's time, all threads of the process counted: a clock on the wall measures the machine's other work. */
function cpuRate<T>(milliseconds: number, operations: number, prepare: () => T, work: (prepared: T) => void): number {
  let microseconds = 0;
  let done = 0;
  do {
    const prepared = prepare();
    const before = process.cpuUsage();
    work(prepared);
    const { user, system } = process.cpuUsage(before);
    microseconds += user + system;
    done += operations;
  } while (microseconds < 1000 * milliseconds);
  return (done * 1_000_000) / microseconds;
}

const mebibyte = 1024 * 1024;

/** One byte written to an account, journal, diff and root together: the cost must not depend on the account's size. */
function largeAccountBenchmarks(): readonly Benchmark[] {
  const column = (size: number): Column => {
    const key = pubkeyFromBase58("TokenkegQfeZyiNwAJbNbGKPFXCWuBvf9Ss623VQ5DA");
    const world = createWorldState({ database: createMemoryDatabase() });
    const journal = createJournal(world.reader);
    writeAccount(journal, { key, owner: key as Pubkey, lamports: 10n ** 12n, data: new Uint8Array(size).fill(7) });
    const { diff, undo } = journal.takeDiff();
    world.apply(0n, diff, undo);
    const address = toAddress(key);
    let count = 0;
    const write = (): void => {
      const each = createJournal(world.reader);
      each.beginTransaction();
      each.writeAccountData(address, size >> 1, Uint8Array.of(++count));
      each.endTransaction();
      world.preview(each.takeDiff().diff);
    };
    return {
      name: size >= mebibyte ? `account of ${size / mebibyte} MiB` : `account of ${size / 1024} KiB`,
      run: (milliseconds) =>
        rate(
          milliseconds,
          20,
          () => {},
          () => {
            for (let index = 0; index < 20; index++) write();
          },
        ),
    };
  };
  return [
    {
      name: "one byte of an account's data, written, with the state root",
      unit: "writes/s",
      higherIsBetter: true,
      columns: [column(10 * mebibyte), column(16 * 1024)],
    },
  ];
}
