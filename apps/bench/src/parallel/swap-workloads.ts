/** Swaps on constant-product pools, written in Solidity: each moves two tokens and changes the pool's reserves. */
import { readFileSync } from "node:fs";
import { addressFromBytes, bigintToBytes, concatBytes, hexToBytes, type Address } from "@trireme/core";
import { compileSolidityFiles } from "@trireme/testing";
import {
  balanceSlot,
  calldataOf,
  ethereumTransactions,
  mappingSlot,
  startBalance,
  walletAt,
  wordOf,
  type EthereumCall,
} from "./ethereum-transactions.ts";
import { blockName, seededNumbers, type ParallelWorkload } from "./workload.ts";

/** What the swaps run. */
export interface SwapCode {
  readonly token: Uint8Array;
  readonly pool: Uint8Array;
}

interface Pool {
  readonly address: Address;
  readonly tokens: readonly [Address, Address];
}

/** Of each token, in every pool. */
const reserve = 10n ** 24n;
const startTokens = 10n ** 21n;

/** Compiles the pool and its tokens. */
export async function compileSwap(): Promise<SwapCode> {
  const source = readFileSync(new URL("../../contracts/Swap.sol", import.meta.url), "utf8");
  const contracts = await compileSolidityFiles({ "Swap.sol": source });
  const codeOf = (name: string): Uint8Array => hexToBytes(contracts.get(name)?.runtimeBytecode ?? "0x");
  return { token: codeOf("PoolToken"), pool: codeOf("Pool") };
}

/** Every wallet swaps once, on a pool drawn at random, either way. */
export function swapWorkload(pools: number, size: number, code: SwapCode): ParallelWorkload {
  const all = Array.from({ length: pools }, (_, index) => poolAt(16 * pools + index));
  const drawAll = (): readonly { readonly pool: Pool; readonly isForward: boolean; readonly amount: bigint }[] => {
    const draw = seededNumbers(pools);
    return Array.from({ length: size }, () => ({
      pool: all[draw(pools)] as Pool,
      isForward: draw(2) === 0,
      amount: 1_000_000n + BigInt(draw(1_000_000)),
    }));
  };
  return {
    name: blockName(`swaps on ${pools} ${pools === 1 ? "pool" : "pools"}`, size),
    size,
    writeGenesis(journal) {
      for (const { address, tokens } of all) {
        journal.setCode(address, code.pool);
        for (const [index, token] of tokens.entries()) {
          journal.setStorage(address, bigintToBytes(BigInt(index), 32), wordOf(token));
          journal.setCode(token, code.token);
          journal.setStorage(token, balanceSlot(address), bigintToBytes(reserve, 32));
        }
        journal.setStorage(address, bigintToBytes(2n, 32), bigintToBytes((reserve << 128n) | reserve, 32));
      }
      for (const [index, { pool }] of drawAll().entries()) {
        const wallet = walletAt(index);
        journal.setBalance(wallet, startBalance);
        for (const token of pool.tokens) {
          journal.setStorage(token, balanceSlot(wallet), bigintToBytes(startTokens, 32));
          journal.setStorage(token, mappingSlot(pool.address, mappingSlot(wallet, bigintToBytes(1n, 32))), new Uint8Array(32).fill(0xff));
        }
      }
      return [];
    },
    createTransactions: () =>
      ethereumTransactions(
        drawAll().map(({ pool, isForward, amount }, index): EthereumCall => {
          const words = [bigintToBytes(isForward ? 1n : 0n, 32), bigintToBytes(amount, 32), bigintToBytes(1n, 32)];
          const data = calldataOf("swap(bool,uint256,uint256)", concatBytes(...words));
          return { from: walletAt(index), to: pool.address, data, gasLimit: 300_000n };
        }),
      ),
  };
}

function poolAt(index: number): Pool {
  const addressAt = (part: number): Address => addressFromBytes(bigintToBytes(0x5a9000000n + BigInt(16 * index + part), 20));
  return { address: addressAt(0), tokens: [addressAt(1), addressAt(2)] };
}
