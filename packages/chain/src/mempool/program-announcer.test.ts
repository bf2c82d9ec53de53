import { addressFromHex, concatBytes, type Address } from "@trireme/core";
import { evm } from "@trireme/evm";
import { afterEach, expect, it } from "vitest";
import type { Chain } from "../chain.ts";
import { alice, bob, createTestChain, ether, hex, signed, testKey } from "../chain-fixture.mts";
import { parallel, serial } from "../definition/scheduler.ts";
import { brokenAccount, compiling, compilingPrefix } from "./compiling-environment.mts";

const keys = Array.from({ length: 40 }, (_, index) => testKey(index + 1));
const contractAt = (last: number): Address => addressFromHex(`0x${"c".repeat(38)}${last.toString(16).padStart(2, "0")}`);
const [first, second, broken, late] = [7, 8, brokenAccount, 10].map(contractAt) as [Address, Address, Address, Address];
const plainContract = contractAt(11);

const open: Chain[] = [];
afterEach(async () => {
  for (const chain of open.splice(0)) await chain.close();
});

async function start(scheduler: ReturnType<typeof serial>, counts: SharedArrayBuffer): Promise<Chain> {
  const code = (address: Address) => ({ address, code: concatBytes(compilingPrefix, address) });
  const chain = await createTestChain({
    scheduler,
    environments: [evm(), compiling(counts)],
    mining: { kind: "manual" },
    genesis: {
      accounts: [
        ...keys.map(({ address }) => ({ address, balance: ether })),
        ...[first, second, broken, late].map(code),
        { address: plainContract, code: Uint8Array.of(0) },
      ],
    },
  });
  open.push(chain);
  return chain;
}

/** Waits until all threads have compiled what they were told, each account once. */
async function compiledBy(counts: SharedArrayBuffer, expected: Readonly<Record<number, number>>): Promise<void> {
  const words = new Int32Array(counts);
  const isThere = (): boolean => Object.entries(expected).every(([last, count]) => (words[Number(last)] as number) >= count);
  while (!isThere()) await new Promise((resolve) => setTimeout(resolve, 5));
  const seen = [...words.entries()].filter(([, count]) => count > 0);
  expect(Object.fromEntries(seen)).toEqual(expected);
}

it("lets every thread compile once what a large block names, before the block; it shows in nothing", async () => {
  const counts = new SharedArrayBuffer(4 * 256);
  const none = new SharedArrayBuffer(4 * 256);
  const chains = [await start(serial(), none), await start(parallel({ workers: 3, always: true }), counts)] as const;
  const [one, two] = chains;
  const call = (from: number, to: Address, nonce: bigint, listed?: Address): Uint8Array =>
    signed(keys[from] as (typeof keys)[number], {
      nonce,
      to,
      gasLimit: 60_000n,
      accessList: listed === undefined ? [] : [{ address: listed, storageKeys: [] }],
    });
  const sendAll = async (raws: readonly Uint8Array[]): Promise<void> => {
    for (const chain of chains)
      for (const result of await Promise.all(raws.map((raw) => chain.submit(raw)))) expect(result.kind).toBe("accepted");
  };
  const targets = [first, bob.address, broken, plainContract];
  await sendAll(keys.map((_, index) => call(index, targets[index % 4] as Address, 0n, index === 1 ? second : undefined)));
  await compiledBy(counts, { 7: 2, 8: 2, 9: 2 });
  // The next block names less than a block of the pool has, and the one after it the same programs again, and another one.
  for (const chain of chains) await chain.dev?.mine();
  await sendAll([call(0, late, 1n)]);
  for (const chain of chains) await chain.dev?.mine();
  await sendAll(keys.map((_, index) => call(index, index % 2 === 0 ? late : alice.address, index === 0 ? 2n : 1n)));
  await compiledBy(counts, { 7: 2, 8: 2, 9: 2, 10: 2 });
  for (const chain of chains) await chain.dev?.mine();
  expect(hex(two.head.hash)).toBe(hex(one.head.hash));
  expect([...new Int32Array(none)].every((count) => count === 0)).toBe(true);
});
