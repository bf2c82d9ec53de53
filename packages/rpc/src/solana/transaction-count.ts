/** How many transactions a chain has, of whichever dialect: blocks are counted once each. */
import type { Chain } from "@trireme/chain";
import { equalBytes, type Hash } from "@trireme/core";
import { createTurns } from "./turns.ts";

/** Counts up to the head. The first call reads every block of the chain, later ones those that came since. */
export function createTransactionCount(chain: Chain): () => Promise<bigint> {
  let counted: { readonly number: bigint; readonly hash: Hash; readonly count: bigint } | undefined;
  let turn: Promise<bigint> = Promise.resolve(0n);
  const count = async (): Promise<bigint> => {
    const known = counted === undefined ? undefined : await chain.getBlock(counted.number);
    // A development chain may have gone back.
    if (counted !== undefined && (known === undefined || !equalBytes(known.hash, counted.hash))) counted = undefined;
    const turns = createTurns();
    const { number: head } = chain.head.header;
    for (let number = counted === undefined ? 0n : counted.number + 1n; number <= head; number++) {
      await turns();
      const block = await chain.getBlock(number);
      if (block === undefined) break;
      counted = { number, hash: block.hash, count: (counted?.count ?? 0n) + BigInt(block.transactions.length) };
    }
    return counted?.count ?? 0n;
  };
  return () => (turn = turn.then(count, count));
}
