/** Ethereum's dialect, and that of impersonated senders, as entries of a chain definition. */
import type { FormatDescriptor } from "@trireme/core";
import { createEthereumFormat, createImpersonatedFormat } from "@trireme/ethereum";

/** Signed Ethereum transactions of types 0 to 4. What a chain speaks unless `formats` says otherwise. */
export function ethereum(): FormatDescriptor {
  return { id: "ethereum", create: createEthereumFormat, source: { module: import.meta.url, name: "ethereum", options: undefined } };
}

/** Transactions that their sender did not sign. Development chains speak it in addition; others refuse it. */
export function impersonated(): FormatDescriptor {
  return {
    id: "impersonated",
    create: createImpersonatedFormat,
    source: { module: import.meta.url, name: "impersonated", options: undefined },
  };
}
