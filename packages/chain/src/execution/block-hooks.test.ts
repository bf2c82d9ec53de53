/** What environments and formats keep beside transactions: in genesis, at the borders of blocks, in receipts. */
import { addressFromBytes, bytesToBigint, type ExecutionEnvironment, type Host } from "@trireme/core";
import { createEthereumFormat } from "@trireme/ethereum";
import { evm } from "@trireme/evm";
import { createMemoryDatabase } from "@trireme/state";
import { expect, it } from "vitest";
import { alice, bob, createTestChain, hex, signed, submitted, testDefinition, word } from "../chain-fixture.mts";
import type { ChainOptions } from "../definition/chain-definition.ts";
import { genesisRecord } from "../definition/genesis.ts";
import { replayChain } from "../replay/replay-chain.ts";

const queue = addressFromBytes(new Uint8Array(20).fill(0x51));
const [begun, ended, parent] = [word(1n), word(2n), word(3n)] as const;

const count = (host: Host, key: Uint8Array): void => host.setStorage(queue, key, word(bytesToBigint(host.getStorage(queue, key)) + 1n));

/** An environment that runs nothing and keeps a queue of block hashes. */
const keeper: ExecutionEnvironment = {
  id: "keeper",
  claims: { kind: "program" },
  execute: ({ gas }) => ({ kind: "success", gasLeft: gas, gasRefund: 0n, output: new Uint8Array(0) }),
  writeGenesis: (host) => host.setNonce(queue, 1n),
  beginBlock(host) {
    count(host, begun);
    host.setStorage(queue, parent, host.getBlockHash(host.block.number - 1n) ?? word(0n));
  },
  endBlock: (host) => count(host, ended),
};

const options: Partial<ChainOptions> = {
  environments: [evm(), { id: "keeper", create: () => keeper }],
  formats: [
    {
      id: "ethereum",
      create() {
        const format = createEthereumFormat();
        const settle: typeof format.settle = (...given) => ({ ...format.settle(...given), extra: Uint8Array.of(7) });
        return { ...format, settle };
      },
    },
  ],
};

it("runs the hooks of genesis and of every block, and replays them", async () => {
  expect(hex(genesisRecord(testDefinition(options)).stateRoot)).not.toBe(hex(genesisRecord(testDefinition()).stateRoot));
  const database = createMemoryDatabase();
  const chain = await createTestChain(options, { database });
  const genesis = chain.head.hash;
  await submitted(chain, signed(alice, { to: bob.address, value: 1n }));
  const first = chain.head.hash;
  const slots = () => [begun, ended, parent].map((key) => hex(database.get(slotKey(key))));
  const slotKey = (key: Uint8Array) => Uint8Array.of(2, ...queue, 0, 0, 0, 0, ...key);
  expect(slots()).toEqual(["0x01", "0x01", hex(genesis)]);
  await submitted(chain, signed(alice, { to: bob.address, value: 1n, nonce: 1n }));
  expect(slots()).toEqual(["0x02", "0x02", hex(first)]);
  expect(await replayChain(testDefinition(options), database)).toEqual({ blocks: 3, difference: undefined });
});

it("keeps what a format adds to its receipts", async () => {
  const database = createMemoryDatabase();
  const hash = await submitted(await createTestChain(options, { database }), signed(alice, { to: bob.address }));
  const again = await createTestChain(options, { database });
  expect((await again.getReceipt(hash))?.extra).toEqual(Uint8Array.of(7));
});
