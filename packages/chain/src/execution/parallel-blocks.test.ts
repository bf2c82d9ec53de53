// The law on real threads: a chain that runs its blocks in parallel has the blocks of one that runs them serially.
import { encodeDialectEnvelope, toAddress, toPubkey, type Address, type Instruction } from "@trireme/core";
import { evm } from "@trireme/evm";
import { programIds, svm } from "@trireme/svm";
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
import { systemTransfer } from "./solana-instructions.mts";
import { compileInstructions, signSolanaMessage, solanaSigner, type SolanaSigner } from "./solana-messages.mts";

const keys: readonly TestKey[] = Array.from({ length: 60 }, (_, index) => testKey(index + 1));
const wallets: readonly SolanaSigner[] = Array.from({ length: 40 }, (_, index) => solanaSigner(index + 1));
const open: Chain[] = [];
afterAll(async () => {
  for (const chain of open) await chain.close();
});

async function start(scheduler: ReturnType<typeof serial>): Promise<Chain> {
  const accounts = [...keys.map(({ address }) => address), ...wallets.map(({ pubkey }) => toAddress(pubkey))];
  const chain = await createTestChain({
    scheduler,
    environments: [evm(), svm({ programs: [] })],
    mining: { kind: "manual" },
    genesis: { accounts: accounts.map((address) => ({ address, balance: 1_000n * ether })) },
  });
  open.push(chain);
  return chain;
}

/** A Solana wallet's transaction; the price of its units is far above the base fee. */
function signedSolana(from: SolanaSigner, instructions: readonly Instruction[], blockhash: Uint8Array): Uint8Array {
  const price = Uint8Array.of(3, ...uint64(10_000_000n));
  const budget = { program: programIds.computeBudget, accounts: [], data: price };
  const message = compileInstructions(from.pubkey, [budget, ...instructions], blockhash);
  return encodeDialectEnvelope({ dialect: "solana", payload: signSolanaMessage(message, [from]) });
}

function uint64(value: bigint): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, value, true);
  return bytes;
}

it("makes the same blocks: transfers, nonce chains, deployments, a counter that everybody raises, failures, Solana wallets that pay and that raise it too", async () => {
  const chains = [await start(serial()), await start(parallel({ workers: 2, always: true }))] as const;
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
    for (const [index, wallet] of wallets.entries()) {
      const other = wallets[(index * 3 + round) % wallets.length] as SolanaSigner;
      const call = {
        program: toPubkey(counter as Address),
        accounts: [{ pubkey: wallet.pubkey, isSigner: true, isWritable: true }],
        data: new Uint8Array(index % 5 === 0 ? 1 : 0),
      };
      const pay = systemTransfer(wallet.pubkey, other.pubkey, BigInt(index) * 10n ** 6n);
      const raw = signedSolana(wallet, index % 4 === 0 ? [pay, call] : [pay], one.head.hash);
      for (const chain of chains) await submitted(chain, raw);
    }
    await mine();
  }
  expect(one.head.header.gasUsed).toBeGreaterThan(3_000_000n);
});
