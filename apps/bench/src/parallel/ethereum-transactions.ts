/** Ethereum transactions as a node has them once they were checked: nothing asks for their signatures again. */
import { addressFromBytes, emptyBytes, keccak256, type Address, type Transaction } from "@trireme/core";
import { createEthereumFormat, encodeSignedTransaction, type Signature } from "@trireme/ethereum";
import { parallelBlock } from "./block-ground.ts";

/** What a transaction does; the rest is the same for all. */
export interface EthereumCall {
  readonly from: Address;
  readonly to: Address;
  readonly value?: bigint;
  readonly data?: Uint8Array;
  readonly gasLimit: bigint;
}

const { decodeKnown } = createEthereumFormat();
const signature: Signature = { yParity: 0, r: 2n ** 255n - 19n, s: 2n ** 254n - 3n };

/** Makes the transactions of one block: nonces of a sender rise in the order of the calls. */
export function ethereumTransactions(calls: Iterable<EthereumCall>): readonly Transaction[] {
  const nonces = new Map<Address, bigint>();
  const transactions: Transaction[] = [];
  for (const { from, to, value = 0n, data = emptyBytes, gasLimit } of calls) {
    const nonce = nonces.get(from) ?? 0n;
    nonces.set(from, nonce + 1n);
    const raw = encodeSignedTransaction(
      {
        type: 2,
        chainId: parallelBlock.chainId,
        nonce,
        gasLimit,
        to,
        value,
        data,
        maxFeePerGas: 10n ** 9n,
        maxPriorityFeePerGas: 1n,
        accessList: [],
        maxFeePerBlobGas: 0n,
        blobVersionedHashes: [],
        authorizationList: [],
      },
      signature,
    );
    transactions.push(decodeKnown?.(raw, { chainId: parallelBlock.chainId }, from) as Transaction);
  }
  return transactions;
}

/** The wallet with this number. */
export function walletAt(index: number): Address {
  const known = wallets[index];
  if (known !== undefined) return known;
  const digest = keccak256(new TextEncoder().encode(`wallet ${index}`));
  return (wallets[index] = addressFromBytes(digest.slice(12)));
}

/** One object for each wallet: nonces are counted by it. */
const wallets: Address[] = [];
