/** Calls of a Stylus program that does nothing but compute, and a mix of it with tokens of the other two VMs. */
import { addressFromBytes, bigintToBytes, type Transaction } from "@trireme/core";
import { codeFromWasm } from "@trireme/contract-as";
import { compileAssembly } from "../compile-assembly.mjs";
import { asContract, kernels, type Kernel } from "../wasm-kernels.ts";
import { ethereumTransactions, startBalance, walletAt } from "./ethereum-transactions.ts";
import { blockName, type ParallelWorkload } from "./workload.ts";

const program = addressFromBytes(bigintToBytes(0xa5a5n, 20));
/** Blocks of SHA-256 in one transaction: somewhat above 100 us of computing. */
const rounds = 400;

/** Compiles the program. */
export async function compileWasm(): Promise<Uint8Array> {
  const kernel = kernels.find(({ name }) => name === "sha-256") as Kernel;
  return codeFromWasm(await compileAssembly(asContract(kernel)));
}

/** Wallet i calls the program once. */
export function wasmWorkload(size: number, code: Uint8Array, firstWallet = 0): ParallelWorkload {
  return {
    name: blockName(`WASM computing, ${rounds} blocks of SHA-256`, size),
    size,
    writeGenesis(journal) {
      journal.setCode(program, code);
      for (let index = 0; index < size; index++) journal.setBalance(walletAt(firstWallet + index), startBalance);
      return [program];
    },
    createTransactions: () =>
      ethereumTransactions(
        Array.from({ length: size }, (_, index) => ({
          from: walletAt(firstWallet + index),
          to: program,
          data: bigintToBytes(BigInt(rounds), 4).reverse(),
          gasLimit: 10_000_000n,
        })),
      ),
  };
}

/** A transaction of each by turns; their wallets are their own. */
export function mixedWorkload(name: string, parts: readonly ParallelWorkload[]): ParallelWorkload {
  const size = parts.reduce((sum, part) => sum + part.size, 0);
  return {
    name: blockName(name, size),
    size,
    writeGenesis: (journal) => parts.flatMap(({ writeGenesis }) => writeGenesis(journal)),
    createTransactions() {
      const all = parts.map(({ createTransactions }) => createTransactions());
      return Array.from({ length: size }, (_, index) => all[index % all.length]?.[Math.floor(index / all.length)] as Transaction);
    },
  };
}
