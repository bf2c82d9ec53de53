/** A state with contracts of every VM and one that makes trouble, blocks over it, and the execution of a chain, whose pool is at hand. */
import { isDeepStrictEqual } from "node:util";
import { concatBytes, encodeDialectEnvelope, keccak256, toAddress, type Address, type Transaction } from "@trireme/core";
import { createHostExecutor } from "@trireme/host";
import { reportOf, type BlockPool, type GivenUp, type PooledRun } from "@trireme/scheduler";
import { createMemoryDatabase, createWorldState } from "@trireme/state";
import { stylusCode, stylusWat } from "@trireme/testing";
import { arbWasmAddress } from "@trireme/wasm";
import createWabt from "wabt";
import { contextOf, nextSeed } from "../block/block-seed.ts";
import { counterCode, ether, signed, testKey, word } from "../chain-fixture.mts";
import { blockDecoder, blockFormats } from "../definition/block-formats.ts";
import { defineChain } from "../definition/define-chain.ts";
import { parallel } from "../definition/scheduler.ts";
import type { BlockPlan, ExecutedBlock } from "../execution/block-plan.ts";
import { createPool } from "../execution/create-pool.ts";
import { executeBlock } from "../execution/execute-block.ts";
import { createExecutionService } from "../execution/execution-service.ts";
import { budgetPrice, systemTransfer } from "../execution/solana-instructions.mts";
import { compileInstructions, signSolanaMessage, solanaSigner } from "../execution/solana-messages.mts";
import { noChanges, openLedger } from "../ledger/ledger.ts";
import { createSerialQueue } from "../ledger/serial-queue.ts";
import { openGenesis } from "../open-genesis.ts";
import { createFaultControl, openFaultControl } from "./fault-control.mts";
import { ethereum, evm, faulty, faultyOp, faultyPrefix, impersonated, solana, svm, wasm } from "./fault-environments.mts";

const keys = Array.from({ length: 60 }, (_, index) => testKey(index + 1));
const wallets = Array.from({ length: 30 }, (_, index) => solanaSigner(index + 1));
const at = (byte: number): Address => new Uint8Array(20).fill(byte) as Address;
export const contracts = { counter: at(0xc1), faulty: at(0xc2), spinner: at(0xc3) } as const;

/** Runs as many rounds as its input, 4 bytes little-endian, says; adds their sum to slot 0. */
const spinner = stylusWat(
  `(call $read_args (i32.const 64))
  (call $storage_load_bytes32 (i32.const 0) (i32.const 32))
  (i32.store (i32.const 56) (i32.add (i32.load (i32.const 56)) (call $spin (i32.load (i32.const 64)))))
  (call $storage_cache_bytes32 (i32.const 0) (i32.const 32))
  (call $storage_flush_cache (i32.const 0))
  (i32.const 0)`,
  new Uint8Array(0),
  `(func $spin (param $left i32) (result i32) (local $sum i32)
    (loop $again
      (local.set $sum (i32.add (i32.mul (local.get $sum) (i32.const 31)) (local.get $left)))
      (br_if $again (local.tee $left (i32.sub (local.get $left) (i32.const 1)))))
    (local.get $sum))`,
);

/** Input of the spinner. */
export function rounds(count: number): Uint8Array {
  return Uint8Array.of(count & 0xff, (count >> 8) & 0xff, (count >> 16) & 0xff, count >>> 24);
}

/** Blocks in which a thread is waited for at a place. */
const mostTries = 100;

/** A block as the chain would run it, and what it comes to serially. */
export interface FaultsBlock {
  readonly plan: BlockPlan;
  readonly expected: ExecutedBlock;
}

/** What a run of a block came to. */
export interface FaultsRun {
  /** Whether it is what it is serially: outcomes, changes and what undoes them. */
  readonly isRight: boolean;
  readonly mode: "serial" | "parallel";
  /** Why serially. */
  readonly reason?: string;
  /** Those that ran transactions of it, where all were to. */
  readonly workers?: number;
}

export type FaultsWorld = Awaited<ReturnType<typeof createFaultsWorld>>;

export async function createFaultsWorld(workers = 3) {
  const given = createFaultControl();
  const control = openFaultControl(given);
  const wabt = await createWabt();
  const module = wabt.parseWat("spinner.wat", spinner);
  const code = stylusCode(Uint8Array.from(module.toBinary({}).buffer));
  module.destroy();
  const definition = defineChain({
    chainId: 1337,
    environments: [evm(), wasm(), svm(), faulty(given)],
    formats: [ethereum(), solana(), impersonated()],
    scheduler: parallel({ workers, always: true }),
    mining: { kind: "manual" },
    dev: true,
    genesis: {
      gasLimit: 1_000_000_000n,
      accounts: [
        ...[...keys.map(({ address }) => address), ...wallets.map(({ pubkey }) => toAddress(pubkey))].map((address) => ({
          address,
          balance: 1_000n * ether,
        })),
        { address: contracts.counter, code: counterCode, nonce: 1 },
        { address: contracts.faulty, code: faultyPrefix, nonce: 1 },
        { address: contracts.spinner, code, nonce: 1 },
      ],
    },
  });
  const { chainId, hardfork, limits } = definition;
  const database = createMemoryDatabase();
  await openGenesis(definition, database);
  const descriptors = blockFormats(definition);
  const formats = descriptors.map(({ create }) => create());
  const executor = createHostExecutor({
    environments: definition.environments.map(({ create }) => create()),
    formats,
    reentryLimit: limits.reentries,
    memoryBudget: limits.transactionMemory,
  });
  const world = createWorldState({ database, historyBlocks: 8 });
  const decode = blockDecoder(formats, chainId);
  const ledger = openLedger({ database, world, decode, hardfork });
  const pool = createPool(definition, descriptors, world.share(), executor);
  if (pool === undefined) throw new Error("expected a pool");
  let last: PooledRun | GivenUp | undefined;
  const watched: BlockPool = { ...pool, run: async (block) => (last = await pool.run(block)) };
  const execution = createExecutionService({ executor, ledger, queue: createSerialQueue(), worker: undefined, pool: watched });
  const getBlockHash = (number: bigint) => ledger.store.getHash(number);

  const seed = () => nextSeed(definition, ledger.head, ledger.head.header.timestamp + 12n);
  const planOf = (raws: readonly Uint8Array[]): BlockPlan => {
    const { parentHash, parentBeaconBlockRoot, ...rest } = seed();
    const context = contextOf(definition, { parentHash, parentBeaconBlockRoot, ...rest });
    return { context, parentHash, parentBeaconBlockRoot, mutations: [], transactions: raws.map((raw) => decode(raw) as Transaction) };
  };
  const nonces = keys.map(() => 0n);
  const sent = (from: number, fields: Parameters<typeof signed>[1]): Uint8Array => {
    const nonce = nonces[from] as bigint;
    nonces[from] = nonce + 1n;
    return signed(keys[from] as (typeof keys)[number], { nonce, gasLimit: 1_000_000n, maxFeePerGas: 10n ** 12n, ...fields });
  };
  const paid = (from: number, to: number, lamports: bigint): Uint8Array => {
    const [payer, payee] = [wallets[from], wallets[to]] as [(typeof wallets)[number], (typeof wallets)[number]];
    const instructions = [budgetPrice(10_000_000n), systemTransfer(payer.pubkey, payee.pubkey, lamports)];
    const message = compileInstructions(payer.pubkey, instructions, ledger.head.hash);
    return encodeDialectEnvelope({ dialect: "solana", payload: signSolanaMessage(message, [payer]) });
  };
  const ground = () => ({ executor, reader: world.reader, getBlockHash });
  const state = () => ({ blockNumber: ledger.head.header.number, overlay: noChanges, isExclusive: true });
  const commit = (executed: ExecutedBlock) => ledger.commit(seed(), executed);

  const selector = keccak256(new TextEncoder().encode("activateProgram(address)")).subarray(0, 4);
  const activation = concatBytes(selector, new Uint8Array(12), contracts.spinner);
  const activated = executeBlock(
    planOf([sent(0, { to: arbWasmAddress, value: ether, data: activation, gasLimit: 15_000_000n })]),
    ground(),
  );
  if (activated.included[0]?.result.succeeded !== true) throw new Error("expected a program that can be activated");
  await commit(activated);
  const atHead = nonces.slice();

  return {
    control,
    pool,
    definition,
    /** The next block, of transactions that were made for it. */
    blockOf(raws: readonly Uint8Array[]): FaultsBlock {
      const plan = planOf(raws);
      nonces.splice(0, nonces.length, ...atHead);
      return { plan, expected: executeBlock(plan, ground()) };
    },
    /** A block of transfers, and of calls of contracts of every VM: some meet at the same slots. */
    mixedBlock(count: number, spins: number): FaultsBlock {
      const raws = Array.from({ length: count }, (_, index) => {
        const from = (index * 7) % keys.length;
        const hot = Uint8Array.of(faultyOp.count, index % 8);
        switch (index % 5) {
          case 0:
            return sent(from, { to: keys[(index * 11) % keys.length]?.address, value: BigInt(index) });
          case 1:
            return sent(from, { to: contracts.counter, data: index % 4 === 0 ? word(1n) : new Uint8Array(0) });
          case 2:
            return sent(from, { to: contracts.faulty, data: concatBytes(hot, contracts.spinner, rounds(spins)) });
          case 3:
            return paid(index % wallets.length, (index * 3) % wallets.length, BigInt(index) * 1_000_000n);
          default:
            return sent(from, { to: contracts.faulty, data: hot });
        }
      });
      return this.blockOf(raws);
    },
    sent,
    /** Calls of the faulty contract on a new chain of the same definition. */
    sentInTurn(count: number): readonly Uint8Array[] {
      const data = Uint8Array.of(faultyOp.count, 0);
      const raws = Array.from({ length: count }, (_, index) =>
        signed(keys[index] as (typeof keys)[number], { to: contracts.faulty, data, maxFeePerGas: 10n ** 12n }),
      );
      return raws;
    },
    transactionOf: (raw: Uint8Array) => decode(raw) as Transaction,
    /** Runs a block as a chain does, and holds it against what it is serially. `together`: with a part for every thread that lives. */
    async run({ plan, expected }: FaultsBlock, together?: "together"): Promise<FaultsRun> {
      control.expectAll(together === undefined ? 0 : pool.workers);
      last = undefined;
      const executed = partsOf(await execution.run({ kind: "block", plan }, state()));
      const isRight = isDeepStrictEqual(executed, partsOf(expected));
      const pooled = last as PooledRun | GivenUp | undefined;
      if (pooled?.kind !== "ran") return { isRight, mode: "serial", reason: pooled?.reason ?? "not given to the pool" };
      const { transactions } = reportOf({ block: plan.context.number, mode: "parallel", reason: "", record: pooled.record });
      const workers = new Set(transactions.flatMap(({ runs }) => runs.map(({ worker }) => worker)));
      return { isRight, mode: "parallel", ...(together === undefined ? {} : { workers: workers.size }) };
    },
    /** Runs a block until a thread came to the place that was ordered: the caller may have run too much of it. Gives the last run. */
    async runUntilHit(block: FaultsBlock): Promise<FaultsRun> {
      for (let tried = 0; tried < mostTries; tried++) {
        const run = await this.run(block);
        if (control.hit !== undefined) return run;
        if (!run.isRight) throw new Error("expected a block that is right while no thread is in trouble");
      }
      throw new Error(`expected a thread to come to the place within ${mostTries} blocks`);
    },
    execute: (plan: BlockPlan) => execution.run({ kind: "block", plan }, state()),
    commit,
    close: () => execution.close(),
  };
}

/** How it was run is no part of what a block is. */
function partsOf({ included, skipped, requests, diff, undo }: ExecutedBlock) {
  return { included, skipped, requests, diff, undo };
}
