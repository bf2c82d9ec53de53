/** The VMs and dialects of the parallel benchmark, which the main thread and every thread of a pool make from here. */
import type { EnvironmentDescriptor, EnvironmentSource, FormatDescriptor } from "@trireme/core";
import { createEthereumFormat, createImpersonatedFormat } from "@trireme/ethereum";
import { createEvm } from "@trireme/evm";
import { createSolanaFormat, createSvm } from "@trireme/svm";
import { createWasm } from "@trireme/wasm";

/** This file is an entry of the bundle, and its chunks stand beside it. */
const sourceOf = (name: string): EnvironmentSource => ({
  module: new URL("./environments.js", import.meta.url).href,
  name,
  options: undefined,
});

export function evm(): EnvironmentDescriptor {
  return { id: "evm", create: () => createEvm(), source: sourceOf("evm") };
}

export function wasm(): EnvironmentDescriptor {
  return { id: "wasm", create: () => createWasm(), source: sourceOf("wasm") };
}

/** Without programs to install: only genesis needs them, and that is the main thread's. */
export function svm(): EnvironmentDescriptor {
  return { id: "svm", create: () => createSvm(), source: sourceOf("svm") };
}

export function ethereum(): FormatDescriptor {
  return { id: "ethereum", create: createEthereumFormat, source: sourceOf("ethereum") };
}

export function impersonated(): FormatDescriptor {
  return { id: "impersonated", create: createImpersonatedFormat, source: sourceOf("impersonated") };
}

export function solana(): FormatDescriptor {
  return { id: "solana", create: createSolanaFormat, source: sourceOf("solana") };
}
