// What a developer changes before a random block: balances, nonces, code and storage of what the block works on.
import { bigintToBytes, keccak256, toAddress, type Address, type Pubkey } from "@trireme/core";
import { ether } from "../chain-fixture.mts";
import type { Mutation } from "../dev/mutation.ts";
import { createRandom } from "../execution/solana-random.mts";
import { boxes, coinbases, freshAddress, signers, tokens, wallets } from "./law-accounts.mts";
import { words } from "./law-builder.mts";
import type { LawContracts } from "./law-contracts.mts";

/** The change of a seed. */
export function mutationOf(seed: number, { box, token }: LawContracts): Mutation {
  const random = createRandom(seed);
  const address = random.pick<Address>([
    random.pick(wallets),
    toAddress(random.pick<Pubkey>(signers)),
    random.pick(coinbases),
    random.pick(boxes),
    freshAddress(random.below(4)),
  ]);
  switch (random.below(4)) {
    case 0:
      return { kind: "balance", address, wei: random.percent(20) ? 0n : BigInt(random.below(1_000)) * ether };
    case 1:
      return { kind: "nonce", address: random.pick(wallets), nonce: BigInt(100 + random.below(100)) };
    case 2:
      return { kind: "code", address: random.pick([random.pick(boxes), freshAddress(random.below(4))]), code: random.pick([box, token]) };
    default:
      return {
        kind: "storage",
        address: random.percent(50) ? random.pick(boxes) : random.pick(tokens),
        key: keccak256(words(random.below(8), 0)),
        value: bigintToBytes(BigInt(random.below(3)), 32),
      };
  }
}
