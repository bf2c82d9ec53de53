// A process to kill: makes blocks on disk as fast as it can, and says which are on their way and which are shown.
import { createInterface } from "node:readline";
import { hexToBytes, bytesToHex } from "@trireme/core";
import { encodeImpersonatedTransaction } from "@trireme/ethereum";
import { openDurableDatabase, type Database } from "@trireme/state";
import { alice, bob, carol, gwei, testDefinition } from "../chain-fixture.mts";
import { createChain } from "../create-chain.ts";

const [directory = "", slowness = "0"] = process.argv.slice(2);
const milliseconds = Number(slowness);
const disk = await openDurableDatabase({ directory, flushEveryBlocks: 4 });

/** Records go to the disk in their order, each some time after it was handed over. */
let last: Promise<unknown> = Promise.resolve();
const database = Object.assign(Object.create(disk) as Database, {
  append: (record: Parameters<Database["append"]>[0]) => {
    console.log(`made ${record.number}`);
    if (milliseconds === 0) return disk.append(record);
    const written = last.then(() => new Promise((resolve) => setTimeout(resolve, milliseconds))).then(() => disk.append(record));
    last = written;
    return written;
  },
});

const chain = await createChain(testDefinition({ mining: { kind: "manual" }, genesis: { gasLimit: 1_000_000 } }), { database });
chain.dev?.autoImpersonate(true);
chain.subscribe((event) => {
  if (event.kind === "block") console.log(`shown ${event.block.header.number} ${bytesToHex(event.block.hash)}`);
});
console.log(`ready ${chain.head.header.number}`);
await new Promise((resolve) => createInterface(process.stdin).once("line", resolve));

const fees = { maxFeePerGas: 100n * gwei, maxPriorityFeePerGas: gwei, accessList: [], maxFeePerBlobGas: 0n, blobVersionedHashes: [] };
for (;;) {
  for (const { address } of [alice, bob, carol]) {
    for (let count = 0; count < 20; count++) {
      const nonce = chain.mempool.nextNonce(address);
      const to = hexToBytes(`0x${(nonce + 0xabcdn).toString(16).padStart(40, "0")}`) as typeof address;
      const call = {
        type: 2,
        chainId: 1337n,
        nonce,
        gasLimit: 21_000n,
        to,
        value: 1n,
        data: new Uint8Array(0),
        authorizationList: [],
      } as const;
      await chain.submit(encodeImpersonatedTransaction(address, { ...fees, ...call }));
    }
  }
  await chain.dev?.mine(4);
}
