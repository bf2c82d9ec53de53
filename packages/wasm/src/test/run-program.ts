/** Runs a test program in V8. */
import type { SeedProgram } from "./seed-programs.ts";

/** The results of a program's calls, traps included, and its memory behind them. */
export function runProgram(bytes: Uint8Array, calls: SeedProgram["calls"]): unknown {
  const hooks = { pay_for_memory_grow: () => undefined, tx_ink_price: () => 3 };
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(Uint8Array.from(bytes)), { vm_hooks: hooks });
  const results = calls.map(([name, ...args]) => {
    try {
      return (exports[name] as (...args: readonly (number | bigint)[]) => unknown)(...args);
    } catch (error) {
      return (error as Error).message;
    }
  });
  const memory = exports["memory"] as { buffer: ArrayBuffer } | undefined;
  return { results, memory: memory === undefined ? undefined : Buffer.from(memory.buffer).toString("latin1") };
}
