/** Whole chains whose transactions are read on threads, and the same chains without: what arrives, and what is executed again. */
import { createChain, defineChain, parallel, replayChain, serial, type Chain, type ChainDefinition } from "@trireme/chain";
import { hexToBytes } from "@trireme/core";
import { evm } from "@trireme/evm";
import { createMemoryDatabase, type Database } from "@trireme/state";
import { rate, type Benchmark, type Column } from "./measure.ts";
import { costOf } from "./processor-cost.ts";
import { benchChainId, createWorkload, startBalance } from "./workload.ts";

/** Transactions of a block, and blocks of the chain that is replayed. */
const transactions = 1000;
const blocks = 10;

/** The rows. */
export async function createArrivalBenchmarks(): Promise<readonly Benchmark[]> {
  const workload = await createWorkload("arrival", 200, transactions * blocks);
  const raws = workload.transactions.map((transaction) => hexToBytes(transaction));
  const definitionOf = (scheduler: ChainDefinition["scheduler"]): ChainDefinition =>
    defineChain({
      chainId: benchChainId,
      environments: [evm()],
      dev: true,
      mining: { kind: "manual" },
      scheduler,
      limits: { mempoolTransactions: raws.length },
      genesis: { gasLimit: 10n ** 9n, accounts: workload.accounts.map((address) => ({ address, balance: startBalance })) },
    });
  const sides = [
    ["with", definitionOf(parallel({ workers: 2 }))],
    ["without", definitionOf(serial())],
  ] as const;
  const first = raws.slice(0, transactions);
  const together: Column[] = [];
  const costs: Column[] = [];
  const alone: Column[] = [];
  for (const [name, definition] of sides) {
    const chain = await createChain(definition);
    const forget = (): void => chain.dev?.dropAllTransactions();
    together.push({ name, run: (milliseconds) => rate(milliseconds, transactions, forget, () => submitTogether(chain, first)) });
    costs.push({
      name,
      run: costOf(transactions, () => {
        forget();
        return submitTogether(chain, first);
      }),
    });
    alone.push({
      name,
      run: async (milliseconds) => 1e6 / (await rate(milliseconds, transactions, forget, () => submitInTurn(chain, first))),
    });
  }
  const database = await recordBlocks(definitionOf(serial()), raws);
  const replays = sides.map(([name, definition]): Column => ({
    name,
    run: (milliseconds) =>
      rate(
        milliseconds,
        raws.length,
        () => undefined,
        () => replay(definition, database),
      ),
  }));
  return [
    { name: "1,000 signed transfers into the mempool, together", unit: "transactions/s", higherIsBetter: true, columns: together },
    { name: "the same: cost on all threads", unit: "us of processor time", higherIsBetter: false, columns: costs },
    { name: "the same, each when the one before is in", unit: "us", higherIsBetter: false, columns: alone },
    {
      name: `${blocks} blocks of 1,000 signed transfers imported on one thread, start of the other included`,
      unit: "transactions/s",
      higherIsBetter: true,
      columns: replays,
    },
  ];
}

async function submitTogether(chain: Chain, raws: readonly Uint8Array[]): Promise<void> {
  const results = await Promise.all(raws.map((raw) => chain.submit(raw)));
  if (results.some(({ kind }) => kind === "rejected")) throw new Error("a transaction was refused");
}

async function submitInTurn(chain: Chain, raws: readonly Uint8Array[]): Promise<void> {
  for (const raw of raws) {
    const result = await chain.submit(raw);
    if (result.kind === "rejected") throw new Error(result.error.message);
    // As if each came by a socket of its own.
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function recordBlocks(definition: ChainDefinition, raws: readonly Uint8Array[]): Promise<Database> {
  const database = createMemoryDatabase();
  const chain = await createChain(definition, { database });
  for (let block = 0; block < blocks; block++) {
    await submitTogether(chain, raws.slice(block * transactions, (block + 1) * transactions));
    await chain.dev?.mine();
    if (chain.head.transactions.length !== transactions) throw new Error(`expected a block of ${transactions} transactions`);
  }
  return database;
}

async function replay(definition: ChainDefinition, database: Database): Promise<void> {
  const { difference } = await replayChain(definition, database);
  if (difference !== undefined) throw new Error(`block ${difference.blockNumber}: ${difference.field} differs`);
}
