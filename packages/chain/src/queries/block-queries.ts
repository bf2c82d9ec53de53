/** Blocks, receipts, transactions and states by tag. */
import type { Hash, Transaction } from "@trireme/core";
import type { StateReader } from "@trireme/state";
import type { Block, BlockTag, Receipt, StateView } from "../chain.ts";
import type { Ledger } from "../ledger/ledger.ts";
import { overlayReader } from "../ledger/overlay-reader.ts";
import type { StateSource } from "../execution/execution-service.ts";
import { contextOf, type BlockSeed } from "../block/block-seed.ts";
import type { ChainDefinition } from "../definition/chain-definition.ts";
import type { Mempool } from "../mempool/mempool.ts";
import type { BlockProducer } from "../production/block-producer.ts";
import { createStateView } from "./state-view.ts";

/** A block with the state after it, for calls. */
export interface CallSite {
  readonly block: Block;
  readonly seed: BlockSeed;
  readonly state: StateSource;
}

/** @see createBlockQueries */
export interface BlockQueries {
  getBlock(tag: BlockTag): Promise<Block | undefined>;
  getReceipts(tag: BlockTag): Promise<readonly Receipt[] | undefined>;
  getReceipt(hash: Hash): Promise<Receipt | undefined>;
  getTransaction(
    hash: Hash,
  ): Promise<{ readonly transaction: Transaction; readonly block: Block | undefined; readonly index: number } | undefined>;
  stateAt(tag: BlockTag): Promise<StateView | undefined>;
  /** Where a call at `tag` runs; undefined when there is no such block. */
  callSite(tag: BlockTag): Promise<CallSite | undefined>;
}

/** Makes the queries of a chain. One sequencer orders the chain and its blocks are durable: `safe` and `finalized` are the head. */
export function createBlockQueries(definition: ChainDefinition, ledger: Ledger, producer: BlockProducer, mempool: Mempool): BlockQueries {
  const { store, world } = ledger;

  const numberOf = (tag: Exclude<BlockTag, "pending">): bigint | undefined => {
    if (typeof tag === "bigint") return tag >= 0n && tag <= ledger.head.header.number ? tag : undefined;
    if (typeof tag === "object") return store.getNumber(tag.hash);
    return tag === "earliest" ? 0n : ledger.head.header.number;
  };

  /** At the head a developer's mutations show; they are no part of the block itself. */
  const overlayAt = (number: bigint): StateSource["overlay"] => (number === ledger.head.header.number ? ledger.overlay : { entries: [] });

  const readerAt = ({ blockNumber, overlay }: StateSource): StateReader => overlayReader(ledger.stateAfter(blockNumber), overlay);

  const callSite = async (tag: BlockTag): Promise<CallSite | undefined> => {
    if (tag === "pending") {
      const { block, executed } = await producer.pending();
      return { block, seed: block.header, state: { blockNumber: block.header.number - 1n, overlay: executed.diff } };
    }
    const number = numberOf(tag);
    const block = number === undefined ? undefined : store.getBlock(number);
    return number === undefined || block === undefined
      ? undefined
      : { block, seed: block.header, state: { blockNumber: number, overlay: overlayAt(number) } };
  };

  const getBlock = async (tag: BlockTag): Promise<Block | undefined> => {
    if (tag === "pending") return (await producer.pending()).block;
    if (tag === "latest") return ledger.head;
    const number = numberOf(tag);
    return number === undefined ? undefined : store.getBlock(number);
  };

  return {
    callSite,
    getBlock,
    getReceipts: async (tag) => {
      if (tag === "pending") return (await producer.pending()).receipts;
      const number = numberOf(tag);
      return number === undefined ? undefined : store.getReceipts(number);
    },
    getReceipt: async (hash) => {
      const location = store.getTransactionLocation(hash);
      return location === undefined ? undefined : store.getReceipts(location.blockNumber)?.[location.index];
    },
    getTransaction: async (hash) => {
      const waiting = mempool.get(hash);
      if (waiting !== undefined) return { transaction: waiting, block: undefined, index: 0 };
      const location = store.getTransactionLocation(hash);
      const block = location === undefined ? undefined : store.getBlock(location.blockNumber);
      const transaction = block?.transactions[location?.index ?? 0];
      return transaction === undefined ? undefined : { transaction, block, index: location?.index ?? 0 };
    },
    stateAt: async (tag) => {
      const site = await callSite(tag);
      if (site === undefined) return undefined;
      const { blockNumber } = site.state;
      return createStateView(readerAt(site.state), {
        blockNumber: site.seed.number,
        context: contextOf(definition, site.seed),
        getBlockHash: store.getHash,
        addresses: function* () {
          for (const [address] of world.iterateAccounts(ledger.head.header.number)) yield address;
        },
        prove: (address, slots) => world.prove(blockNumber, address, slots),
      });
    },
  };
}
