/** Transactions per second: ours and @ethereumjs/vm's runTx on two state managers, the same transactions, senders known. */
import { readFileSync } from "node:fs";
import { equalBytes, type Transaction } from "@trireme/core";
import type { WorldState } from "@trireme/state";
import { compileSolidity } from "@trireme/testing";
import { rate, type Benchmark } from "./measure.ts";
import { createOurs, createWorld, readTransactions } from "./ours.ts";
import { createPeer, readPeerWorkload, type BlockRoots, type PeerState, type PeerWorkload } from "./peer.ts";
import { createWorkload } from "./workload.ts";

interface Case {
  readonly name: string;
  readonly accounts: number;
  readonly transactions: number;
  readonly isToken: boolean;
  readonly aim: number;
}

/** A case with so many transactions is also measured as a block. */
const BLOCK_TRANSACTIONS = 1000;

const CASES: readonly Case[] = [
  { name: "transfer, 200 accounts", accounts: 200, transactions: 2000, isToken: false, aim: 5 },
  { name: "transfer, 3,000 accounts", accounts: 3000, transactions: 1000, isToken: false, aim: 20 },
  { name: "ERC-20 transfer, 200 accounts", accounts: 200, transactions: 2000, isToken: true, aim: 1 },
  { name: "ERC-20 transfer, 3,000 accounts", accounts: 3000, transactions: 1000, isToken: true, aim: 5 },
];

/** A workload as both sides read it. */
interface Sides {
  readonly count: number;
  readonly world: WorldState;
  readonly transactions: readonly Transaction[];
  readonly peer: PeerWorkload;
}

/** Makes the benchmarks; compiles the token with solc. */
export async function createTransactionBenchmarks(): Promise<readonly Benchmark[]> {
  const source = readFileSync(new URL("../contracts/Token.sol", import.meta.url), "utf8");
  const { runtimeBytecode } = await compileSolidity("Token.sol", source, "Token");
  const benchmarks: Benchmark[] = [];
  for (const { name, accounts, transactions: count, isToken, aim } of CASES) {
    const workload = await createWorkload(name, accounts, count, isToken ? runtimeBytecode : undefined);
    const sides = { count, world: createWorld(workload), transactions: readTransactions(workload), peer: readPeerWorkload(workload) };
    benchmarks.push(transactionBenchmark(name, aim, sides));
    if (count >= BLOCK_TRANSACTIONS) benchmarks.push(blockBenchmark(name, sides));
  }
  return benchmarks;
}

/** Execution alone: what runTx does, receipts' blooms on the peer's side included. */
function transactionBenchmark(name: string, aim: number, { count, world, transactions, peer }: Sides): Benchmark {
  const peerOn = (state: PeerState) => (milliseconds: number) =>
    rate(
      milliseconds,
      count,
      () => createPeer(peer, state),
      ({ run }) => run(),
    );
  return {
    name,
    unit: "transactions/s",
    higherIsBetter: true,
    aim,
    columns: [
      {
        name: "trireme",
        run: (milliseconds) =>
          rate(
            milliseconds,
            count,
            () => createOurs(world, transactions),
            ({ run }) => run(),
          ),
      },
      { name: "@ethereumjs/vm runTx, SimpleStateManager", run: peerOn("simple") },
      { name: "@ethereumjs/vm runTx, MerkleStateManager", run: peerOn("merkle") },
    ],
  };
}

/** All transactions as one block, with the roots of its header, which must be the same. Only the Merkle state manager has roots. */
function blockBenchmark(name: string, { count, world, transactions, peer }: Sides): Benchmark {
  let ours: BlockRoots | undefined;
  return {
    name: `block of ${count.toLocaleString("en-US")}: ${name}, state root, receipts root, transactions root`,
    unit: "transactions/s",
    higherIsBetter: true,
    columns: [
      {
        name: "trireme",
        run: (milliseconds) =>
          rate(
            milliseconds,
            count,
            () => createOurs(world, transactions),
            ({ runAsBlock }) => {
              ours = runAsBlock();
            },
          ),
      },
      {
        name: "@ethereumjs/vm runTx, MerkleStateManager",
        run: (milliseconds) =>
          rate(
            milliseconds,
            count,
            () => createPeer(peer, "merkle"),
            async ({ runAsBlock }) => assertSameRoots(ours, await runAsBlock()),
          ),
      },
    ],
  };
}

function assertSameRoots(ours: BlockRoots | undefined, theirs: BlockRoots): void {
  for (const root of ["stateRoot", "transactionsRoot", "receiptsRoot"] as const) {
    if (ours === undefined || !equalBytes(ours[root], theirs[root])) throw new Error(`the two sides differ in their ${root}`);
  }
}
