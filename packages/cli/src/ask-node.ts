/** One call to a node's RPC. */
import { TriremeError } from "@trireme/core";

/** Where `trireme dev` listens. */
const defaultUrl = "http://127.0.0.1:8545";
/** Most milliseconds that a node may take: it may run a whole block again. */
const patience = 60_000;

/** The node that `--rpc-url` names, $ETH_RPC_URL without it, else the one of this machine. */
export function nodeUrl(option: string | undefined): string {
  return option ?? process.env["ETH_RPC_URL"] ?? defaultUrl;
}

/** What the node answers. @throws TriremeError `INVALID_ARGUMENT` with one line for a person */
export async function askNode(url: string, method: string, params: readonly unknown[]): Promise<unknown> {
  const answer = await post(url, JSON.stringify({ jsonrpc: "2.0", id: 1, method, params }));
  if (typeof answer !== "object" || answer === null) return refuseAnswer(url, "an answer", answer);
  const { error, result } = answer as { readonly error?: { readonly message?: unknown }; readonly result?: unknown };
  if (error !== undefined) throw new TriremeError("INVALID_ARGUMENT", `${url} answers: ${String(error.message)}`);
  return result;
}

/** @throws TriremeError `INVALID_ARGUMENT`, always */
export function refuseAnswer(url: string, expected: string, got: unknown): never {
  throw new TriremeError("INVALID_ARGUMENT", `--rpc-url: expected ${expected} from ${url}, got ${JSON.stringify(got)?.slice(0, 100)}`);
}

async function post(url: string, body: string): Promise<unknown> {
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body,
      signal: AbortSignal.timeout(patience),
    });
    return await response.json();
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.cause instanceof Error ? cause.cause.message : cause.message) : String(cause);
    throw new TriremeError("INVALID_ARGUMENT", `--rpc-url: expected a Trireme node at ${url}, got: ${reason}`, { cause });
  }
}
