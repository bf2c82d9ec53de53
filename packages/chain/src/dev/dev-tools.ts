/** The switches of a development chain. */
import { TriremeError, type TransactionError } from "@trireme/core";
import { encodeImpersonatedTransaction } from "@trireme/ethereum";
import type { Block, Chain, ChainDevTools, SubmitResult } from "../chain.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { Ledger } from "../ledger/ledger.ts";
import type { SerialQueue } from "../ledger/serial-queue.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { BlockClock } from "../production/block-clock.ts";
import type { BlockProducer } from "../production/block-producer.ts";
import type { EventHub } from "../production/event-hub.ts";
import type { Miner } from "../production/miner.ts";
import { assertNoRecord, assertUnsigned, assertWord } from "./argument-checks.ts";
import type { Impersonation } from "./impersonation.ts";
import type { Mutation } from "./mutation.ts";
import { createSnapshots } from "./snapshots.ts";
import { unsignedTransaction } from "./unsigned-transaction.ts";

/** What the switches act on. */
export interface DevToolsParts {
  readonly definition: ChainDefinition;
  readonly ledger: Ledger;
  readonly mempool: Mempool;
  readonly clock: BlockClock;
  readonly events: EventHub;
  readonly producer: BlockProducer;
  readonly miner: Miner;
  readonly queue: SerialQueue;
  readonly impersonation: Impersonation;
  readonly estimateGas: Chain["estimateGas"];
  readonly submit: Chain["submit"];
}

/** Blocks that `mine` asks for at once: they are made one on top of the other and written together. */
const minedTogether = 64;

/** Makes the switches of a chain. */
export function createDevTools(parts: DevToolsParts): ChainDevTools {
  const { definition, ledger, mempool, clock, events, producer, miner, queue, impersonation } = parts;
  const snapshots = createSnapshots();

  const mutate = (mutation: Mutation): Promise<void> =>
    queue.run(() => {
      ledger.assertRunning();
      if (mutation.kind !== "balance") assertNoRecord(ledger.latest.getAccount(mutation.address));
      ledger.setMutations([...ledger.mutations, mutation]);
      if (mutation.kind === "nonce") mempool.prune();
    });

  const revert = async (id: bigint): Promise<boolean> => {
    const snapshot = snapshots.take(id);
    if (snapshot === undefined) return false;
    const removed = await ledger.rewind(snapshot.blockNumber);
    ledger.setMutations(snapshot.mutations);
    clock.restore(snapshot.clock);
    producer.settings = snapshot.settings;
    mempool.restore(snapshot.mempool);
    if (removed.length > 0) events.emit({ kind: "reorg", removed, head: ledger.head });
    return true;
  };

  const submitUnsigned: ChainDevTools["submitUnsigned"] = async (request) => {
    const { from } = request;
    if (!impersonation.isImpersonated(from)) return rejected("notImpersonated", "expected a sender that is impersonated: unlock it first");
    let gasLimit = request.gas;
    if (gasLimit === undefined) {
      const estimate = await parts.estimateGas(request, { block: "pending" });
      if (estimate.kind === "invalid") return { kind: "rejected", error: estimate.error };
      if (estimate.kind === "failed")
        return rejected("executionFailed", "expected a transaction that succeeds, or one with a gas limit of its own");
      gasLimit = estimate.gas;
    }
    const open = {
      chainId: definition.chainId,
      nonce: mempool.nextNonce(from),
      gasLimit,
      baseFeePerGas: producer.nextSeed().baseFeePerGas,
    };
    return parts.submit(encodeImpersonatedTransaction(from, unsignedTransaction(request, open)));
  };

  const mine = async (count: number, intervalSeconds: bigint | undefined): Promise<readonly Block[]> => {
    if (!Number.isSafeInteger(count) || count < 1)
      throw new TriremeError("INVALID_ARGUMENT", `expected a positive number of blocks, got ${count}`);
    const blocks: Block[] = [];
    /** Before a block after the first: its parent may not be the head yet. */
    const space = (): void => {
      if (intervalSeconds === undefined) return;
      const { timestamp } = ledger.tip.header;
      clock.setNext(timestamp + intervalSeconds, timestamp);
    };
    while (blocks.length < count) {
      const first = blocks.length;
      const next = Array.from({ length: Math.min(count - first, minedTogether) }, (_, index) =>
        miner.mine(first + index === 0 ? undefined : space),
      );
      blocks.push(...(await Promise.all(next)));
    }
    return blocks;
  };

  return {
    setBalance: async (address, wei) => {
      assertUnsigned(wei, 256, "a balance in wei");
      return mutate({ kind: "balance", address, wei });
    },
    setCode: (address, code) => mutate({ kind: "code", address, code }),
    setNonce: async (address, nonce) => {
      assertUnsigned(nonce, 64, "a nonce");
      return mutate({ kind: "nonce", address, nonce });
    },
    setStorageAt: async (address, key, value) => {
      assertWord(key, "a slot");
      assertWord(value, "a slot's value");
      return mutate({ kind: "storage", address, key, value });
    },
    impersonate: impersonation.start,
    stopImpersonating: impersonation.stop,
    autoImpersonate: impersonation.setAutomatic,
    isImpersonated: impersonation.isImpersonated,
    submitUnsigned,
    snapshot: () =>
      queue.run(() =>
        snapshots.add({
          blockNumber: ledger.head.header.number,
          mutations: ledger.mutations,
          mempool: mempool.snapshot(),
          clock: clock.state,
          settings: producer.settings,
        }),
      ),
    revert: (id) => queue.run(() => revert(id)),
    increaseTime: (seconds) => clock.increase(seconds),
    setNextBlockTimestamp: (timestamp) => {
      assertUnsigned(timestamp, 64, "a timestamp in seconds");
      clock.setNext(timestamp, ledger.head.header.timestamp);
    },
    setTime: (timestamp) => {
      assertUnsigned(timestamp, 64, "a timestamp in seconds");
      clock.setTime(timestamp);
    },
    setBlockTimestampInterval: (seconds) => {
      if (seconds !== undefined) assertUnsigned(seconds, 64, "an interval in seconds");
      clock.setInterval(seconds);
    },
    setNextBlockBaseFee: (wei) => {
      assertUnsigned(wei, 256, "a base fee in wei");
      producer.settings = { ...producer.settings, nextBaseFee: wei };
    },
    setNextPrevRandao: (value) => {
      assertWord(value, "a randomness value");
      producer.settings = { ...producer.settings, nextPrevRandao: value };
    },
    setBlockGasLimit: (gas) => {
      assertUnsigned(gas, 63, "a gas limit");
      producer.settings = { ...producer.settings, gasLimit: gas };
    },
    setCoinbase: (address) => {
      producer.settings = { ...producer.settings, coinbase: address };
    },
    setMining: (mining) => {
      miner.mining = mining;
    },
    getMining: () => miner.mining,
    mine: (count = 1, intervalSeconds) => mine(count, intervalSeconds),
    dropTransaction: (hash) => mempool.remove(hash),
    dropAllTransactions: () => mempool.clear(),
  };
}

function rejected(code: string, message: string): SubmitResult & { readonly error: TransactionError } {
  return { kind: "rejected", error: { code, message } };
}
