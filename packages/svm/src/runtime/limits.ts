/** Limits and costs of Solana's runtime on mainnet-beta (agave `execution_budget.rs`, `transaction-context`). */

/** Instructions of one transaction, inner ones included. */
export const maxInstructionTrace = 64;
/** Frames on the stack of one unbroken run of SVM frames. */
export const maxStackHeight = 5;
/** Accounts that one instruction may name, duplicates included. */
export const maxInstructionAccounts = 255;
/** Bytes by which an account may grow in one instruction. */
export const maxDataIncrease = 10_240;
/** Bytes by which all accounts together may grow in one transaction. */
export const maxDataGrowth = 20 * 1024 * 1024;
/** Bytes of log lines of one transaction; what goes past them is dropped. */
export const maxLogBytes = 10_000;
export const maxReturnData = 1024;
export const maxSeeds = 16;
export const maxSeedLength = 32;

/** Heap of a program in bytes where RequestHeapFrame says nothing else. */
export const defaultHeapLength = 32 * 1024;
const heapPage = 32 * 1024;
const heapPageCost = 8;

/** Units for a heap: 8 for every page of 32 KiB after the first. */
export function heapCost(length: number): number {
  return (Math.ceil(length / heapPage) - 1) * heapPageCost;
}

/** Units of a syscall that has no price of its own. */
export const syscallBaseCost = 100;
/** Bytes that one unit moves in CPI, return data and memory operations. */
export const bytesPerUnit = 250;
/** Least units of a memory operation. */
export const memoryBaseCost = 10;
