/** A toy VM for tests: counts in shared memory how often each account is compiled, on all threads together. */
import type { EnvironmentDescriptor } from "@trireme/core";

/** Code of this VM begins with these bytes. */
export const compilingPrefix = Uint8Array.of(0xef, 0xe1, 0x00);
/** Last byte of the address of an account whose compilation fails. */
export const brokenAccount = 9;

/** The VM, for `environments`; `counts` has 256 words, by the last byte of an address. Another thread can make it. */
export function compiling(counts: SharedArrayBuffer): EnvironmentDescriptor {
  return {
    id: "compiling",
    create: () => ({
      id: "compiling",
      claims: { kind: "prefix", prefix: compilingPrefix },
      compileAhead(address) {
        Atomics.add(new Int32Array(counts), address[19] as number, 1);
        if (address[19] === brokenAccount) throw new RangeError("too much");
      },
      execute: (message) => ({ kind: "success", gasLeft: message.gas - 5n, gasRefund: 0n, output: Uint8Array.of(1) }),
    }),
    source: { module: import.meta.url, name: "compiling", options: counts },
  };
}
