/** How a chain definition names Solana's dialect. */
import type { FormatDescriptor } from "@trireme/core";
import { createSolanaFormat } from "./transaction/solana-format.ts";

/** Signed Solana transactions. Comes with `svm()`, unless a chain names its formats itself. */
export function solana(): FormatDescriptor {
  return { id: "solana", create: createSolanaFormat, source: { module: import.meta.url, name: "solana", options: undefined } };
}
