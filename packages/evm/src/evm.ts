/** How a chain definition names the EVM. */
import type { EnvironmentDescriptor } from "@trireme/core";
import { createEvm, type EvmOptions } from "./create-evm.ts";

/** The EVM, for `environments` of a chain definition. Any thread can make it again. */
export function evm(options: EvmOptions = {}): EnvironmentDescriptor {
  return {
    id: "evm",
    create: () => createEvm(options),
    source: { module: import.meta.url, name: "evm", options },
  };
}
