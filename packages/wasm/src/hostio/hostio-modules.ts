/** All host functions, by the module and the name that programs import. */
import { account } from "./account.ts";
import { block } from "./block.ts";
import { call } from "./call.ts";
import { consoleModule, debugModule } from "./console.ts";
import { create } from "./create.ts";
import type { Hostio, HostioFamily } from "./hostio.ts";
import { keccak } from "./keccak.ts";
import { log } from "./log.ts";
import { math } from "./math.ts";
import { memoryGrowth } from "./memory-growth.ts";
import { message } from "./message.ts";
import { programIo } from "./program-io.ts";
import { returnData } from "./return-data.ts";
import { storage } from "./storage.ts";
import { transient } from "./transient.ts";

/** `vm_hooks` is every chain's, `console` and `debug` are there on development chains. */
export const hostioModules: Readonly<Record<string, HostioFamily>> = {
  vm_hooks: {
    ...programIo,
    ...storage,
    ...transient,
    ...call,
    ...create,
    ...returnData,
    ...log,
    ...account,
    ...block,
    ...message,
    ...math,
    ...keccak,
    ...memoryGrowth,
  },
  console: consoleModule,
  debug: debugModule,
};

/** A host function, or undefined where a program asks for one that there is not. */
export function hostioNamed(module: string, name: string): Hostio | undefined {
  const functions = Object.hasOwn(hostioModules, module) ? hostioModules[module] : undefined;
  return functions !== undefined && Object.hasOwn(functions, name) ? functions[name] : undefined;
}
