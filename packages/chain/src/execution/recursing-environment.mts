/** A toy VM for tests: it calls itself through the host as deep as it is told, with native stack in every frame. */
import type { EnvironmentDescriptor, ExecutionResult, Host, Message } from "@trireme/core";

/** Code of this VM begins with these bytes. */
export const recursingPrefix = Uint8Array.of(0xef, 0xe0, 0x00);

/** Input of a call that nests `depth` frames more, each with `nativeFrames` hundreds of native frames under it. */
export function recursingInput(depth: number, nativeFrames: number): Uint8Array {
  return Uint8Array.of(depth >> 8, depth & 0xff, nativeFrames);
}

/** The VM, for `environments`; another thread can make it. */
export function recursing(): EnvironmentDescriptor {
  return {
    id: "recursing",
    create: () => ({
      id: "recursing",
      claims: { kind: "prefix", prefix: recursingPrefix },
      execute: (message, host) =>
        message.kind === "call" ? nest((message.input[2] ?? 0) * 100, message, host) : { kind: "halt", reason: "invalidCode" },
    }),
    source: { module: import.meta.url, name: "recursing", options: undefined },
  };
}

/** Takes native stack before it calls on, as an engine with large frames does. */
function nest(nativeFrames: number, message: Message & { readonly kind: "call" }, host: Host): ExecutionResult {
  return nativeFrames > 0 ? nest(nativeFrames - 1, message, host) : callOn(message, host);
}

function callOn(message: Message & { readonly kind: "call" }, host: Host): ExecutionResult {
  const [high = 0, low = 0, nativeFrames = 0] = message.input;
  const left = high * 256 + low;
  if (left === 0) return { kind: "success", gasLeft: message.gas, gasRefund: 0n, output: message.input };
  const gas = message.gas - 100n;
  if (gas < 0n) return { kind: "halt", reason: "outOfGas" };
  return host.call({ ...message, depth: message.depth + 1, gas, value: 0n, input: recursingInput(left - 1, nativeFrames) });
}
