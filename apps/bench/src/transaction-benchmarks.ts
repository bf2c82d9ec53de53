/** Transactions per second: ours and @ethereumjs/vm's runTx on two state managers, the same transactions, senders known. */
import { readFileSync } from "node:fs";
import { compileSolidity } from "@trireme/testing";
import { rate, rateAsync, type Benchmark } from "./measure.ts";
import { createOurs, createReader, readTransactions } from "./ours.ts";
import { createPeer } from "./peer.ts";
import { createWorkload } from "./workload.ts";

interface Case {
  readonly name: string;
  readonly accounts: number;
  readonly transactions: number;
  readonly isToken: boolean;
  readonly aim: number;
}

const CASES: readonly Case[] = [
  { name: "transfer, 200 accounts", accounts: 200, transactions: 2000, isToken: false, aim: 5 },
  { name: "transfer, 3,000 accounts", accounts: 3000, transactions: 200, isToken: false, aim: 20 },
  { name: "ERC-20 transfer, 200 accounts", accounts: 200, transactions: 2000, isToken: true, aim: 1 },
  { name: "ERC-20 transfer, 3,000 accounts", accounts: 3000, transactions: 200, isToken: true, aim: 5 },
];

/** Makes the benchmarks; compiles the token with solc. */
export async function createTransactionBenchmarks(): Promise<readonly Benchmark[]> {
  const source = readFileSync(new URL("../contracts/Token.sol", import.meta.url), "utf8");
  const { runtimeBytecode } = await compileSolidity("Token.sol", source, "Token");
  const benchmarks: Benchmark[] = [];
  for (const { name, accounts, transactions, isToken, aim } of CASES) {
    const workload = await createWorkload(name, accounts, transactions, isToken ? runtimeBytecode : undefined);
    const reader = createReader(workload);
    const decoded = readTransactions(workload);
    const peer = (state: "simple" | "merkle") => async () => {
      const { run } = await createPeer(workload, state);
      return rateAsync(transactions, run);
    };
    benchmarks.push({
      name,
      unit: "transactions/s",
      higherIsBetter: true,
      aim,
      columns: [
        { name: "trireme", run: () => rate(transactions, createOurs(reader, decoded).run) },
        { name: "@ethereumjs/vm runTx, SimpleStateManager", run: peer("simple") },
        { name: "@ethereumjs/vm runTx, MerkleStateManager", run: peer("merkle") },
      ],
    });
  }
  return benchmarks;
}
