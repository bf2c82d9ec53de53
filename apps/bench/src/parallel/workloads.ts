/** All workloads, in the order in which they are measured. */
import { splHotMintWorkload, splMintWorkload, splTransferWorkload } from "./spl-workloads.ts";
import { compileSwap, swapWorkload } from "./swap-workloads.ts";
import { compileToken, hotReceiverWorkload, hotTokenWorkload, independentTokenWorkload } from "./token-workloads.ts";
import { transferWorkload } from "./transfer-workloads.ts";
import { compileWasm, mixedWorkload, wasmWorkload } from "./wasm-workload.ts";
import type { ParallelWorkload } from "./workload.ts";

/** Block-STM's accounts and blocks. */
const accountCounts: readonly number[] = [2, 10, 100, 1000, 10_000];
const largeBlock = 10_000;
const defaultSize = 1000;

/** Compiles the contracts. Blocks of 1,000, transfers in blocks of 10,000 as well; or all of `size`. */
export async function createWorkloads(size: number | undefined): Promise<readonly ParallelWorkload[]> {
  const [token, swap, wasm] = [await compileToken(), await compileSwap(), await compileWasm()];
  const each = size ?? defaultSize;
  const third = Math.max(1, Math.floor(each / 3));
  const transferSizes = size === undefined ? [defaultSize, largeBlock] : [size];
  const mixed = [independentTokenWorkload(third, token), splTransferWorkload(third), wasmWorkload(third, wasm, 2 * third)];
  return [
    ...transferSizes.flatMap((count) => accountCounts.map((accounts) => transferWorkload(accounts, count))),
    independentTokenWorkload(each, token),
    hotTokenWorkload(each, token),
    hotReceiverWorkload(each, token),
    swapWorkload(4, each, swap),
    swapWorkload(1, each, swap),
    splTransferWorkload(each),
    splHotMintWorkload(each),
    splMintWorkload(each),
    wasmWorkload(each, wasm),
    mixedWorkload("ERC-20, SPL and WASM by turns", mixed),
  ];
}
