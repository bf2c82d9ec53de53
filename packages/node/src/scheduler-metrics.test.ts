import { defineChain, parallel, type BlockRunSummary } from "@trireme/chain";
import { evm } from "@trireme/evm";
import { createPublicClient, http, type Hex } from "viem";
import { afterAll, beforeAll, expect, it } from "vitest";
import { deriveDevAccounts } from "./dev-accounts.ts";
import { startNode, type RunningNode } from "./start-node.ts";

const accounts = deriveDevAccounts(undefined, 4);
const transfers = 40;
let node: RunningNode;
const runs: BlockRunSummary[] = [];

beforeAll(async () => {
  const chain = defineChain({
    chainId: 31337n,
    environments: [evm()],
    scheduler: parallel({ workers: 2, always: true }),
    dev: true,
    mining: { kind: "manual" },
    genesis: { accounts: accounts.map(({ address }) => ({ address, balance: 10n ** 21n })) },
  });
  node = await startNode({ chain, accounts, port: 0, logLevel: "silent" });
  node.chain.subscribe((event) => {
    if (event.kind === "block" && event.run !== undefined) runs.push(event.run);
  });
  // A request that is sent again would make another block.
  const client = createPublicClient({ transport: http(node.http, { retryCount: 0, timeout: 60_000 }) });
  const ask = (method: string, ...params: unknown[]): Promise<unknown> => client.request({ method, params } as never);
  const addresses = (await ask("eth_accounts")) as readonly Hex[];
  await ask("evm_mine");
  for (let index = 0; index < transfers; index++) {
    const [from, to] = [addresses[index % addresses.length], addresses[(index + 1) % addresses.length]];
    await ask("eth_sendTransaction", { from, to, value: "0x1", gas: "0x5208" });
  }
  await ask("evm_mine");
});
afterAll(() => node.close());

it("shows how many blocks ran how and why, what ran again, and how much faster that was", async () => {
  const lines = (await (await fetch(`${node.http}/metrics`)).text()).split("\n");
  const value = (name: string): number => Number(lines.find((line) => line.startsWith(`${name} `))?.slice(name.length));
  const blocks = (mode: string, cause: string): number => value(`trireme_scheduler_blocks_total{mode="${mode}",cause="${cause}"}`);
  const [, run] = runs;
  expect(runs).toHaveLength(2);
  expect([blocks("parallel", "none"), blocks("serial", "small"), blocks("serial", "givenUp")]).toEqual([1, 1, 0]);
  expect(value("trireme_scheduler_aborts_total")).toBe(run?.aborts);
  expect([value("trireme_scheduler_speed_up_count"), value("trireme_scheduler_speed_up_sum")]).toEqual([1, run?.speedUp]);
  expect(value('trireme_scheduler_block_seconds_sum{mode="parallel"}')).toBeCloseTo((run?.wallTime ?? 0) / 1e6);
});
