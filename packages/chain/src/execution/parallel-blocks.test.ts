// The law on real threads: a chain that runs its blocks in parallel has the blocks of one that runs them serially.
import { afterAll, expect, it } from "vitest";
import type { Chain } from "../chain.ts";
import {
  counterCode,
  createTestChain,
  ether,
  hex,
  initCodeFor,
  signed,
  submitted,
  testKey,
  word,
  type TestKey,
} from "../chain-fixture.mts";
import { parallel, serial } from "../definition/scheduler.ts";

const keys: readonly TestKey[] = Array.from({ length: 60 }, (_, index) => testKey(index + 1));
const open: Chain[] = [];
afterAll(async () => {
  for (const chain of open) await chain.close();
});

async function start(scheduler: ReturnType<typeof serial>): Promise<Chain> {
  const accounts = keys.map(({ address }) => ({ address, balance: 1_000n * ether }));
  const chain = await createTestChain({ scheduler, mining: { kind: "manual" }, genesis: { accounts } });
  open.push(chain);
  return chain;
}

it("makes the same blocks: transfers, nonce chains, deployments, a counter that everybody raises, failures", async () => {
  const chains = [await start(serial()), await start(parallel({ workers: 2 }))] as const;
  const [one, two] = chains;
  const nonces = new Map<TestKey, bigint>();
  const send = async (from: TestKey, fields: Parameters<typeof signed>[1]): Promise<void> => {
    const nonce = nonces.get(from) ?? 0n;
    nonces.set(from, nonce + 1n);
    const raw = signed(from, { nonce, ...fields });
    for (const chain of chains) await submitted(chain, raw);
  };
  const mine = async (): Promise<void> => {
    for (const chain of chains) await chain.dev?.mine();
    expect(hex(two.head.hash)).toBe(hex(one.head.hash));
  };
  await send(keys[0] as TestKey, { data: initCodeFor(counterCode) });
  await mine();
  const counter = (await one.getReceipts(1n))?.[0]?.contractAddress;
  for (let round = 0; round < 4; round++) {
    for (let index = 0; index < 150; index++) {
      const from = keys[(index * 7 + round) % keys.length] as TestKey;
      if (index % 3 === 0) await send(from, { to: keys[(index * 13 + round) % keys.length]?.address, value: BigInt(index) });
      else if (index % 7 === 1) await send(from, { to: counter, data: index % 2 === 0 ? word(1n) : new Uint8Array(0), gasLimit: 100_000n });
      else if (index % 11 === 2) await send(from, { data: initCodeFor(counterCode) });
      else await send(from, { to: keys[index % keys.length]?.address, value: BigInt(round) * ether });
    }
    await mine();
  }
  expect(one.head.header.gasUsed).toBeGreaterThan(3_000_000n);
});
