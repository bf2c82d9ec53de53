/**
 * `npx pnpm soak [--blocks 100000] [--memory]`: a chain that keeps 128 blocks of history runs for many blocks on a
 * durable database. Memory and the time of a block must stay flat: both are printed by tenth of the run, and the
 * command exits 1 when the last tenth is worse than twice the second.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createChain, defineChain } from "@trireme/chain";
import { addressFromBytes, hexToBytes } from "@trireme/core";
import { signTransaction } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import { deriveDevAccounts } from "@trireme/node";
import { createMemoryDatabase, openDurableDatabase } from "@trireme/state";
import { collectGarbage } from "./soak-memory.ts";

const TENTHS = 10;
/** Stores the block number at slot (number mod 64) and logs it: SSTORE, LOG1. */
const CODE = hexToBytes("0x4380603f1655436000526001600020600052436020600060a1");

/** Runs the blocks; false when memory or time has grown. */
export async function soakDurable(blocks: number, isInMemory: boolean): Promise<boolean> {
  const contract = addressFromBytes(new Uint8Array(20).fill(0xcc));
  const [sender] = deriveDevAccounts(undefined, 1);
  if (sender === undefined) throw new Error("expected an account");
  const directory = mkdtempSync(join(tmpdir(), "trireme-soak-"));
  const chain = await createChain(
    defineChain({
      chainId: 31337n,
      environments: [evm()],
      history: 128,
      genesis: {
        accounts: [
          { address: sender.address, balance: 10n ** 30n },
          { address: contract, code: CODE },
        ],
      },
    }),
    { database: isInMemory ? createMemoryDatabase() : await openDurableDatabase({ directory }) },
  );

  const tenths: { heap: number; rss: number; p50: number; p99: number }[] = [];
  let times: number[] = [];
  console.log("tenth      heap MB    rss MB   block p50 ms   p99 ms");
  for (let number = 0; number < blocks; number++) {
    // Every other block calls the contract; the rest are transfers to ever new accounts out of 10,000.
    const to =
      number % 2 === 0
        ? contract
        : addressFromBytes(Uint8Array.from({ length: 20 }, (_, index) => (index < 18 ? 0xdd : (number % 10_000) >> (8 * (19 - index)))));
    const raw = signTransaction(
      {
        type: 2,
        chainId: 31337n,
        nonce: BigInt(number),
        gasLimit: 120_000n,
        to,
        value: number % 2 === 0 ? 0n : 1n,
        data: new Uint8Array(0),
        maxFeePerGas: 10n ** 12n,
        maxPriorityFeePerGas: 1n,
        accessList: [],
        maxFeePerBlobGas: 0n,
        blobVersionedHashes: [],
        authorizationList: [],
      },
      sender.privateKey,
    );
    const start = performance.now();
    const submitted = await chain.submit(raw);
    times.push(performance.now() - start);
    if (submitted.kind !== "accepted") throw new Error(`block ${number}: ${submitted.error.message}`);
    if ((number + 1) % Math.floor(blocks / TENTHS) === 0) {
      collectGarbage();
      const { heapUsed, rss } = process.memoryUsage();
      const sorted = times.toSorted((left, right) => left - right);
      const tenth = {
        heap: heapUsed / 2 ** 20,
        rss: rss / 2 ** 20,
        p50: sorted[sorted.length >> 1] ?? 0,
        p99: sorted[Math.floor(sorted.length * 0.99)] ?? 0,
      };
      tenths.push(tenth);
      times = [];
      console.log(
        `${String(tenths.length).padStart(5)} ${tenth.heap.toFixed(0).padStart(12)} ${tenth.rss.toFixed(0).padStart(9)} ${tenth.p50.toFixed(2).padStart(14)} ${tenth.p99.toFixed(2).padStart(8)}`,
      );
    }
  }
  await chain.close();
  rmSync(directory, { recursive: true, force: true });
  // The first tenth compiles and fills caches: the second is the measure.
  const [, early] = tenths;
  const late = tenths.at(-1);
  if (early === undefined || late === undefined) throw new Error("expected ten tenths");
  const isFlat = late.heap < early.heap * 2 && late.rss < early.rss * 2 && late.p50 < early.p50 * 2;
  console.log(isFlat ? "soak: flat" : "soak: NOT flat");
  return isFlat;
}
