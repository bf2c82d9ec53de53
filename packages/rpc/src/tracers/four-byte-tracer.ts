/** Which functions a run called, in the shape of geth's `4byteTracer`. */
import { addressToHex, bytesToHex, type Hex, type Tracer } from "@trireme/core";

/** Counts selectors. */
export interface FourByteTracer extends Tracer {
  /** How often a selector was called with arguments of a length: `0x27dc297e-128`. */
  readonly counts: Readonly<Record<string, number>>;
}

/** Makes a tracer for one run; calls of `precompiles` are no functions, and are left out. */
export function createFourByteTracer(precompiles: ReadonlySet<Hex>): FourByteTracer {
  const counts: Record<string, number> = {};
  return {
    wantsSteps: false,
    wantsMemory: false,
    counts,
    enter(message) {
      if (message.kind !== "call" || message.input.length < 4 || precompiles.has(addressToHex(message.codeAddress))) return;
      const name = `${bytesToHex(message.input.subarray(0, 4))}-${message.input.length - 4}`;
      counts[name] = (counts[name] ?? 0) + 1;
    },
    exit() {},
    log() {},
    step() {},
    selfDestruct() {},
  };
}
