/** Own VM as a chain sees it: one environment behind the contracts of core, and nothing of any other package. */
import type { EnvironmentDescriptor, ExecutionEnvironment } from "@trireme/core";
import { ownVmPrefix } from "./assembler.ts";
import { runMachine } from "./machine.ts";

/** The environment: it owns all code that begins with `ownVmPrefix`. Creates are the default environment's. */
export function createOwnVm(): ExecutionEnvironment {
  return {
    id: "own-vm",
    claims: { kind: "prefix", prefix: ownVmPrefix },
    execute: (message, host) => (message.kind === "call" ? runMachine(message, host) : { kind: "halt", reason: "noEnvironment" }),
  };
}

/** The one line of a chain definition: `defineChain({ environments: [evm(), ownVm()] })`. */
export function ownVm(): EnvironmentDescriptor {
  return { id: "own-vm", create: createOwnVm, source: { module: import.meta.url, name: "ownVm", options: undefined } };
}
