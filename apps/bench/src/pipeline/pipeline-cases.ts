/** What the pipeline benchmark's blocks are full of: transactions that nobody signed, so that nothing but blocks is measured. */
import { addressFromHex, bigintToBytes, bytesToHex, emptyBytes, type Address } from "@trireme/core";
import { encodeImpersonatedTransaction } from "@trireme/ethereum";
import { defineChain, type ChainDefinition } from "@trireme/chain";
import { ethereum, evm, impersonated } from "../parallel/environments.ts";
import { balanceSlot, calldataOf, startBalance, walletAt, wordOf } from "../parallel/ethereum-transactions.ts";
import { compileToken } from "../parallel/token-workloads.ts";

/** One kind of transactions. */
export interface PipelineCase {
  readonly name: string;
  define(scheduler: ChainDefinition["scheduler"]): ChainDefinition;
  /** So many that threads run them. */
  warmUp(): Iterable<Uint8Array>;
  /** As many as `blocks` blocks take, or a few more. */
  transactions(blocks: number): Iterable<Uint8Array>;
}

interface Transfer {
  readonly to: Address;
  readonly value: bigint;
  readonly data: Uint8Array;
  readonly gasLimit: bigint;
}

const chainId = 31337;
const token = addressFromHex("0x0000000000000000000000000000000000070c30");
const warmUpSize = 200;
const fees = {
  type: 2,
  chainId: BigInt(chainId),
  maxFeePerGas: 10n ** 13n,
  maxPriorityFeePerGas: 10n ** 9n,
  accessList: [],
  maxFeePerBlobGas: 0n,
  blobVersionedHashes: [],
  authorizationList: [],
} as const;

/** Transfers of ether, and of a token in Solidity, of `size` wallets to as many others. */
export async function pipelineCases(size: number): Promise<readonly PipelineCase[]> {
  const code = await compileToken();
  const wallets = Array.from({ length: 2 * size + warmUpSize }, (_, index) => walletAt(index));
  const storage = Object.fromEntries(
    wallets.map((wallet) => [bytesToHex(balanceSlot(wallet)), bytesToHex(bigintToBytes(10n ** 9n, 32))] as const),
  );
  const accounts = [...wallets.map((address) => ({ address, balance: startBalance })), { address: token, code, storage }];

  /** One transaction of each of `count` wallets from `first` on. */
  const round = function* (nonce: bigint, first: number, count: number, transferTo: (address: Address) => Transfer): Iterable<Uint8Array> {
    for (let index = first; index < first + count; index++) {
      yield encodeImpersonatedTransaction(walletAt(index), { ...fees, nonce, ...transferTo(walletAt(size + (index % size))) });
    }
  };
  const createCase = (name: string, gas: number, transferTo: (address: Address) => Transfer): PipelineCase => ({
    name,
    define: (scheduler) =>
      defineChain({
        chainId,
        environments: [evm()],
        formats: [ethereum(), impersonated()],
        dev: true,
        mining: { kind: "manual" },
        scheduler,
        limits: { mempoolTransactions: 1_000_000 },
        genesis: { gasLimit: gas * size, accounts },
      }),
    warmUp: () => round(0n, 2 * size, warmUpSize, transferTo),
    *transactions(blocks) {
      for (let nonce = 0n; nonce < blocks; nonce++) yield* round(nonce, 0, size, transferTo);
    },
  });
  return [
    createCase("transfers", 21_000, (to) => ({ to, value: 1n, data: emptyBytes, gasLimit: 21_000n })),
    createCase("ERC-20 transfers", 35_000, (to) => ({
      to: token,
      value: 0n,
      data: calldataOf("transfer(address,uint256)", wordOf(to), bigintToBytes(1n, 32)),
      gasLimit: 35_000n,
    })),
  ];
}
