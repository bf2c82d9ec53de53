// Formats as a chain's threads find them, and one that ends the thread which it is asked on.
import { isMainThread } from "node:worker_threads";
import type { FormatDescriptor } from "@trireme/core";
import { createEthereumFormat } from "@trireme/ethereum";

/** Ethereum's. */
export function ethereum(): FormatDescriptor {
  return { id: "ethereum", create: createEthereumFormat, source: { module: import.meta.url, name: "ethereum", options: undefined } };
}

/** First byte of what `deadly` recognizes. */
export const deadlyByte = 0x66;

/** On the calling thread it refuses what it recognizes; on any other it ends the thread. */
export function deadly(): FormatDescriptor {
  return {
    id: "deadly",
    create: () => ({
      ...createEthereumFormat(),
      id: "deadly",
      recognizes: (raw) => raw[0] === deadlyByte,
      decode: () => {
        if (!isMainThread) process.exit(1);
        return { kind: "invalid", error: { code: "deadly", message: "expected to be asked on the calling thread, was" } };
      },
    }),
    source: { module: import.meta.url, name: "deadly", options: undefined },
  };
}
