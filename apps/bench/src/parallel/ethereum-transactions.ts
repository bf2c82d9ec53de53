/** Ethereum transactions as a node has them once they were checked: nothing asks for their signatures again. */
import { addressFromBytes, concatBytes, emptyBytes, keccak256, type Address, type Transaction } from "@trireme/core";
import { createEthereumFormat, encodeSignedTransaction, type Signature } from "@trireme/ethereum";
import { parallelBlock } from "./parallel-block.ts";

/** What a transaction does; the rest is the same for all. */
export interface EthereumCall {
  readonly from: Address;
  readonly to: Address;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  readonly gasLimit: bigint;
}

/** Wei that every wallet starts with. */
export const startBalance = 10n ** 24n;

const { decodeKnown } = createEthereumFormat();
const signature: Signature = { yParity: 0, r: 2n ** 255n - 19n, s: 2n ** 254n - 3n };

/** Makes the transactions of one block: nonces of a sender rise in the order of the calls. */
export function ethereumTransactions(calls: Iterable<EthereumCall>): readonly Transaction[] {
  const nonces = new Map<Address, bigint>();
  const transactions: Transaction[] = [];
  const { chainId } = parallelBlock;
  for (const { from, to, value = 0n, data = emptyBytes, gasLimit } of calls) {
    const nonce = nonces.get(from) ?? 0n;
    nonces.set(from, nonce + 1n);
    const unsigned = { type: 2, chainId, nonce, gasLimit, to, value, data, ...fees } as const;
    transactions.push(decodeKnown?.(encodeSignedTransaction(unsigned, signature), { chainId }, from) as Transaction);
  }
  return transactions;
}

/** A tip of at least a lamport: where it is less, the coinbase is read to see whether it has one, and every transaction waits. */
const fees = {
  maxFeePerGas: 2n * 10n ** 9n,
  maxPriorityFeePerGas: 10n ** 9n,
  accessList: [],
  maxFeePerBlobGas: 0n,
  blobVersionedHashes: [],
  authorizationList: [],
};

/** The wallet with this number: one object for each, by which nonces are counted. */
export function walletAt(index: number): Address {
  return (wallets[index] ??= addressFromBytes(keccak256(new TextEncoder().encode(`wallet ${index}`)).slice(12)));
}

const wallets: Address[] = [];

/** Selector and arguments. */
export function calldataOf(signatureText: string, ...words: readonly Uint8Array[]): Uint8Array {
  return concatBytes(keccak256(new TextEncoder().encode(signatureText)).subarray(0, 4), ...words);
}

/** Where a mapping in slot 0 keeps an account's value. */
export function balanceSlot(account: Address): Uint8Array {
  return mappingSlot(account, new Uint8Array(32));
}

/** Where a mapping keeps an account's value. */
export function mappingSlot(account: Address, mapping: Uint8Array): Uint8Array {
  return keccak256(concatBytes(wordOf(account), mapping));
}

/** An address as a word. */
export function wordOf(address: Address): Uint8Array {
  return concatBytes(new Uint8Array(12), address);
}
