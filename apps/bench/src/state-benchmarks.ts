/** Journal checkpoints over small and large states, state roots against @ethereumjs/mpt, sender recovery. */
import { createMPT } from "@ethereumjs/mpt";
import { Account } from "@ethereumjs/util";
import { bigintToBytes, bytesToHex, concatBytes, emptyCodeHash, equalBytes, hexToBytes, keccak256, type Address } from "@trireme/core";
import { createEthereumFormat, decodeSignedTransaction } from "@trireme/ethereum";
import { createJournal, createStateTrie, type AccountRecord, type StateReader, type TrieAccountChange } from "@trireme/state";
import secp256k1 from "secp256k1";
import { rate, type Benchmark } from "./measure.ts";
import { benchChainId, createWorkload } from "./workload.ts";

const ROOT_ACCOUNTS = 100_000;

/** The benchmarks of state and signatures. */
export async function createStateBenchmarks(): Promise<readonly Benchmark[]> {
  return [checkpointBenchmark(), rootBenchmark(), await recoveryBenchmark()];
}

function addressOf(index: number): Address {
  const address = new Uint8Array(20);
  new DataView(address.buffer).setUint32(16, index + 1);
  address[0] = 0xaa;
  return address as Address;
}

/** Checkpoint, one transfer, revert: the cost must not know how many accounts there are. */
function checkpointBenchmark(): Benchmark {
  const rounds = 1_000_000;
  const record: AccountRecord = {
    nonce: 0n,
    balance: 10n ** 18n,
    codeHash: emptyCodeHash,
    storageGeneration: 0,
    hasSlots: false,
    svm: undefined,
  };
  const reader: StateReader = {
    getAccount: () => record,
    getNextGeneration: () => 0,
    getSlot: () => undefined,
    getCode: () => undefined,
    getDataPage: () => undefined,
  };
  const [from, to] = [addressOf(1), addressOf(2)];
  const column = (count: number) => (milliseconds: number) =>
    rate(
      milliseconds,
      rounds,
      () => {
        const journal = createJournal(reader);
        journal.beginTransaction();
        // Every account is in the journal: a checkpoint that copied what it holds would show.
        for (let index = 0; index < count; index++) journal.getBalance(addressOf(index));
        return journal;
      },
      (journal) => {
        for (let round = 0; round < rounds; round++) {
          const checkpoint = journal.checkpoint();
          journal.transfer(from, to, 1n);
          journal.revert(checkpoint);
        }
      },
    );
  return {
    name: "checkpoint + transfer + revert, accounts in the journal",
    unit: "per second",
    higherIsBetter: true,
    aim: 0.8,
    columns: [
      { name: "1,000,000 accounts", run: column(1_000_000) },
      { name: "1,000 accounts", run: column(1_000) },
    ],
  };
}

/** All accounts inserted and the root taken; both must give the same root. */
function rootBenchmark(): Benchmark {
  const changes: TrieAccountChange[] = Array.from({ length: ROOT_ACCOUNTS }, (_, index) => ({
    address: addressOf(index),
    account: { nonce: BigInt(index % 7), balance: BigInt(index) * 10n ** 12n + 1n, codeHash: emptyCodeHash },
    storageCleared: false,
    slots: [],
    data: undefined,
  }));
  const leaves = changes.map(
    ({ address, account }) => [keccak256(address), new Account(account?.nonce, account?.balance).serialize()] as const,
  );
  let ours: Uint8Array = new Uint8Array(0);
  return {
    name: `state root of ${ROOT_ACCOUNTS.toLocaleString("en-US")} accounts from nothing`,
    unit: "accounts/s",
    higherIsBetter: true,
    aim: 15,
    isLong: true,
    columns: [
      {
        name: "trireme trie",
        run: (milliseconds) =>
          rate(milliseconds, ROOT_ACCOUNTS, createStateTrie, (trie) => {
            ours = trie.update(changes).root;
          }),
      },
      {
        name: "@ethereumjs/mpt, same keccak",
        run: async (milliseconds) => {
          let root: Uint8Array = new Uint8Array(0);
          // Its keys are hashed beforehand; ours are hashed within the measurement.
          const createTrie = () => createMPT({ useKeyHashing: false, useKeyHashingFunction: keccak256 });
          const figure = await rate(milliseconds, ROOT_ACCOUNTS, createTrie, async (trie) => {
            for (const [key, value] of leaves) await trie.put(key, value);
            root = trie.root();
          });
          if (!equalBytes(root, ours)) throw new Error(`the roots differ: ${bytesToHex(ours)} and ${bytesToHex(root)}`);
          return figure;
        },
      },
    ],
  };
}

/**
 * Decoding signed transfers with their senders, beside the bare library call inside it: the same signatures over the
 * same hashes, already in the form that the library takes.
 */
async function recoveryBenchmark(): Promise<Benchmark> {
  const count = 2000;
  const { transactions } = await createWorkload("recovery", 200, count);
  const raw = transactions.map((transaction) => hexToBytes(transaction));
  const format = createEthereumFormat();
  const rules = { chainId: BigInt(benchChainId) };
  const calls = raw.map((bytes) => {
    const { signature, signed } = decodeSignedTransaction(bytes);
    const { r, s, yParity } = signature;
    return { signature: concatBytes(bigintToBytes(r, 32), bigintToBytes(s, 32)), yParity, hash: keccak256(signed) };
  });
  return {
    name: "sender recovery",
    unit: "per second",
    higherIsBetter: true,
    columns: [
      {
        name: "trireme decode with sender",
        run: (milliseconds) =>
          rate(
            milliseconds,
            count,
            () => undefined,
            () => {
              for (const bytes of raw) if (format.decode(bytes, rules).kind !== "decoded") throw new Error("a transaction did not decode");
            },
          ),
      },
      {
        name: "native secp256k1, recovery alone",
        run: (milliseconds) =>
          rate(
            milliseconds,
            count,
            () => undefined,
            () => {
              for (const { signature, yParity, hash } of calls) secp256k1.ecdsaRecover(signature, yParity, hash, false);
            },
          ),
      },
    ],
  };
}
