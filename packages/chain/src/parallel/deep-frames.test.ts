// Frames that overflow the stack of the thread that asks for a block, and not that of the threads beside it.
import { addressFromBytes, concatBytes } from "@trireme/core";
import { evm } from "@trireme/evm";
import { afterAll, expect, it } from "vitest";
import type { Chain } from "../chain.ts";
import { createTestChain, ether, hex, signed, submitted, testKey } from "../chain-fixture.mts";
import { parallel, serial } from "../definition/scheduler.ts";
import { recursing, recursingInput, recursingPrefix } from "../execution/recursing-environment.mts";

const keys = Array.from({ length: 30 }, (_, index) => testKey(index + 1));
const deep = addressFromBytes(new Uint8Array(20).fill(0xdd));
const open: Chain[] = [];
afterAll(async () => {
  for (const chain of open) await chain.close();
});

async function start(scheduler: ReturnType<typeof serial>): Promise<Chain> {
  const chain = await createTestChain({
    environments: [evm(), recursing()],
    scheduler,
    mining: { kind: "manual" },
    genesis: {
      accounts: [
        ...keys.map(({ address }) => ({ address, balance: ether })),
        { address: deep, code: concatBytes(recursingPrefix, Uint8Array.of(1)) },
      ],
    },
  });
  open.push(chain);
  return chain;
}

it("are run by the threads: 1,024 frames in the same block as shallow ones and transfers", async () => {
  const [one, two] = [await start(serial()), await start(parallel({ workers: 2, always: true }))] as const;
  let handedOn = 0;
  for (let nonce = 0n; nonce < 3n; nonce++) {
    for (const [index, key] of keys.entries()) {
      const depth = [1023, 1, 0][index % 3] as number;
      const data = recursingInput(depth, 1);
      const fields = depth === 0 ? { to: keys[(index + 1) % keys.length]?.address, value: 5n } : { to: deep, data, gasLimit: 200_000n };
      const raw = signed(key, { nonce, ...fields });
      for (const chain of [one, two]) await submitted(chain, raw);
    }
    for (const chain of [one, two]) await chain.dev?.mine();
    expect(hex(two.head.hash)).toBe(hex(one.head.hash));
    expect((await two.getReceipts(nonce + 1n))?.every(({ succeeded }) => succeeded)).toBe(true);
    const report = await two.scheduler.getReport(nonce + 1n);
    expect(report?.mode).toBe("parallel");
    for (const { index, runs } of report?.transactions ?? []) {
      if (index % 3 !== 0) continue;
      // The calling thread may begin it, and comes to nothing.
      expect(runs.at(-1)).toMatchObject({ worker: 1, outcome: "executed" });
      handedOn += runs.filter(({ worker, outcome }) => worker === 0 && outcome === "faulted").length;
    }
  }
  expect(handedOn).toBeGreaterThan(0);
  expect(two.scheduler.counts).toMatchObject({ parallel: 3 });
});
