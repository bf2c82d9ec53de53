/** How a worker says why it left a block. */
import { MemorySpent } from "../memory/block-progress.ts";

/** How the text of spent memory begins. */
export const memorySpent = "MemorySpent";

export function failureText(error: unknown): string {
  if (error instanceof MemorySpent) return memorySpent;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
