/** The signed transactions among the requests of a batch, as the chain will be given them. */
import { hexToBytes, type Hex } from "@trireme/core";
import { unwrapBlobTransaction } from "./blob-sidecar.ts";

const methods: ReadonlySet<unknown> = new Set(["eth_sendRawTransaction", "eth_sendRawTransactionSync"]);

/** In their order. Total: what is wrong with a request is told when it is run. */
export function rawTransactionsOf(requests: readonly unknown[]): readonly Uint8Array[] {
  return requests.flatMap((request) => {
    const raw = rawTransactionOf(request);
    return raw === undefined ? [] : [raw];
  });
}

function rawTransactionOf(request: unknown): Uint8Array | undefined {
  if (typeof request !== "object" || request === null) return undefined;
  const { method, params } = request as { readonly method?: unknown; readonly params?: unknown };
  const given: unknown = methods.has(method) && Array.isArray(params) ? params[0] : undefined;
  if (typeof given !== "string") return undefined;
  try {
    return unwrapBlobTransaction(hexToBytes(given as Hex));
  } catch {
    return undefined;
  }
}
