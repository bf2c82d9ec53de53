/** How a chain definition names the WASM environment. */
import type { EnvironmentDescriptor } from "@trireme/core";
import { createWasm, type WasmOptions } from "./environment.ts";

/** Stylus contracts, for `environments` of a chain definition. Any thread can make the environment again. */
export function wasm(options: WasmOptions = {}): EnvironmentDescriptor {
  return {
    id: "wasm",
    create: () => createWasm(options),
    source: { module: import.meta.url, name: "wasm", options },
  };
}
