/** How a chain definition names the SVM environment. */
import type { EnvironmentDescriptor } from "@trireme/core";
import { createSvm, type SvmOptions } from "./environment.ts";
import { solana } from "./solana.ts";

/** Solana's programs and transactions, for `environments` of a chain definition. Any thread can make the environment again. */
export function svm(options: SvmOptions = {}): EnvironmentDescriptor {
  return {
    id: "svm",
    create: () => createSvm(options),
    source: { module: import.meta.url, name: "svm", options },
    formats: [solana()],
  };
}
